"""Booking, and looking at bookings."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from hospes.modules.booking import facade, queries
from hospes.modules.booking import schemas as s
from hospes.modules.booking.contracts import Actor, Booking, BookingStatus
from hospes.modules.booking.http.access import reply
from hospes.modules.catalog import facade as catalog
from hospes.modules.ledger import facade as ledger
from hospes.modules.ledger.contracts import Display
from hospes.modules.promotions import facade as promotions
from hospes.platform.caller import Caller, require_caller
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.idempotency import Answer, once
from hospes.platform.listing import Cursor, Limit, after_of
from hospes.platform.paging import encode
from hospes.platform.runtime import runtime

router = APIRouter()


@router.post("/bookings", status_code=201, response_model=s.BookingOut)
async def create(request: Request, body: s.BookingIn) -> Response:
    """Book a hold, or nights, hours or places directly. Needs an Idempotency-Key."""
    caller, rt = require_caller(request), runtime(request)
    display = await ledger.displayed(rt, body.display_currency) if body.display_currency else None

    async def handler(tx: WriteTx) -> Answer:
        async with promotions.watched(request, body.coupons):
            booking = await _book(
                tx, caller, body, display=display, provider=rt.settings.payment_provider, now=rt.clock.now()
            )
        location = {"Location": f"/api/v1/bookings/{booking.id}"}
        return Answer(201, s.booking_out(booking, Actor.GUEST), location)

    return await once(request, rt, handler)


@router.get("/bookings", response_model=s.BookingsOut)
async def list_bookings(
    request: Request,
    role: Annotated[Literal["guest", "host"], Query()] = "guest",
    status: Annotated[list[BookingStatus] | None, Query()] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """The caller's own bookings, or with `role=host` those at the caller's business; the newest first."""
    caller, rt = require_caller(request), runtime(request)
    before = after_of(cursor)
    actor = Actor.HOST if role == "host" else Actor.GUEST
    async with rt.db.read() as tx:
        found = await _list(tx, caller, actor, status or [], before, limit + 1)
    page = found[:limit]
    more = encode([str(page[-1].id)]) if len(found) > limit else None
    return reply({"items": [s.booking_out(each, actor) for each in page], "next_cursor": more})


@router.get("/bookings/{booking_id}", response_model=s.BookingOut)
async def get_booking(request: Request, booking_id: UUID) -> Response:
    """A booking, for its guest, its host, or an admin."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        booking, actor = await facade.get_booking_for(tx, caller, booking_id)
    return reply(s.booking_out(booking, actor))


@router.get("/bookings/{booking_id}/history", response_model=s.HistoryOut)
async def history(request: Request, booking_id: UUID) -> Response:
    """Every step of a booking."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        booking, _ = await facade.get_booking_for(tx, caller, booking_id)
        entries = await queries.list_history(tx, booking.id)
    return reply({"items": [s.history_out(each) for each in entries]})


async def _book(
    tx: WriteTx, caller: Caller, body: s.BookingIn, *, display: Display | None, provider: str, now: datetime
) -> Booking:
    if body.hold_id is not None:
        if body.coupons or body.use_credit:
            await facade.discount_hold(
                tx,
                guest_id=caller.user_id,
                hold_id=body.hold_id,
                coupons=body.coupons,
                use_credit=body.use_credit,
                now=now,
            )
        return await facade.book_hold(
            tx,
            guest_id=caller.user_id,
            hold_id=body.hold_id,
            message=body.message,
            expected_total=body.expected_total,
            provider=provider,
            now=now,
        )
    return await facade.book_wish(
        tx,
        replace(body.wish(), display=display) if display else body.wish(),
        guest_id=caller.user_id,
        message=body.message,
        expected_total=body.expected_total,
        provider=provider,
        now=now,
    )


async def _list(
    tx: ReadTx, caller: Caller, actor: Actor, statuses: list[BookingStatus], before: UUID | None, limit: int
) -> list[Booking]:
    if actor is Actor.GUEST:
        return await queries.list_bookings_of_guest(tx, caller.user_id, statuses=statuses, before=before, limit=limit)
    business = await catalog.business_of(tx, caller.user_id)
    if business is None:
        return []
    return await queries.list_bookings_of_business(tx, business.id, statuses=statuses, before=before, limit=limit)
