"""Whether a wish reads as English, the only language that descriptions are compared in.

Told by script and by words that only one side has: function words and what people say of lodgings. Words that both know
(hotel, villa, in, sauna) say nothing. In doubt it is English: the worst is that little is found.
"""

import re
import unicodedata


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


ENGLISH = _words(
    "the and or of for to with without by near from at my our your us are be that this not any",
    "some very place places somewhere where stay stays staying house home room rooms flat cottage cabin barn boat",
    "castle farm farmhouse treehouse tent beach sea seaside lake river mountain mountains forest woods woodland",
    "countryside town city centre center view views garden fireplace tub bath kitchen balcony roof quiet",
    "calm peaceful romantic cosy cozy cute cheap small big large tiny old new modern nice good best charming",
    "luxury luxurious family friendly kids children dog dogs pet pets couple couples friends wedding weekend",
    "holiday holidays night nights bed beds breakfast private close next walking sleep sleeping watch see",
)
FOREIGN = _words(
    # French
    "avec sans dans sous chez près pres proche bord aux du des les une et ou où vue mer plage maison maisons",
    "maisonnette appartement chambre chambres gîte cabane château ferme lac montagne forêt foret campagne ville",
    "piscine cheminée cheminee jardin tranquille romantique petit petite chère enfants chien chiens famille",
    "vacances nuit séjour",
    # German
    "mit ohne und oder für fuer bei nahe neben zwischen der das dem den ein eine einen einem einer im am vom zum",
    "zur ist haus häuschen zimmer hütte huette schloss burg bauernhof meer strand berge bergen wald stadt kamin",
    "garten urlaub ruhig ruhige ruhiges ruhigen klein kleine kleines kleinen groß große großes gross grosses",
    "schön schöne schönes günstig billig hund hunde hunden kinder kindern zentrum blick beobachten wandern",
    "schwimmen schlafen",
    # Spanish
    "para por cerca junto del los las una unos cabaña piso habitación castillo granja playa montaña montañas",
    "bosque ciudad chimenea jardín jardin tranquilo tranquila romántico romántica romantico romantica pequeño",
    "pequeña barato barata niños perro perros familia vacaciones encanto ver dormir salvajes",
    # Italian
    "senza vicino sul sulla alla nel nella della dello degli gli tra casetta appartamento castello fattoria",
    "spiaggia lago montagna bosco campagna città giardino piccolo piccola economico bambini cane cani famiglia",
    "vacanze",
    # Portuguese
    "sem perto das na nos uma um quarto apartamento castelo praia montanha floresta cidade lareira jardim",
    "sossegado sossegada crianças cão cães férias",
    # Dutch
    "zonder voor bij aan naar het een huis huisje kamer boerderij kasteel zee bos zwembad haard tuin rustig",
    "rustige groot goedkoop honden kinderen",
    # Polish, Turkish, Swedish
    "ze bez nad przy blisko domek pokój mieszkanie zamek morzem jeziorem górach basenem kominkiem ogród psem ile",
    "ve için yakın ev evi oda daire deniz kenarında havuzlu sessiz och vid nära stuga havet sjön skogen",
)
# Of names too, or seen in English: half a word.
WEAK = _words(
    "de la le el en un il lo em die casa casas mar mare grande campo con com camera y e met med van pour sur sin al",
    "da di est utan dos uno nas quinta",
)
STEMS = (
    "ferien", "unterkunft", "übernacht", "uebernacht", "romantisch", "gemütlich", "gemuetlich", "familienfreundlich",
    "hundefreundlich", "alojamiento", "habitacion", "hébergement", "logement", "vakantie", "wakacj", "wohnung",
)  # fmt: skip
ELIDED = re.compile(r"\b(?:l|d|qu|dell|all|nell|sull|un)['’](?=\w)")
WORD = re.compile(r"[^\W\d_]+")


def is_english(text: str) -> bool:
    """Whether it may be; what has no words at all may."""
    told = unicodedata.normalize("NFC", text).lower()
    letters = [sign for sign in told if sign.isalpha()]
    if sum(not _is_latin(sign) for sign in letters) * 2 > len(letters):
        return False
    words = WORD.findall(told)
    foreign: int = len(ELIDED.findall(told)) + sum(word in FOREIGN or word.startswith(STEMS) for word in words)
    perhaps = sum(word in WEAK or not word.isascii() for word in words if word not in FOREIGN)
    against = foreign + 0.5 * perhaps
    return against < 1 or against <= sum(word in ENGLISH for word in words)


def _is_latin(sign: str) -> bool:
    return sign.isascii() or unicodedata.name(sign, "").startswith("LATIN")
