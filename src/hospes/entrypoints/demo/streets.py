"""Street names as they could be in each country of the demo world, written in its language (or as maps transcribe it)."""

from random import Random

# How a street and its number are written: {n} number, {x} a name.
_HOW: dict[str, tuple[tuple[str, ...], str]] = {
    "pt": (("Rua {x}, {n}", "Travessa {x}, {n}", "Largo {x}, {n}", "Rua {x}, {n}"), "das Flores|da Saudade|do Carmo|de São Bento|da Esperança|dos Remédios|da Madalena|do Poço|das Amoreiras|da Bica|do Salitre|da Atalaia|das Janelas Verdes|do Século|da Rosa"),
    "fr": (("{n} rue {x}", "{n} rue {x}", "{n} avenue {x}", "{n} place {x}", "{n} passage {x}"), "des Tanneurs|du Marché|de la Fontaine|des Lilas|Saint-Jacques|Victor-Hugo|de la République|des Écoles|du Moulin|des Capucins|de l'Église|Pasteur|des Acacias|Gambetta|du Four"),
    "es": (("Calle {x}, {n}", "Calle {x}, {n}", "Plaza {x}, {n}", "Avenida {x}, {n}"), "Mayor|de la Luna|del Prado|de las Huertas|San Miguel|del Sol|de la Merced|Cervantes|de los Naranjos|Santa Clara|del Carmen|de la Cruz|Colón|de la Libertad|del Pozo"),
    "ca": (("Carrer {x}, {n}", "Carrer {x}, {n}", "Passatge {x}, {n}", "Plaça {x}, {n}"), "de la Mar|de Verdi|dels Àngels|del Pi|de Girona|de Mallorca|d'Aribau|de les Flors|del Bruc|de Provença|de la Lluna|dels Tallers|de Sant Pere|de Blai"),
    "it": (("Via {x}, {n}", "Via {x}, {n}", "Vicolo {x}, {n}", "Piazza {x}, {n}"), "dei Fiori|Garibaldi|della Scala|Mazzini|del Corso|dell'Orso|San Marco|dei Serragli|della Pace|Dante|del Moro|delle Rose|Verdi|Santa Lucia|dei Mille"),
    "de": (("{x} {n}", "{x} {n}"), "Lindenstraße|Gartenstraße|Mühlenweg|Bergstraße|Schulstraße|Kastanienallee|Goethestraße|Schillerstraße|Rosengasse|Kirchgasse|Brunnenstraße|Marktgasse|Wiesenweg|Uferstraße|Torstraße"),
    "nl": (("{x} {n}", "{x} {n}"), "Lindenlaan|Kerkstraat|Molenweg|Prinsenstraat|Tulpenkade|Oude Gracht|Bloemstraat|Nieuwstraat|Havenkade|Kastanjelaan|Rozenstraat|Vismarkt|Schoolstraat|Sint-Jansstraat"),
    "da": (("{x} {n}", "{x} {n}"), "Havnegade|Birkevej|Kirkestræde|Rosengade|Møllegade|Strandgade|Lindevej|Skolegade|Blegdamsvej|Vestergade|Nørregade|Elmegade"),
    "sv": (("{x} {n}", "{x} {n}"), "Hamngatan|Björkgatan|Kyrkogatan|Storgatan|Trädgårdsgatan|Parkvägen|Lindgatan|Skolgatan|Östra Kajen|Bergsgatan|Slottsbacken|Kvarngatan"),
    "no": (("{x} {n}", "{x} {n}"), "Havnegata|Bjørkeveien|Kirkegata|Storgata|Skippergata|Fjellveien|Lindeveien|Skolegata|Parkveien|Nygata|Strandgata|Møllergata"),
    "is": (("{x} {n}", "{x} {n}"), "Laugavegur|Hafnargata|Skólavörðustígur|Grettisgata|Njálsgata|Bergstaðastræti|Vesturgata|Ránargata|Sólvallagata|Hverfisgata|Freyjugata"),
    "fi": (("{x} {n}", "{x} {n}"), "Satamakatu|Koivukatu|Kirkkokatu|Puistotie|Mäkikatu|Merikatu|Koulukatu|Lehmustie|Rantatie|Fredrikinkatu|Vuorikatu|Kalevankatu"),
    "et": (("{x} {n}", "{x} {n}"), "Pikk|Kalda tee|Sadama|Kase|Lai|Vene|Pärna|Kooli|Mere puiestee|Uus|Niine|Telliskivi"),
    "lv": (("{x} iela {n}", "{x} iela {n}"), "Brīvības|Ganību|Liepu|Skolas|Baznīcas|Ostas|Dzirnavu|Miera|Kalēju|Tirgoņu|Elizabetes|Ausekļa"),
    "pl": (("ul. {x} {n}", "ul. {x} {n}", "pl. {x} {n}"), "Lipowa|Długa|Ogrodowa|Kwiatowa|Szkolna|Polna|Krakowska|Mostowa|Zielona|Piękna|Młyńska|Floriańska|Kościelna"),
    "cs": (("{x} {n}", "{x} {n}"), "Dlouhá|Lipová|Zahradní|Školní|Nádražní|Růžová|Mostecká|Vinohradská|Kostelní|Na Příkopě|Polní|Bělehradská"),
    "hu": (("{x} utca {n}", "{x} utca {n}", "{x} tér {n}"), "Virág|Petőfi|Kossuth|Dob|Rózsa|Fő|Malom|Bartók|Váci|Kertész|Iskola|Hársfa"),
    "sl": (("{x} {n}", "{x} {n}"), "Lipova ulica|Stari trg|Cankarjeva cesta|Vrtna ulica|Šolska ulica|Trubarjeva cesta|Poljanska cesta|Rožna ulica|Gornji trg|Celovška cesta"),
    "hr": (("{x} {n}", "{x} {n}"), "Ulica lipa|Obala kralja Tomislava|Školska ulica|Ulica Ruđera Boškovića|Marmontova|Zagrebačka|Vukovarska|Ulica naranči|Dubrovačka|Poljana kneza Trpimira"),
    "el": (("{x} {n}", "{x} {n}"), "Ermou|Athinas|Adrianou|Mitropoleos|Solonos|Asklipiou|Sofokleous|Kallidromiou|Evripidou|Falirou|Dimitrakopoulou|Veikou"),
    "tr": (("{x} No. {n}", "{x} No. {n}"), "Lale Sokak|İstiklal Caddesi|Çınar Sokak|Bahçe Sokak|Cami Sokak|Liman Caddesi|Gül Sokak|Okul Sokak|Zeytin Sokak|Hamam Sokak|Serdar-ı Ekrem Sokak|Akarsu Sokak"),
    "en": (("{n} {x} Street", "{n} {x} Road", "{n} {x} Lane", "{n} {x} Avenue", "{n} {x} Street"), "Church|Mill|Station|Victoria|Park|Chapel|Queen|Orchard|Bridge|Albert|Rose|Harbour|Elm|Market|King|Chestnut"),
    "us": (("{n} {x} Street", "{n} {x} Avenue", "{n} {x} Street"), "Maple|Cedar|Lincoln|Washington|Oak|Franklin|Jefferson|Spring|Willow|Madison|Hickory|Pine|Union|Sycamore"),
    "ar": (("{n} {x} Street", "{n} {x} Street"), "Al Nakheel|Al Bustan|Al Souk|Al Noor|Al Fanar|Al Zaytoun|Al Wardah|Al Salam|Al Jadid|Al Qasr|Al Bahr|Al Madrasa"),
    "ma": (("{n} derb {x}", "{n} rue {x}", "{n} derb {x}"), "Dabachi|Sidi Bouloukat|El Hammam|Jdid|Tabachi|Lalla Azzouna|Zitoun|Chorfa|El Arsa|Moulay Ismail|Bab Doukkala"),
    "hi": (("{n} {x} Road", "{n} {x} Marg", "{n} {x} Lane"), "Gulmohar|Station|Temple|Nehru|Ashoka|Lotus|Tilak|Mango|Lake|Shivaji|Rose|Carter"),
    "th": (("{n} Thanon {x}", "{n} Soi {x}"), "Sukhumvit|Phra Athit|Charoen Krung|Samsen|Rama IV|Silom|Sathon|Ratchadamri|Yaowarat|Phaya Thai|Chakkrawat"),
    "ja": (("{x} {c}-{m}-{k}", "{x} {c}-{m}-{k}"), "Sakurachō|Midorigaoka|Honchō|Minamimachi|Higashiyama|Takezono|Umegaoka|Kawabata|Nishimachi|Matsubara|Hanazono|Kitazawa"),
    "ko": (("{x} {n}", "{x} {k}-gil {n}"), "Donghwa-ro|Hanok-ro|Seocho-daero|Yulgok-ro|Samcheong-ro|Toegye-ro|Wausan-ro|Dongho-ro|Jahamun-ro|Seongmisan-ro"),
    "zh": (("No. {n}, {x}", "No. {n}, Lane {c}, {x}"), "Yongkang Street|Dihua Street|Minsheng Road|Heping Road|Zhongshan Road|Lishui Street|Qingtian Street|Chaozhou Street|Fuxing Road|Ren'ai Road"),
    "vi": (("{n} phố {x}", "{n} phố {x}", "{n} ngõ {x}"), "Hàng Bạc|Hàng Gai|Nhà Thờ|Hàng Trống|Phan Bội Châu|Lý Quốc Sư|Hàng Bông|Tràng Tiền|Ngô Quyền|Quán Sứ|Hàng Đào"),
    "ka": (("{n} {x} Street", "{n} {x} Street"), "Rustaveli|Betlemi|Chavchavadze|Leselidze|Tabidze|Asatiani|Lermontov|Abesadze|Machabeli|Kiacheli|Griboedov"),
    "ng": (("{n} {x} Street", "{n} {x} Road", "{n} {x} Close"), "Adeola|Bourdillon|Awolowo|Broad|Marina|Kofo|Ademola|Ogunlana|Bode Thomas|Glover|Alexander|Akin"),
    "ke": (("{n} {x} Road", "{n} {x} Lane"), "Ngong|Riverside|Kindaruma|Lenana|Muthangari|Jacaranda|Rose|Argwings|Wood|Elgeyo|Kilimani|Ole Odume"),
}  # fmt: skip
_LANGUAGE = {
    "PT": "pt", "BR": "pt", "FR": "fr", "ES": "es", "MX": "es", "CO": "es", "PE": "es", "AR": "es", "CL": "es", "IT": "it",
    "DE": "de", "AT": "de", "CH": "de", "NL": "nl", "BE": "nl", "DK": "da", "SE": "sv", "NO": "no", "IS": "is", "FI": "fi",
    "EE": "et", "LV": "lv", "PL": "pl", "CZ": "cs", "HU": "hu", "SI": "sl", "HR": "hr", "GR": "el", "TR": "tr", "GB": "en",
    "IE": "en", "AU": "en", "NZ": "en", "ZA": "en", "SG": "en", "CA": "en", "US": "us", "AE": "ar", "EG": "ar", "MA": "ma",
    "IN": "hi", "TH": "th", "JP": "ja", "KR": "ko", "TW": "zh", "VN": "vi", "GE": "ka", "NG": "ng", "GH": "ng", "KE": "ke",
}  # fmt: skip
_ELSEWHERE = {"Geneva": "fr", "Montréal": "fr", "Barcelona": "ca"}
_READY = {language: (how, tuple(names.split("|"))) for language, (how, names) in _HOW.items()}


def street(random: Random, country: str, city: str) -> tuple[str, str]:
    """A street with a number as an address has it, and the street alone, such as `Rua das Flores`."""
    how, names = _READY[_ELSEWHERE.get(city) or _LANGUAGE.get(country, "en")]
    pattern, name = random.choice(how), random.choice(names)
    numbers = {"c": random.randint(1, 5), "m": random.randint(1, 20), "k": random.randint(1, 18)}
    whole = pattern.format(x=name, n=random.randint(1, 140), **numbers)
    bare = pattern.replace("{c}-{m}-{k}", "").replace(" No. {n}", "").replace("No. {n}, ", "").replace("{n}", "")
    alone = bare.format(x=name, **numbers).strip(" ,")
    return whole, alone
