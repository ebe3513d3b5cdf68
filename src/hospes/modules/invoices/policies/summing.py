"""What a month's documents come to."""

from collections.abc import Iterable
from dataclasses import dataclass

from hospes.modules.invoices.contracts import Document, Kind


@dataclass(frozen=True, slots=True)
class Sum:
    """Invoices less credit notes of one currency, in minor units."""

    currency: str
    net: int = 0
    tax: int = 0
    total: int = 0


def sums_of(documents: Iterable[Document]) -> list[Sum]:
    """A sum for each currency, by its code; receipts do not count."""
    sums: dict[str, Sum] = {}
    for each in documents:
        if each.kind is not Kind.RECEIPT:
            so_far = sums.get(each.currency, Sum(each.currency))
            sums[each.currency] = Sum(
                each.currency, so_far.net + each.net, so_far.tax + each.tax, so_far.total + each.total
            )
    return [sums[currency] for currency in sorted(sums)]
