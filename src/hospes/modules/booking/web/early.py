"""Leaving before the agreed day: what comes back first, then the deed."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Actor, Booking, Departing
from hospes.modules.booking.errors import DifferenceChanged
from hospes.modules.booking.policies.restrictions import today_in
from hospes.modules.booking.web import telling, views
from hospes.modules.booking.web.trips import can_of
from hospes.platform.caller import require_caller
from hospes.platform.errors import Conflict, Invalid
from hospes.platform.money import Money
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/trips/{booking_id}/leave")
CHOOSE = "Choose the day you leave, such as 2026-07-14."


@router.get("")
async def leave_page(request: Request, booking_id: UUID) -> Response:
    """Which day, and what leaving then gives back."""
    return await _show(request, booking_id, request.query_params.get("departure", ""))


@router.post("")
async def leave(request: Request, booking_id: UUID) -> Response:
    """Leave early at what was shown to come back."""
    caller, rt = require_caller(request), runtime(request)
    form = await request.form()
    typed, expected = str(form.get("departure", "")), str(form.get("expected_refund", ""))
    leaves = day_in(typed)
    if leaves is None or not (expected.isascii() and expected.isdecimal() and len(expected) < 16):
        return await _show(request, booking_id, typed or "none", status=422)
    try:
        async with rt.db.write() as tx:
            _, actor = await facade.get_booking_for(tx, caller, booking_id)
            _, left = await facade.leave_early(
                tx,
                booking_id=booking_id,
                leaves=leaves,
                actor=actor,
                actor_id=caller.user_id,
                expected_refund=int(expected),
                now=rt.clock.now(),
            )
    except (DifferenceChanged, Invalid, Conflict) as refusal:
        said = refusal.fields.get("departure", refusal.detail)
        return await _show(request, booking_id, typed, said, refusal.status)
    response = RedirectResponse(f"/trips/{booking_id}", 303)
    back = Money(left.refund, left.currency).text()
    said = f"You leave on {telling.day_words(left.first_night)}."
    flash(response, f"{said} {back} is on its way back." if left.refund else said)
    return response


async def _show(request: Request, booking_id: UUID, typed: str, error: str = "", status: int = 200) -> Response:
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        booking, actor = await facade.get_booking_for(tx, caller, booking_id)
    if actor is not Actor.GUEST:
        host = actor is Actor.HOST
        return RedirectResponse(f"/host/bookings/{booking_id}#early" if host else f"/trips/{booking_id}", 303)
    if "leave_early" not in can_of(booking, actor):
        return RedirectResponse(f"/trips/{booking_id}", 303)
    leaving: Departing | None = None
    leaves = day_in(typed)
    if typed and leaves is None:
        error = error or CHOOSE
    if leaves is not None:
        try:
            leaving = facade.preview_departure(booking, leaves, actor=actor, now=rt.clock.now())
        except (Invalid, Conflict) as refusal:
            error = error or refusal.fields.get("departure", refusal.detail)
    earliest = earliest_day(booking, today_in(booking.terms.zone, rt.clock.now()))
    context: dict[str, Any] = {
        "booking": booking,
        "terms": booking.terms,
        "typed": typed if typed != "none" else "",
        "error": error,
        "leaving": leaving,
        "earliest": earliest,
        "latest": booking.departure - timedelta(days=1),
        "possible": earliest < booking.departure,
        "telling": telling,
        "views": views,
    }
    return render(request, "booking/leave.html", context, status)


def earliest_day(booking: Booking, today: date) -> date:
    """The first day one can still leave on: not before today, and not without having stayed a night."""
    return max(today, booking.arrival + timedelta(days=1))


def day_in(text: str) -> date | None:
    """A day, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
