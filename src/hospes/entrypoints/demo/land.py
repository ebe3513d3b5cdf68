"""How far the land reaches around each city of the demo world, so that no listing lies in the sea.

A string holds 24 hexadecimal digits, one for each 15 degrees of the compass from north clockwise: so many half
kilometres from the centre are dry in the whole of that wedge. They come from the coastlines of Natural Earth and the
land mask of NOAA GLOBE, both in the public domain, less a margin; rivers and lakes in the middle of a city, which
neither has, are put in by hand. Cities that are not named here have land all around.
"""

from functools import cache
from itertools import accumulate
from math import atan2, cos, degrees, hypot, radians, sin
from random import Random

WEDGES = 24
WEDGE = 360 / WEDGES
KM_PER_DEGREE = 111.2
NEARLY = 0.02  # of a kilometre: coordinates are rounded
FURTHEST = "c" * WEDGES
_REACH = {
    "Lisbon": "aaa9765444444457aaaaaaaa",
    "Porto": "8888854322111123224aaaaa",
    "Nice": "8886655211111112889aaaaa",
    "Barcelona": "ccc9643333567acccccccccc",
    "Venice": "111122211111111112221111",
    "Naples": "ccccccaa11000024cccccccc",
    "Hamburg": "000028881111111124888831",
    "Zürich": "888888886421000000078888",
    "Geneva": "000001488888888882100000",
    "Amsterdam": "111123588888888888888311",
    "Antwerp": "3388aaaaaaaaaa8100000112",
    "Copenhagen": "6640001111012368aaaaaaaa",
    "Stockholm": "444400000000000000000024",
    "Oslo": "aaaaaaaa60000000124aaaaa",
    "Bergen": "112333331100100000000000",
    "Reykjavík": "111223338864121111211223",
    "Helsinki": "222111111200000000000042",
    "Tallinn": "001238888888888cc8732000",
    "Riga": "888888885222210000011128",
    "Warsaw": "aa8222228888aaaaaaaaaaaa",
    "Prague": "001248888888420010000000",
    "Budapest": "211000000011388888888888",
    "Vienna": "a6444448aaaaaaaaaaaaaaaa",
    "Split": "333333110000000022222211",
    "Athens": "ccccccccccccaa77cccccccc",
    "Istanbul": "222222442211111234688653",
    "London": "ccc41000000013468ccccccc",
    "Edinburgh": "2334468acccccccccccc9532",
    "Dublin": "c55322226acccccccccccccc",
    "Lagos": "100012211111111111111111",
    "Cairo": "8888aaaaaaaaaa3322222335",
    "Cape Town": "22334ccccccccca764554332",
    "Accra": "ccccc731111000024ccccccc",
    "Mumbai": "aaa966669aaa8866888999a8",
    "Bangkok": "88aaaaaaaaaa222111111112",
    "Singapore": "882110000011134588888888",
    "Taipei": "555566666666666444444444",
    "Kyoto": "666666666666666666666666",
    "Seoul": "888888888888888888888888",
    "Hanoi": "844222224888888888864444",
    "Sydney": "100111136888888210000001",
    "Melbourne": "ccccccccaa776611338ccccc",
    "Auckland": "001112256888888841000000",
    "Vancouver": "333555588888877888845533",
    "Montréal": "c86555556777accccccccccc",
    "New York City": "6e7443211111110000000012",
    "San Francisco": "455344467accccccca764556",
    "Chicago": "cc7555568acccccccccccccc",
    "Buenos Aires": "53311111336ccccccccccc65",
    "Rio de Janeiro": "11100000001339ccccc54111",
    "Lima": "aaaaaaaaaaaaaaaaaaaaaaaa",
    "Bogotá": "444444448888888888888884",
    "Innsbruck": "224668642222334688866422",
}


def wedges(city: str) -> str:
    """The city's digits."""
    return _REACH.get(city, FURTHEST)


def reach_km(city: str, bearing: float) -> float:
    """How far it is dry in this direction, degrees from north clockwise."""
    return int(wedges(city)[int(bearing % 360 / WEDGE) % WEDGES], 16) / 2


def on_land(city: str, centre: tuple[float, float], point: tuple[float, float]) -> bool:
    """Whether a point, latitude and longitude, is known to be dry."""
    north = (point[0] - centre[0]) * KM_PER_DEGREE
    east = (point[1] - centre[1]) * KM_PER_DEGREE * cos(radians(centre[0]))
    return hypot(north, east) <= reach_km(city, degrees(atan2(east, north))) + NEARLY


def dry_point(random: Random, city: str, centre: tuple[float, float], spread_km: float) -> tuple[float, float]:
    """A point on land, latitude and longitude, more likely near the centre and hardly further than `spread_km`."""
    first = random.choices(range(WEDGES), cum_weights=_areas(city))[0]
    bearing = radians((first + 0.03 + 0.94 * random.random()) * WEDGE)
    km = min(int(wedges(city)[first], 16) / 2, spread_km) * random.random() ** 0.62
    latitude = centre[0] + km * cos(bearing) / KM_PER_DEGREE
    longitude = centre[1] + km * sin(bearing) / (KM_PER_DEGREE * cos(radians(centre[0])))
    return round(latitude, 6), round(longitude, 6)


@cache
def _areas(city: str) -> tuple[int, ...]:
    return tuple(accumulate(int(each, 16) ** 2 for each in wedges(city)))
