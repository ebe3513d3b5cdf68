"""What invoices know of a person: documents made out to them, and those of their business."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.invoices import facade, queries
from hospes.modules.invoices.contracts import Document
from hospes.modules.invoices.policies.frozen import content_json
from hospes.modules.invoices.store import seal_content
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.privacy import Attached, Copy, Obstacle, Sheet, sheet
from hospes.platform.runtime import Runtime

_BUSINESSES: LiteralString = "SELECT id FROM catalog.business WHERE owner_id = %(user)s"
_STAYED: LiteralString = "SELECT id FROM booking.booking WHERE guest_id = %(user)s"
_HOSTED: LiteralString = f"SELECT id FROM booking.booking WHERE business_id IN ({_BUSINESSES})"  # noqa: S608
_BUYERS: LiteralString = f"SELECT * FROM invoices.buyer WHERE booking_id IN ({_STAYED})"  # noqa: S608
_SELLERS: LiteralString = f"SELECT * FROM invoices.seller WHERE business_id IN ({_BUSINESSES})"  # noqa: S608


async def export(tx: ReadTx, user_id: UUID) -> Copy:
    """The documents of their stays, printed, and what they want on them; for hosts, how their business signs."""
    documents = await _documents(tx, _STAYED, user_id)
    rows = [
        {"code": each.code, "kind": each.kind, "issued_on": each.issued_on, **content_json(each.content)}
        for each in documents
    ]
    buyers = await sheet(tx, "invoice-addresses", "Invoice addresses", _BUYERS, user_id)
    seller = await sheet(tx, "invoice-settings", "Your business on its invoices", _SELLERS, user_id)
    files = [Attached(f"invoices/{each.code}-{each.id.hex[-6:]}.pdf", _drawing(each)) for each in documents]
    return Copy([Sheet("invoices", "Invoices and receipts", rows), buyers, seller], files)


async def obstacles(tx: ReadTx, user_id: UUID) -> list[Obstacle]:
    """None."""
    return []


async def erase(tx: WriteTx, user_id: UUID, now: datetime) -> Sequence[str]:
    """Documents are kept as the law wants, sealed; addresses go."""
    for bookings in (_STAYED, _HOSTED):
        for document in await _documents(tx, bookings, user_id):
            await seal_content(tx, document)
    await tx.run(f"DELETE FROM invoices.buyer WHERE booking_id IN ({_STAYED})", {"user": user_id})  # noqa: S608
    await tx.run(f"DELETE FROM invoices.seller WHERE business_id IN ({_BUSINESSES})", {"user": user_id})  # noqa: S608
    return ()


async def _documents(tx: ReadTx, bookings: LiteralString, user_id: UUID) -> list[Document]:
    rows = await tx.all(f"{queries.DOCUMENT} WHERE d.booking_id IN ({bookings}) ORDER BY d.id", {"user": user_id})
    return [queries.as_document(tx, row) for row in rows]


def _drawing(document: Document) -> Callable[[Runtime], Awaitable[bytes]]:
    async def load(rt: Runtime) -> bytes:
        return await facade.draw(document)

    return load
