"""Changing a booking, and leaving early."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from hospes.modules.booking import facade, queries
from hospes.modules.booking import schemas as s
from hospes.modules.booking.contracts import Giving
from hospes.modules.booking.http.access import acting, reply
from hospes.platform.caller import require_caller
from hospes.platform.db import WriteTx
from hospes.platform.idempotency import Answer, once
from hospes.platform.runtime import runtime

router = APIRouter()


@router.post("/bookings/{booking_id}/changes/quote", response_model=s.ChangeQuoteOut)
async def quote_change(request: Request, booking_id: UUID, body: s.ChangeIn) -> Response:
    """What a change would cost and whether it would be taken now, with the reasons against it. Changes nothing."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        _, actor = await acting(tx, caller, booking_id, body.giving)
        quote = await facade.quote_change(
            tx, booking_id=booking_id, change=body.change(), actor=actor, giving=body.giving, now=rt.clock.now()
        )
    return reply(s.change_quote_out(quote))


@router.post("/bookings/{booking_id}/changes", response_model=s.ChangedOut)
async def change_booking(request: Request, booking_id: UUID, body: s.ChangeBookingIn) -> Response:
    """Change dates, times, guests, how many, which one or the rate, all or nothing. Needs an Idempotency-Key.

    What costs a paid booking more is answered with 202 and a `request` to be paid first.
    """
    caller, rt = require_caller(request), runtime(request)

    async def handler(tx: WriteTx) -> Answer:
        _, actor = await acting(tx, caller, booking_id, body.giving)
        done = await facade.change_booking(
            tx,
            booking_id=booking_id,
            change=body.change(),
            actor=actor,
            actor_id=caller.user_id,
            expected_difference=body.expected_difference,
            giving=body.giving,
            provider=rt.settings.payment_provider,
            now=rt.clock.now(),
        )
        return Answer(202 if done.request else 200, s.changed_out(done, actor))

    return await once(request, rt, handler)


@router.get("/bookings/{booking_id}/changes", response_model=s.ChangeRequestsOut)
async def list_changes(request: Request, booking_id: UUID) -> Response:
    """The changes that had to be paid, open or over."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        booking, _ = await facade.get_booking_for(tx, caller, booking_id)
        found = await queries.list_changes(tx, booking.id)
    return reply({"items": [s.change_request_out(each) for each in found]})


@router.delete("/bookings/{booking_id}/changes/{change_id}", status_code=204)
async def withdraw_change(request: Request, booking_id: UUID, change_id: UUID) -> None:
    """Give up a change that waits for its payment; repeating it changes nothing."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        _, actor = await facade.get_booking_for(tx, caller, booking_id)
        await facade.withdraw_change(
            tx,
            booking_id=booking_id,
            change_id=change_id,
            actor=actor,
            actor_id=caller.user_id,
            now=rt.clock.now(),
        )


@router.get("/bookings/{booking_id}/early-departure", response_model=s.DepartingOut)
async def preview_departure(
    request: Request,
    booking_id: UUID,
    departure: date,
    giving: Annotated[Giving | None, Query(description="For staff.")] = None,
) -> Response:
    """What leaving on that day would give back."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        booking, actor = await acting(tx, caller, booking_id, giving)
    leaving = facade.preview_departure(booking, departure, actor=actor, giving=giving, now=rt.clock.now())
    return reply(s.departing_out(leaving))


@router.post("/bookings/{booking_id}/early-departure", response_model=s.DepartedOut)
async def leave_early(request: Request, booking_id: UUID, body: s.DepartureIn) -> Response:
    """The nights from that day on go back on sale. Needs an Idempotency-Key."""
    caller, rt = require_caller(request), runtime(request)

    async def handler(tx: WriteTx) -> Answer:
        _, actor = await acting(tx, caller, booking_id, body.giving)
        booking, leaving = await facade.leave_early(
            tx,
            booking_id=booking_id,
            leaves=body.departure,
            actor=actor,
            actor_id=caller.user_id,
            giving=body.giving,
            expected_refund=body.expected_refund,
            now=rt.clock.now(),
        )
        return Answer(200, {"booking": s.booking_out(booking, actor), "departure": s.departing_out(leaving)})

    return await once(request, rt, handler)
