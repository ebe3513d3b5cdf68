"""One document: its number, its place among the booking's documents and all that is printed, in one commit."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from hospes.modules.booking.contracts import Booking
from hospes.modules.invoices import events, store
from hospes.modules.invoices.contracts import Content, Document, Kind, Line
from hospes.modules.invoices.policies.amounts import sums
from hospes.modules.invoices.policies.wording import address_of_buyer, address_of_seller, code_of, facts_of
from hospes.modules.invoices.use_cases.name_parties import buyer_of, seller_of
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish


async def issue_document(
    tx: WriteTx,
    booking: Booking,
    before: Sequence[Document],
    kind: Kind,
    lines: Sequence[Line],
    *,
    payments: Sequence[tuple[str, int]] = (),
    refers_to: Document | None = None,
    about: UUID | None = None,
    reason: str = "",
    now: datetime,
) -> Document:
    """The document, issued. Call it with the booking locked (`store.lock_booking`) and all documents `before` it; of
    several in one transaction first receipts, then credit notes, then invoices, so that rivals wait in one order."""
    seller = await seller_of(tx, booking.business_id)
    content = Content(
        seller=address_of_seller(seller),
        buyer=address_of_buyer(await buyer_of(tx, booking)),
        lines=tuple(lines),
        facts=facts_of(booking),
        payments=tuple(payments),
        refers_to=refers_to.code if refers_to else "",
        reason=reason,
        footer=seller.footer,
    )
    day = now.astimezone(ZoneInfo(booking.terms.zone)).date()
    net, tax = sums(lines)
    number = await store.take_number(tx, booking.business_id, kind, day.year)
    document = Document(
        id=new_id(),
        kind=kind,
        business_id=booking.business_id,
        booking_id=booking.id,
        year=day.year,
        number=number,
        code=code_of(kind, day.year, number),
        step=len(before) + 1,
        refers_to=refers_to.id if refers_to else None,
        about=about,
        currency=booking.total.currency,
        net=net,
        tax=tax,
        total=net + tax,
        issued_on=day,
        issued_at=now,
        content=content,
    )
    await store.insert_document(tx, document)
    data = {"booking_id": str(booking.id), "kind": str(kind), "code": document.code, "total": document.total}
    await publish(tx, events.ISSUED, document.id, {**data, "currency": document.currency}, now=now)
    return document
