"""Booking over REST. Answers are made by schemas.py; the handlers parse, open the transaction and call."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response

from hospes.modules.booking import facade, queries
from hospes.modules.booking import schemas as s
from hospes.modules.booking.contracts import Actor, Booking, BookingStatus
from hospes.modules.booking.errors import BookingNotFound, DatesReversed, HoldNotFound, StayTooLong
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.errors import BusinessNotFound, ResourceNotFound
from hospes.modules.inventory import facade as inventory
from hospes.platform.caller import Caller, find_caller, require_caller
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.errors import Invalid
from hospes.platform.idempotency import Answer, once
from hospes.platform.paging import decode, encode
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/api/v1", tags=["booking"])
MAX_CALENDAR_DAYS = 400
EPOCH = date(2000, 1, 1)


@router.post("/quotes", response_model=s.QuoteOut)
async def quote(request: Request, body: s.WishIn) -> Response:
    """What a wish costs, line by line, under which terms, and whether it can be had. Needs no account."""
    rt = runtime(request)
    async with rt.db.read() as tx:
        found = await facade.quote_wish(tx, body.wish(), now=rt.clock.now())
    return _json(s.quote_out(found))


@router.post("/holds", status_code=201, response_model=s.HoldOut)
async def hold(request: Request, body: s.HoldIn) -> Response:
    """Keep a place for 15 minutes. An Idempotency-Key is welcome."""
    caller, rt = require_caller(request), runtime(request)

    async def handler(tx: WriteTx) -> Answer:
        placed = await facade.hold_wish(
            tx, body.wish(), guest_id=caller.user_id, expected_total=body.expected_total, now=rt.clock.now()
        )
        return Answer(201, s.hold_out(placed), {"Location": f"/api/v1/holds/{placed.id}"})

    return await once(request, rt, handler, required=False)


@router.get("/holds/{hold_id}", response_model=s.HoldOut)
async def get_hold(request: Request, hold_id: UUID) -> Response:
    """A hold of the caller's."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        found = await queries.find_hold(tx, hold_id, caller.user_id)
    if found is None:
        raise HoldNotFound()
    return _json(s.hold_out(found))


@router.delete("/holds/{hold_id}", status_code=204)
async def release(request: Request, hold_id: UUID) -> None:
    """Let go of a hold; repeating it changes nothing."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await facade.release_hold(tx, guest_id=caller.user_id, hold_id=hold_id, now=rt.clock.now())


@router.post("/bookings", status_code=201, response_model=s.BookingOut)
async def create(request: Request, body: s.BookingIn) -> Response:
    """Book a hold, or nights, hours or places directly. Needs an Idempotency-Key."""
    caller, rt = require_caller(request), runtime(request)

    async def handler(tx: WriteTx) -> Answer:
        booking = await _book(tx, caller, body, provider=rt.settings.payment_provider, now=rt.clock.now())
        location = {"Location": f"/api/v1/bookings/{booking.id}"}
        return Answer(201, s.booking_out(booking, Actor.GUEST), location)

    return await once(request, rt, handler)


@router.get("/bookings", response_model=s.BookingsOut)
async def list_bookings(
    request: Request,
    role: Annotated[Literal["guest", "host"], Query()] = "guest",
    status: Annotated[list[BookingStatus] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """The caller's own bookings, or with `role=host` those at the caller's business; the newest first."""
    caller, rt = require_caller(request), runtime(request)
    before = _before(cursor)
    actor = Actor.HOST if role == "host" else Actor.GUEST
    async with rt.db.read() as tx:
        found = await _list(tx, caller, actor, status or [], before, limit + 1)
    page = found[:limit]
    more = encode([str(page[-1].id)]) if len(found) > limit else None
    return _json({"items": [s.booking_out(each, actor) for each in page], "next_cursor": more})


@router.get("/bookings/{booking_id}", response_model=s.BookingOut)
async def get_booking(request: Request, booking_id: UUID) -> Response:
    """A booking, for its guest, its host, or an admin."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        booking, actor = await facade.get_booking_for(tx, caller, booking_id)
    return _json(s.booking_out(booking, actor))


@router.get("/bookings/{booking_id}/history", response_model=s.HistoryOut)
async def history(request: Request, booking_id: UUID) -> Response:
    """Every step of a booking."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        booking, _ = await facade.get_booking_for(tx, caller, booking_id)
        entries = await queries.list_history(tx, booking.id)
    return _json({"items": [s.history_out(each) for each in entries]})


@router.get("/bookings/{booking_id}/cancellation", response_model=s.RefundOut)
async def preview(request: Request, booking_id: UUID) -> Response:
    """What cancelling now would give back, explained."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        booking, actor = await facade.get_booking_for(tx, caller, booking_id)
    return _json(s.refund_out(facade.preview_cancellation(booking, actor=actor, now=rt.clock.now())))


@router.put("/bookings/{booking_id}/cancel", response_model=s.CancelledOut)
async def cancel(request: Request, booking_id: UUID, body: s.CancelIn | None = None) -> Response:
    """Cancel by the frozen terms; the host's and the admin's cancelling gives everything back."""
    caller, rt, wish = require_caller(request), runtime(request), body or s.CancelIn()
    async with rt.db.write() as tx:
        _, actor = await facade.get_booking_for(tx, caller, booking_id)
        booking, refund = await facade.cancel_booking(
            tx,
            booking_id=booking_id,
            actor=actor,
            actor_id=caller.user_id,
            reason=wish.reason,
            expected_refund=wish.expected_refund,
            now=rt.clock.now(),
        )
    return _json({"booking": s.booking_out(booking, actor), "refund": s.refund_out(refund)})


@router.put("/bookings/{booking_id}/accept", response_model=s.BookingOut)
async def accept(request: Request, booking_id: UUID) -> Response:
    """The host takes the request; the guest may pay now."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        actor = await _host_of(tx, caller, booking_id)
        booking = await facade.accept_booking(
            tx,
            booking_id=booking_id,
            actor=actor,
            actor_id=caller.user_id,
            provider=rt.settings.payment_provider,
            now=rt.clock.now(),
        )
    return _json(s.booking_out(booking, actor))


@router.put("/bookings/{booking_id}/decline", response_model=s.BookingOut)
async def decline(request: Request, booking_id: UUID, body: s.DeclineIn | None = None) -> Response:
    """The host turns the request down."""
    caller, rt, wish = require_caller(request), runtime(request), body or s.DeclineIn()
    async with rt.db.write() as tx:
        actor = await _host_of(tx, caller, booking_id)
        booking = await facade.decline_booking(
            tx, booking_id=booking_id, actor=actor, actor_id=caller.user_id, note=wish.reason, now=rt.clock.now()
        )
    return _json(s.booking_out(booking, actor))


@router.put("/bookings/{booking_id}/no-show", response_model=s.BookingOut)
async def no_show(request: Request, booking_id: UUID) -> Response:
    """The host notes that the guest has not come."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        actor = await _host_of(tx, caller, booking_id)
        booking = await facade.mark_no_show(
            tx, booking_id=booking_id, actor=actor, actor_id=caller.user_id, now=rt.clock.now()
        )
    return _json(s.booking_out(booking, actor))


@router.get("/resources/{resource_id}/calendar", response_model=s.CalendarOut)
async def calendar(
    request: Request,
    resource_id: UUID,
    first: Annotated[date, Query(alias="from")],
    last: Annotated[date, Query(alias="to")],
) -> Response:
    """Each night of [from, to]: how many are free. Open to everyone while the listing is on sale."""
    rt, caller = runtime(request), find_caller(request)
    if last < first:
        raise DatesReversed(fields={"to": "The last night must not be before the first."})
    if (last - first).days >= MAX_CALENDAR_DAYS:
        raise StayTooLong(fields={"to": f"Ask for at most {MAX_CALENDAR_DAYS} nights at once."})
    if first < EPOCH or last > EPOCH + timedelta(days=36_500):
        raise Invalid(fields={"from": "This is too far away."})
    async with rt.db.read() as tx:
        sellable = await catalog.get_sellable(tx, resource_id)
        if not sellable.live and not await _manages(tx, caller, sellable.business_id):
            raise ResourceNotFound()
        nights = await inventory.calendar(
            tx,
            resource_id,
            pooled=sellable.pooled,
            capacity=sellable.capacity,
            unit_ids=sellable.unit_ids,
            first=first,
            last=last,
            now=rt.clock.now(),
        )
    return _json({"items": [s.night_out(each) for each in nights]})


@router.post("/resources/{resource_id}/blocks", status_code=201, response_model=s.BlockOut)
async def block(request: Request, resource_id: UUID, body: s.BlockIn) -> Response:
    """Keep nights of one unit off sale."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        made = await facade.block_dates(
            tx,
            caller=caller,
            resource_id=resource_id,
            arrival=body.arrival,
            departure=body.departure,
            note=body.note,
            now=rt.clock.now(),
        )
    return _json(s.block_out(made), 201)


@router.delete("/resources/{resource_id}/blocks/{block_id}", status_code=204)
async def unblock(request: Request, resource_id: UUID, block_id: UUID) -> None:
    """Put blocked nights back on sale."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await facade.unblock_dates(tx, caller=caller, resource_id=resource_id, block_id=block_id, now=rt.clock.now())


async def _book(tx: WriteTx, caller: Caller, body: s.BookingIn, *, provider: str, now: datetime) -> Booking:
    if body.hold_id is not None:
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
        body.wish(),
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


async def _host_of(tx: ReadTx, caller: Caller, booking_id: UUID) -> Actor:
    """As host or admin; a guest sees no such action on their own booking."""
    booking, actor = await facade.get_booking_for(tx, caller, booking_id)
    if actor is Actor.GUEST and not await _manages(tx, caller, booking.business_id):
        raise BookingNotFound("There is no such request to you.")
    return Actor.HOST if actor is Actor.GUEST else actor


async def _manages(tx: ReadTx, caller: Caller | None, business_id: UUID) -> bool:
    if caller is None:
        return False
    try:
        await catalog.ensure_manages(tx, caller, business_id)
    except BusinessNotFound:
        return False
    return True


def _before(cursor: str | None) -> UUID | None:
    key = decode(cursor, 1)
    if key is None:
        return None
    try:
        return UUID(key[0])
    except (ValueError, AttributeError, TypeError):
        raise Invalid(fields={"cursor": "Use next_cursor of the page before."}) from None


def _json(value: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, media_type="application/json")
