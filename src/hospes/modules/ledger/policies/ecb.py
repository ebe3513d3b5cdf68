"""Reads the XML of reference rates that the European Central Bank publishes (eurofxref-daily.xml, -hist.xml)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree

from hospes.modules.ledger.contracts import Rate
from hospes.modules.ledger.errors import RatesUnreadable

SOURCE = "European Central Bank"
_CUBE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"
_LARGEST = 50_000_000


def read_ecb(raw: bytes) -> list[Rate]:
    """Every rate of the file, for one euro each; raises `RatesUnreadable`, and then nothing of it is of use."""
    if len(raw) > _LARGEST or b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        raise RatesUnreadable("This is not a file of exchange rates.", fields={"file": "is not one of rates"})
    try:
        found = list(_rates(ElementTree.fromstring(raw)))  # noqa: S314 (entities are refused above)
    except (ElementTree.ParseError, ValueError, InvalidOperation, KeyError) as fault:
        raise RatesUnreadable(f"The file cannot be read: {fault}", fields={"file": "cannot be read"}) from fault
    if not found:
        raise RatesUnreadable("There is no rate in this file.", fields={"file": "has no rates"})
    return found


def _rates(root: ElementTree.Element) -> Iterator[Rate]:
    for day in root.iter(_CUBE):
        if "time" not in day.attrib:
            continue
        on_date = date.fromisoformat(day.attrib["time"])
        for each in day.iter(_CUBE):
            if each is day:
                continue
            currency, rate = each.attrib["currency"], Decimal(each.attrib["rate"])
            if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
                raise ValueError(f"{currency!r} is not a currency")
            if not (rate.is_finite() and 0 < rate < 10**9):
                raise ValueError(f"the rate of {currency} is not a number above zero")
            yield Rate(SOURCE, "EUR", currency, on_date, rate)
