"""The neighbourhoods of the demo world: of some cities as they are called, of others by where they lie from the middle."""

from functools import cache
from math import atan2, cos, degrees, hypot, radians

KM_PER_DEGREE = 111.2
KNOWN_KM = 2.2  # further away from all of a city's neighbourhoods is none of them
MIDDLE_KM = 1.1
AROUND = ("Northside", "Eastside", "Southside", "Westside")
# City and country: name, latitude and longitude of about its middle.
_KNOWN = """
Lisbon PT|Alfama 38.712 -9.130|Baixa 38.711 -9.137|Bairro Alto 38.713 -9.145|Belém 38.697 -9.206|Campo de Ourique 38.717 -9.165|Graça 38.718 -9.131|Avenidas Novas 38.738 -9.148|Alvalade 38.753 -9.144
Porto PT|Ribeira 41.141 -8.611|Cedofeita 41.153 -8.622|Boavista 41.158 -8.640|Bonfim 41.151 -8.595|Foz do Douro 41.150 -8.674
Paris FR|Le Marais 48.859 2.359|Montmartre 48.887 2.339|Saint-Germain-des-Prés 48.854 2.333|Belleville 48.872 2.385|Batignolles 48.887 2.317|Bastille 48.853 2.369|Montparnasse 48.842 2.321|Passy 48.857 2.280
Lyon FR|Vieux Lyon 45.762 4.827|Croix-Rousse 45.776 4.828|Presqu'île 45.759 4.833|Part-Dieu 45.760 4.856|Confluence 45.742 4.817
Barcelona ES|Barri Gòtic 41.383 2.176|Gràcia 41.403 2.156|Eixample 41.391 2.165|Barceloneta 41.380 2.189|Poblenou 41.400 2.203|Sants 41.376 2.135|Poble-sec 41.373 2.162
Madrid ES|Malasaña 40.426 -3.704|Chueca 40.423 -3.697|La Latina 40.411 -3.711|Lavapiés 40.409 -3.701|Salamanca 40.429 -3.680|Chamberí 40.434 -3.703|Retiro 40.410 -3.676
Rome IT|Trastevere 41.889 12.469|Monti 41.895 12.493|Testaccio 41.877 12.475|Prati 41.908 12.460|San Lorenzo 41.898 12.516|Pigneto 41.888 12.529
Florence IT|Oltrarno 43.766 11.247|Santa Croce 43.769 11.262|San Marco 43.778 11.259|Campo di Marte 43.779 11.282
Berlin DE|Mitte 52.520 13.400|Kreuzberg 52.498 13.403|Prenzlauer Berg 52.539 13.424|Neukölln 52.481 13.435|Friedrichshain 52.515 13.454|Schöneberg 52.483 13.352|Moabit 52.528 13.342
Munich DE|Schwabing 48.163 11.580|Haidhausen 48.130 11.600|Glockenbachviertel 48.129 11.572|Maxvorstadt 48.149 11.568|Sendling 48.118 11.546
Vienna AT|Innere Stadt 48.209 16.370|Leopoldstadt 48.218 16.396|Neubau 48.202 16.349|Mariahilf 48.196 16.351|Josefstadt 48.211 16.347|Wieden 48.193 16.370
Amsterdam NL|Jordaan 52.374 4.880|De Pijp 52.354 4.892|Oud-West 52.365 4.868|Plantage 52.367 4.914|Westerpark 52.386 4.873
Copenhagen DK|Nørrebro 55.694 12.549|Vesterbro 55.669 12.548|Østerbro 55.706 12.577|Christianshavn 55.673 12.593|Indre By 55.680 12.577
Prague CZ|Staré Město 50.087 14.421|Malá Strana 50.088 14.404|Žižkov 50.084 14.451|Vinohrady 50.076 14.446|Karlín 50.092 14.450|Smíchov 50.072 14.403
Athens GR|Plaka 37.973 23.730|Monastiraki 37.976 23.726|Koukaki 37.964 23.725|Exarchia 37.987 23.734|Kolonaki 37.979 23.742|Pangrati 37.968 23.750
Istanbul TR|Beyoğlu 41.037 28.977|Sultanahmet 41.005 28.977|Balat 41.029 28.948|Karaköy 41.024 28.977|Fatih 41.017 28.946
London GB|Soho 51.514 -0.137|Camden Town 51.539 -0.143|Shoreditch 51.526 -0.078|Notting Hill 51.509 -0.196|Brixton 51.462 -0.115|Islington 51.536 -0.103|Bermondsey 51.498 -0.064|Covent Garden 51.512 -0.124
Edinburgh GB|Old Town 55.949 -3.190|New Town 55.955 -3.200|Leith 55.975 -3.172|Stockbridge 55.959 -3.211|Bruntsfield 55.937 -3.207
Tokyo JP|Shinjuku 35.694 139.703|Shibuya 35.662 139.704|Asakusa 35.715 139.797|Ueno 35.712 139.777|Ginza 35.672 139.765|Akasaka 35.674 139.737
Kyoto JP|Gion 35.004 135.775|Higashiyama 34.996 135.781|Pontochō 35.006 135.771|Nishijin 35.030 135.746
Sydney AU|The Rocks -33.859 151.208|Surry Hills -33.885 151.212|Newtown -33.897 151.179|Paddington -33.884 151.231|Glebe -33.880 151.186
New York City US|Greenwich Village 40.734 -74.003|SoHo 40.723 -74.003|Williamsburg 40.708 -73.957|Chelsea 40.746 -74.001|Lower East Side 40.715 -73.984|Tribeca 40.716 -74.009|Park Slope 40.671 -73.981
San Francisco US|Mission District 37.760 -122.415|North Beach 37.801 -122.410|Hayes Valley 37.776 -122.425|Haight-Ashbury 37.770 -122.447|Nob Hill 37.793 -122.416
Mexico City MX|Roma Norte 19.418 -99.163|Condesa 19.412 -99.172|Centro Histórico 19.433 -99.133|Coyoacán 19.350 -99.162|Juárez 19.427 -99.161
Buenos Aires AR|Palermo -34.588 -58.430|San Telmo -34.621 -58.373|Recoleta -34.588 -58.397|Villa Crespo -34.599 -58.441|Almagro -34.609 -58.421
Rio de Janeiro BR|Copacabana -22.971 -43.186|Ipanema -22.984 -43.205|Santa Teresa -22.921 -43.187|Botafogo -22.951 -43.184|Lapa -22.913 -43.180|Leblon -22.984 -43.224
"""


def quarter(city: str, country: str, centre: tuple[float, float], point: tuple[float, float]) -> str:
    """What the neighbourhood of a point (latitude, longitude) is called; empty where it lies in none."""
    known = _known().get((city, country))
    if known is not None:
        km, name = min((hypot(*_away(middle, point)), name) for name, middle in known)
        return name if km <= KNOWN_KM else ""
    north, east = _away(centre, point)
    if hypot(north, east) <= MIDDLE_KM:
        return "City centre"
    return AROUND[int((degrees(atan2(east, north)) + 45) % 360 // 90)]


def _away(middle: tuple[float, float], point: tuple[float, float]) -> tuple[float, float]:
    """Kilometres north and east."""
    north = (point[0] - middle[0]) * KM_PER_DEGREE
    return north, (point[1] - middle[1]) * KM_PER_DEGREE * cos(radians(middle[0]))


@cache
def _known() -> dict[tuple[str, str], list[tuple[str, tuple[float, float]]]]:
    found = {}
    for line in _KNOWN.strip().splitlines():
        whose, *quarters = line.split("|")
        city, _, country = whose.rpartition(" ")
        parts = [each.rsplit(" ", 2) for each in quarters]
        found[city, country] = [(name, (float(latitude), float(longitude))) for name, latitude, longitude in parts]
    return found
