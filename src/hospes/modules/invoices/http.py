"""Invoices over REST. A stranger finds nothing here."""

import re
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from hospes.modules.booking import facade as bookings
from hospes.modules.booking.contracts import Booking
from hospes.modules.booking.errors import BookingNotFound
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.errors import BusinessNotFound
from hospes.modules.identity import facade as identity
from hospes.modules.invoices import facade, queries
from hospes.modules.invoices.contracts import Document
from hospes.modules.invoices.errors import DocumentNotFound
from hospes.modules.invoices.policies.wording import name_of_file
from hospes.modules.invoices.schemas import BuyerIn, BuyerOut, DocumentOut, DocumentsOut, SellerIn, SellerOut
from hospes.modules.invoices.use_cases.name_parties import buyer_of, seller_of
from hospes.modules.invoices.use_cases.save_buyer import save_buyer
from hospes.modules.invoices.use_cases.save_seller import save_seller
from hospes.platform.caller import Caller, require_caller
from hospes.platform.db import ReadTx
from hospes.platform.paging import CursorInvalid, decode, encode
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/api/v1", tags=["invoices"])
Month = Annotated[str, Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", examples=["2026-06"])]


@router.get("/bookings/{booking_id}/invoices")
async def booking_documents(request: Request, booking_id: UUID) -> DocumentsOut:
    """The receipts, invoices and credit notes of a booking, in the order they were issued."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        await bookings.get_booking_for(tx, caller, booking_id)
        found = await queries.list_documents(tx, booking_id)
    return DocumentsOut(items=[DocumentOut.of(each) for each in found])


@router.get("/bookings/{booking_id}/buyer")
async def read_buyer(request: Request, booking_id: UUID) -> BuyerOut:
    """Whom a booking's documents are made out to."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        booking, _ = await bookings.get_booking_for(tx, caller, booking_id)
        return BuyerOut.of(await buyer_of(tx, booking))


@router.put("/bookings/{booking_id}/buyer")
async def put_buyer(request: Request, booking_id: UUID, body: BuyerIn) -> DocumentsOut:
    """Have a booking's documents made out to a company. An invoice issued before is credited and written anew; the
    answer holds what was."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        booking = await own_booking(tx, caller, booking_id)
        made = await save_buyer(tx, booking_id=booking.id, buyer=body.buyer(), now=rt.clock.now())
    return DocumentsOut(items=[DocumentOut.of(each) for each in made])


@router.get("/invoices/{document_id}.pdf", response_class=Response)
async def document_pdf(request: Request, document_id: Annotated[UUID, Path()]) -> Response:
    """A document as PDF."""
    document = await readable(request, document_id)
    pdf = await facade.draw(document)
    headers = {
        "Content-Disposition": f'inline; filename="{name_of_file(document)}"',
        "Cache-Control": "private, no-store",
    }
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.get("/invoices/{document_id}")
async def read_document(request: Request, document_id: UUID) -> DocumentOut:
    """A document of a booking of yours, or of your business."""
    return DocumentOut.of(await readable(request, document_id))


@router.get("/businesses/{business_id}/invoices")
async def business_documents(
    request: Request,
    business_id: UUID,
    month: Month,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> DocumentsOut:
    """What a business issued in a month, in order."""
    caller = require_caller(request)
    first, until = month_of(month)
    async with runtime(request).db.read() as tx:
        await catalog.ensure_manages(tx, caller, business_id, catalog.Permission.EARNINGS)
        found = await queries.list_documents_of_business(
            tx, business_id, first, until, after=_after(cursor), limit=limit + 1
        )
    shown = found[:limit]
    more = encode([shown[-1].issued_on.isoformat(), str(shown[-1].id)]) if len(found) > limit else None
    return DocumentsOut(items=[DocumentOut.of(each) for each in shown], next_cursor=more)


@router.get("/businesses/{business_id}/invoice-settings")
async def read_seller(request: Request, business_id: UUID) -> SellerOut:
    """Who a business is on its documents; version 0 when it has not said so yet."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        await catalog.ensure_manages(tx, caller, business_id, catalog.Permission.EARNINGS)
        return SellerOut.of(await seller_of(tx, business_id))


@router.put("/businesses/{business_id}/invoice-settings")
async def put_seller(request: Request, business_id: UUID, body: SellerIn) -> SellerOut:
    """Say who a business is on documents issued from now on; 409 when somebody has changed it since it was read."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await catalog.ensure_manages(tx, caller, business_id, catalog.Permission.MONEY)
        await save_seller(tx, body.seller(business_id), now=rt.clock.now())
        return SellerOut.of(await seller_of(tx, business_id))


async def readable(request: Request, document_id: UUID) -> Document:
    """The document, for the guest, the business and admins; raises `DocumentNotFound` for anyone else."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        document = await queries.find_document(tx, document_id)
        if document is None:
            return await _readable_fees(tx, caller, document_id)
        try:
            await bookings.get_booking_for(tx, caller, document.booking_id)
        except BookingNotFound:
            raise DocumentNotFound from None
    return document


async def own_booking(tx: ReadTx, caller: Caller, booking_id: UUID) -> Booking:
    """A booking of the caller's own; raises `BookingNotFound`: nobody else says whom it is made out to."""
    booking = await bookings.find_booking(tx, booking_id)
    if booking is None or booking.guest_id != caller.user_id:
        raise BookingNotFound("There is no such booking.")
    return booking


def month_of(month: str) -> tuple[date, date]:
    """The first day of a month, and of the next."""
    first = date(max(int(month[:4]), 1), int(month[5:]), 1)
    if (first.year, first.month) >= (9999, 12):
        return first, date.max
    return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _after(cursor: str | None) -> tuple[date, UUID] | None:
    key = decode(cursor, 2)
    if key is None:
        return None
    day, last = str(key[0]), str(key[1])
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", day):
        raise CursorInvalid("Start again from the first page.", fields={"cursor": "cannot be read"})
    try:
        return date.fromisoformat(day), UUID(last)
    except ValueError as fault:
        raise CursorInvalid("Start again from the first page.", fields={"cursor": "cannot be read"}) from fault


async def _readable_fees(tx: ReadTx, caller: Caller, document_id: UUID) -> Document:
    """What the platform has charged a business, for those who work for it, and admins."""
    document = await queries.find_fee_document(tx, document_id)
    if document is None:
        raise DocumentNotFound
    if not identity.may_do(caller, identity.Deed.LOOK_AFTER_PAYMENTS):
        try:
            await catalog.ensure_manages(tx, caller, document.business_id, catalog.Permission.EARNINGS)
        except BusinessNotFound:
            raise DocumentNotFound from None
    return document
