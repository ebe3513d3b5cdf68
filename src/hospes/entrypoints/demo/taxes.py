"""Taxes of the demo world: VAT of each country and what cities ask for a night, as they were known in 2026.

Real law has more cases (classes of hotels, seasons, exemptions); these are the usual ones, good enough to try things out.
"""

from hospes.entrypoints.demo.places import City
from hospes.entrypoints.demo.rows import minor
from hospes.modules.pricing.contracts import Tax, TaxKind

# Country: VAT in basis points for nights and for services, and whether prices contain it.
_VAT = {
    "PT": (600, 2300, True), "FR": (1000, 2000, True), "ES": (1000, 2100, True), "IT": (1000, 2200, True),
    "DE": (700, 1900, True), "AT": (1000, 2000, True), "CH": (380, 810, True), "NL": (2100, 2100, True),
    "BE": (1200, 2100, True), "DK": (2500, 2500, True), "SE": (1200, 2500, True), "NO": (1200, 2500, True),
    "IS": (1100, 2400, True), "FI": (1350, 2550, True), "EE": (1300, 2400, True), "LV": (1200, 2100, True),
    "PL": (800, 2300, True), "CZ": (1200, 2100, True), "HU": (500, 2700, True), "SI": (950, 2200, True),
    "HR": (1300, 2500, True), "GR": (1300, 2400, True), "TR": (1000, 2000, True), "GB": (2000, 2000, True),
    "IE": (1350, 2300, True), "ZA": (1500, 1500, True), "JP": (1000, 1000, True), "KR": (1000, 1000, True),
    "AU": (1000, 1000, True), "NZ": (1500, 1500, True), "SG": (900, 900, False), "TH": (700, 700, True),
    "AE": (500, 500, True), "IN": (500, 1800, False), "CA": (500, 500, False), "MX": (1600, 1600, True),
    "CL": (1900, 1900, True), "CO": (1900, 1900, True), "KE": (1600, 1600, True), "NG": (750, 750, False),
}  # fmt: skip
# City: of each person and night, in the money there; children younger than this are free; at most so many nights.
_PERSON = {
    "Lisbon": (4.0, 13, 7), "Porto": (3.0, 13, 7), "Paris": (5.65, 18, None), "Lyon": (2.53, 18, None),
    "Nice": (2.88, 18, None), "Barcelona": (6.75, 17, 7), "Rome": (6.0, 10, 10), "Florence": (5.5, 12, 7),
    "Venice": (4.0, 10, 5), "Naples": (4.5, 14, 14), "Prague": (50.0, 18, 60), "Ljubljana": (3.13, 7, None),
    "Split": (2.0, 12, None), "Riga": (1.0, 18, 10), "Zürich": (3.5, 12, None), "Geneva": (4.0, 6, None),
    "Innsbruck": (2.2, 15, None), "Antwerp": (3.0, 12, None), "Gent": (3.6, 12, None), "Kyoto": (400.0, None, None),
    "Tokyo": (100.0, None, None), "Marrakesh": (25.0, 12, None), "Dubai": (15.0, None, 30),
}  # fmt: skip
# City: a share of the price of the nights, in basis points, on top.
_SHARE = {
    "Berlin": 750, "Vienna": 500, "Amsterdam": 1250, "Budapest": 400, "Edinburgh": 500, "New York City": 1475,
    "San Francisco": 1400, "Chicago": 1740, "Austin": 1700, "Vancouver": 1150, "Montréal": 350, "Reykjavík": 150,
}  # fmt: skip


def of_nights(city: City) -> tuple[Tax, ...]:
    """VAT and city tax of a stay."""
    found = _vat(city, 0)
    if city.name in _PERSON:
        amount, age, nights = _PERSON[city.name]
        found.append(
            Tax(
                "city", "City tax", TaxKind.PER_PERSON_NIGHT, amount=minor(amount, city.currency),
                exempt_under_age=age, max_nights=nights,
            )
        )  # fmt: skip
    if city.name in _SHARE:
        found.append(Tax("city", "City tax", TaxKind.PERCENT, bp=_SHARE[city.name]))
    return tuple(found)


def of_services(city: City) -> tuple[Tax, ...]:
    """VAT of an hour or a tour."""
    return tuple(_vat(city, 1))


def _vat(city: City, which: int) -> list[Tax]:
    if city.country not in _VAT:
        return []
    *shares, included = _VAT[city.country]
    return [Tax("vat", "VAT", TaxKind.PERCENT, bp=shares[which], included=included)]
