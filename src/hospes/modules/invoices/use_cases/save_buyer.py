"""Whom a booking's documents are made out to; an invoice already issued is credited and written anew."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hospes.modules.booking import facade as bookings
from hospes.modules.invoices import queries, store
from hospes.modules.invoices.contracts import Buyer, Document, Kind
from hospes.modules.invoices.errors import CorrectedTooOften
from hospes.modules.invoices.policies.amounts import outstanding
from hospes.modules.invoices.policies.checking import check_address
from hospes.modules.invoices.use_cases.issue_document import issue_document
from hospes.platform.db import WriteTx

MOST = 5
CORRECTED = "The details of the buyer were corrected; a further invoice takes its place."


async def save_buyer(tx: WriteTx, *, booking_id: UUID, buyer: Buyer, now: datetime) -> list[Document]:
    """The documents that this made. Raises `AddressInvalid`; `CorrectedTooOften` after five corrections."""
    check_address(buyer.name, buyer.country)
    await store.lock_booking(tx, booking_id)
    if await queries.find_buyer(tx, booking_id) == buyer:
        return []
    await store.save_buyer(tx, booking_id, buyer, now=now)
    documents = await queries.list_documents(tx, booking_id)
    return await _write_anew(tx, booking_id, documents, now=now)


async def _write_anew(tx: WriteTx, booking_id: UUID, documents: list[Document], *, now: datetime) -> list[Document]:
    invoice = next((each for each in reversed(documents) if each.kind is Kind.INVOICE), None)
    back = outstanding((), documents)
    if invoice is None or not back or sum(line.amount for line in back) >= 0:
        return []
    if sum(1 for each in documents if each.content.reason == CORRECTED) >= MOST:
        raise CorrectedTooOften(f"The address has been corrected {MOST} times. Please ask the host for help.")
    booking = await bookings.get_booking(tx, booking_id)
    credit = await issue_document(
        tx, booking, documents, Kind.CREDIT_NOTE, back, refers_to=invoice, reason=CORRECTED, now=now
    )
    again = [
        replace(line, amount=-line.amount, included=-line.included, unit_amount=-line.unit_amount) for line in back
    ]
    said = f"Instead of {invoice.code}."
    fresh = await issue_document(
        tx, booking, [*documents, credit], Kind.INVOICE, again, payments=invoice.content.payments, reason=said, now=now
    )
    return [credit, fresh]
