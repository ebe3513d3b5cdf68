"""Money that went back besides what a cancellation or a change gives back is credited too."""

from datetime import datetime
from uuid import UUID

from hospes.modules.booking import facade as bookings
from hospes.modules.invoices import queries, store
from hospes.modules.invoices.contracts import Document, Kind
from hospes.modules.invoices.policies.amounts import part_of
from hospes.modules.invoices.use_cases.issue_document import issue_document
from hospes.platform.db import WriteTx


async def credit_refund(
    tx: WriteTx, *, booking_id: UUID, refund_id: UUID, amount: int, now: datetime
) -> Document | None:
    """The credit note for a refund of `amount` minor units; None when it has one, or there is no invoice to credit."""
    await store.lock_booking(tx, booking_id)
    booking = await bookings.find_booking(tx, booking_id)
    documents = await queries.list_documents(tx, booking_id) if booking else []
    invoice = next((each for each in reversed(documents) if each.kind is Kind.INVOICE), None)
    lines = part_of(documents, amount)
    if booking is None or invoice is None or not lines or any(each.about == refund_id for each in documents):
        return None
    return await issue_document(
        tx,
        booking,
        documents,
        Kind.CREDIT_NOTE,
        lines,
        refers_to=invoice,
        about=refund_id,
        reason="Money was given back.",
        now=now,
    )
