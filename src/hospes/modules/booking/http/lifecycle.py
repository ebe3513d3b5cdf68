"""What guest and host do to a booking: cancel, accept, decline, note that nobody came."""

from collections.abc import Awaitable
from datetime import datetime
from functools import partial
from typing import Protocol
from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.booking import facade
from hospes.modules.booking import schemas as s
from hospes.modules.booking.contracts import Actor, Booking
from hospes.modules.booking.http.access import host_of, reply
from hospes.platform.caller import require_caller
from hospes.platform.db import WriteTx
from hospes.platform.runtime import runtime

router = APIRouter()


@router.get("/bookings/{booking_id}/cancellation", response_model=s.RefundOut)
async def preview(request: Request, booking_id: UUID) -> Response:
    """What cancelling now would give back, explained."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        booking, actor = await facade.get_booking_for(tx, caller, booking_id)
        refund = await facade.preview_refund(tx, booking, actor=actor, now=rt.clock.now())
    return reply(s.refund_out(refund))


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
    return reply({"booking": s.booking_out(booking, actor), "refund": s.refund_out(refund)})


@router.put("/bookings/{booking_id}/accept", response_model=s.BookingOut)
async def accept(request: Request, booking_id: UUID) -> Response:
    """The host takes the request; the guest may pay now."""
    provider = runtime(request).settings.payment_provider
    return await _as_host(request, booking_id, partial(facade.accept_booking, provider=provider))


@router.put("/bookings/{booking_id}/decline", response_model=s.BookingOut)
async def decline(request: Request, booking_id: UUID, body: s.DeclineIn | None = None) -> Response:
    """The host turns the request down."""
    wish = body or s.DeclineIn()
    return await _as_host(request, booking_id, partial(facade.decline_booking, note=wish.reason))


@router.get("/bookings/{booking_id}/acceptance", response_model=s.AcceptanceOut)
async def preview_acceptance(request: Request, booking_id: UUID) -> Response:
    """Whether the host could accept now, and the requests and waiting guests whose chance that would take."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        actor = await host_of(tx, caller, booking_id)
        found = await facade.preview_acceptance(
            tx,
            booking_id=booking_id,
            actor=actor,
            actor_id=caller.user_id,
            provider=rt.settings.payment_provider,
            now=rt.clock.now(),
        )
    return reply(s.acceptance_out(found))


@router.put("/bookings/{booking_id}/check-in", response_model=s.BookingOut)
async def check_in(request: Request, booking_id: UUID) -> Response:
    """The guest is here, from the day of arrival on."""
    return await _as_host(request, booking_id, facade.check_in)


@router.put("/bookings/{booking_id}/check-out", response_model=s.BookingOut)
async def check_out(request: Request, booking_id: UUID, body: s.CheckOutIn | None = None) -> Response:
    """The guest has left; nights still to come go back on sale."""
    wish = body or s.CheckOutIn()
    return await _as_host(request, booking_id, partial(facade.check_out, giving=wish.giving))


@router.put("/bookings/{booking_id}/no-show", response_model=s.BookingOut)
async def no_show(request: Request, booking_id: UUID) -> Response:
    """The host notes that the guest has not come."""
    return await _as_host(request, booking_id, facade.mark_no_show)


class _HostsDeed(Protocol):
    """What the house does to a booking."""

    def __call__(
        self, tx: WriteTx, /, *, booking_id: UUID, actor: Actor, actor_id: UUID, now: datetime
    ) -> Awaitable[Booking]: ...


async def _as_host(request: Request, booking_id: UUID, act: _HostsDeed) -> Response:
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        actor = await host_of(tx, caller, booking_id)
        booking = await act(tx, booking_id=booking_id, actor=actor, actor_id=caller.user_id, now=rt.clock.now())
    return reply(s.booking_out(booking, actor))
