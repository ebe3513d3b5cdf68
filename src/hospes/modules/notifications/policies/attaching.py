"""Which documents go along with a message."""

from collections.abc import Sequence
from datetime import datetime

from hospes.modules.invoices.contracts import Document, Kind

_WORDS = {Kind.RECEIPT: "receipt", Kind.INVOICE: "invoice", Kind.CREDIT_NOTE: "credit note"}


def fresh_documents(documents: Sequence[Document], *, since: datetime | None = None) -> list[Document]:
    """Those issued since then; without a time all of them."""
    return [each for each in documents if since is None or each.issued_at >= since]


def attached_words(documents: Sequence[Document]) -> str:
    """`Your receipt and your invoice are attached.`; empty when nothing is."""
    kinds = list(dict.fromkeys(_WORDS[each.kind] for each in documents))
    if not kinds:
        return ""
    said = " and ".join(f"your {each}" for each in kinds)
    return f"{said[0].upper()}{said[1:]} {'are' if len(documents) > 1 else 'is'} attached."
