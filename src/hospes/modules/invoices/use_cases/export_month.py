"""A month's documents for the books, as CSV."""

import csv
from collections.abc import Iterable
from decimal import Decimal
from io import StringIO

from hospes.modules.invoices.contracts import Document
from hospes.platform.money import exponent

HEADINGS = ("date", "kind", "number", "refers_to", "booking", "buyer", "currency", "net", "tax", "total")


def export_month(documents: Iterable[Document]) -> str:
    """A line a document; amounts with decimals and a point."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for each in documents:
        amounts = (_decimal(value, each.currency) for value in (each.net, each.tax, each.total))
        reference = next((said for name, said in each.content.facts if name == "Booking"), "")
        row = (each.issued_on.isoformat(), str(each.kind), each.code, each.content.refers_to, reference)
        writer.writerow([_plain(cell) for cell in (*row, each.content.buyer.name, each.currency)] + list(amounts))
    return out.getvalue()


def _decimal(amount: int, currency: str) -> str:
    return f"{Decimal(amount).scaleb(-exponent(currency)):f}"


def _plain(text: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
