"""The same every week."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from hospes.modules.booking import facade, queries
from hospes.modules.booking import schemas as s
from hospes.modules.booking.contracts import Actor, Booking
from hospes.modules.booking.errors import BookingNotFound, SeriesNotFound
from hospes.modules.booking.http.access import reply
from hospes.platform.caller import Caller, require_caller
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.idempotency import Answer, once
from hospes.platform.runtime import runtime

router = APIRouter()


@router.post("/series/quote", response_model=s.SeriesQuoteOut)
async def quote_series(request: Request, body: s.RepeatIn) -> Response:
    """Every repetition with its price, or why it cannot be had. Needs no account."""
    rt = runtime(request)
    async with rt.db.read() as tx:
        found = await facade.quote_series(tx, body.wish(), body.repeat(), now=rt.clock.now())
    return reply(s.series_quote_out(found))


@router.post("/series", status_code=201, response_model=s.SeriesOut)
async def book_series(request: Request, body: s.SeriesIn) -> Response:
    """Book all repetitions or nothing, or (`take: free`) those that are free. Needs an Idempotency-Key.

    Each is a booking with a payment of its own, to be made within an hour.
    """
    caller, rt = require_caller(request), runtime(request)

    async def handler(tx: WriteTx) -> Answer:
        bookings, left_out = await facade.book_series(
            tx,
            body.wish(),
            body.repeat(),
            guest_id=caller.user_id,
            only_free=body.take == "free",
            message=body.message,
            expected_total=body.expected_total,
            provider=rt.settings.payment_provider,
            now=rt.clock.now(),
        )
        series_id = bookings[0].series_id
        assert series_id is not None
        location = {"Location": f"/api/v1/series/{series_id}"}
        return Answer(201, s.series_out(series_id, bookings, left_out, Actor.GUEST), location)

    return await once(request, rt, handler)


@router.get("/series/{series_id}", response_model=s.SeriesOut)
async def read_series(request: Request, series_id: UUID) -> Response:
    """A series, for its guest, its host, or an admin."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        bookings, actor = await _series_for(tx, caller, series_id)
    return reply(s.series_out(series_id, bookings, [], actor))


@router.get("/series/{series_id}/cancellation", response_model=s.SeriesRefundOut)
async def preview_series_cancellation(
    request: Request,
    series_id: UUID,
    scope: Annotated[Literal["one", "following", "all"], Query()] = "all",
    booking_id: UUID | None = None,
) -> Response:
    """What cancelling that much of a series would give back."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        _, actor = await _series_for(tx, caller, series_id)
        found = await facade.series_to_cancel(tx, series_id, scope, booking_id, actor=actor, now=rt.clock.now())
    return reply(s.series_refund_out(found, actor))


@router.post("/series/{series_id}/cancel", response_model=s.SeriesRefundOut)
async def cancel_series(request: Request, series_id: UUID, body: s.CancelSeriesIn) -> Response:
    """Cancel one, those from it on, or all that are to come, each by its terms. Needs an Idempotency-Key."""
    caller, rt = require_caller(request), runtime(request)

    async def handler(tx: WriteTx) -> Answer:
        _, actor = await _series_for(tx, caller, series_id)
        done = await facade.cancel_series(
            tx,
            series_id=series_id,
            scope=body.scope,
            booking_id=body.booking_id,
            actor=actor,
            actor_id=caller.user_id,
            reason=body.reason,
            expected_refund=body.expected_refund,
            now=rt.clock.now(),
        )
        return Answer(200, s.series_refund_out(done, actor))

    return await once(request, rt, handler)


async def _series_for(tx: ReadTx, caller: Caller, series_id: UUID) -> tuple[list[Booking], Actor]:
    bookings = await queries.list_series(tx, series_id)
    if not bookings:
        raise SeriesNotFound()
    try:
        _, actor = await facade.get_booking_for(tx, caller, bookings[0].id)
    except BookingNotFound:
        raise SeriesNotFound() from None
    return bookings, actor
