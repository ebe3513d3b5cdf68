"""What other modules may ask of invoices."""

from collections.abc import Sequence
from uuid import UUID

from hospes.modules.invoices import queries
from hospes.modules.invoices.contracts import Document
from hospes.modules.invoices.use_cases.credit_refund import credit_refund
from hospes.modules.invoices.use_cases.issue_due import issue_due
from hospes.modules.invoices.use_cases.name_parties import seller_of
from hospes.platform.apart import apart
from hospes.platform.db import ReadTx

__all__ = ["credit_refund", "documents_by_id", "draw", "issue_due", "seller_of"]


async def documents_by_id(tx: ReadTx, ids: Sequence[UUID]) -> list[Document]:
    """Those of the documents that exist, in the order of the ids."""
    found = [await queries.find_document(tx, each) or await queries.find_fee_document(tx, each) for each in ids]
    return [each for each in found if each is not None]


async def draw(document: Document) -> bytes:
    """The document as PDF, drawn in another process."""
    return await apart(_drawn, document)


def _drawn(document: Document) -> bytes:
    """Imports what draws only where it is drawn: 20 MB that an API process can do without."""
    from hospes.modules.invoices.use_cases.draw_document import draw_document

    return draw_document(document)
