"""A guest's trips: the list, one trip with its story, and calling it off."""

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.booking import facade, queries, states
from hospes.modules.booking.contracts import Action, Actor, Booking, BookingStatus
from hospes.modules.booking.errors import NotAllowed, RefundChanged
from hospes.modules.booking.web import telling, views
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Listing
from hospes.modules.catalog.errors import ResourceNotFound
from hospes.modules.identity import facade as users
from hospes.modules.payments import facade as payments
from hospes.platform.caller import require_caller
from hospes.platform.db import ReadTx
from hospes.platform.money import Money
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter()
_S = BookingStatus
TABS: dict[str, tuple[str, tuple[BookingStatus, ...]]] = {
    "upcoming": ("Upcoming", (_S.PENDING_APPROVAL, _S.PENDING_PAYMENT, _S.CONFIRMED, _S.IN_PROGRESS)),
    "past": ("Past", (_S.COMPLETED, _S.NO_SHOW)),
    "cancelled": ("Not taken", (_S.CANCELLED, _S.DECLINED, _S.EXPIRED)),
}
PAGE = 20


@router.get("/trips")
async def trips_page(
    request: Request, tab: Annotated[str, Query()] = "upcoming", before: Annotated[UUID | None, Query()] = None
) -> Response:
    """The guest's bookings, a tab at a time."""
    caller, rt = require_caller(request), runtime(request)
    tab = tab if tab in TABS else "upcoming"
    async with rt.db.read() as tx:
        found = await queries.list_bookings_of_guest(
            tx, caller.user_id, statuses=TABS[tab][1], before=before, limit=PAGE + 1
        )
        shown = found[:PAGE]
        listings = await listings_of(tx, shown)
    if tab == "upcoming":
        shown.sort(key=lambda booking: (booking.arrival, booking.id))
    context = {
        "tab": tab,
        "tabs": [(name, words) for name, (words, _) in TABS.items()],
        "bookings": shown,
        "listings": listings,
        "next_before": found[PAGE - 1].id if len(found) > PAGE else None,
        "before": before,
        "views": views,
    }
    return render(request, "booking/trips.html", context)


@router.get("/trips/{booking_id}")
async def trip_page(request: Request, booking_id: UUID) -> Response:
    """One booking: where, when, what was agreed, what has happened, and what can be done now."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        change = await queries.find_change(tx, booking_id)
        if change is not None:  # a change was paid for: its page is that of its booking
            return RedirectResponse(f"/trips/{change.booking_id}", status_code=303)
        booking, actor = await facade.get_booking_for(tx, caller, booking_id)
        history = await queries.list_history(tx, booking_id)
        payment = await payments.payment_of(tx, booking_id)
        listings = await listings_of(tx, [booking])
        guest = await users.get_user(tx, booking.guest_id) if actor is not Actor.GUEST else None
    context = {
        "booking": booking,
        "terms": booking.terms,
        "actor": str(actor),
        "guest": guest,
        "payment": payment,
        "listing": listings.get(booking.resource_id),
        "timeline": views.timeline_of(history, booking.terms.zone),
        "can": {str(action) for action in states.allowed(booking.status, actor)},
        "now": rt.clock.now(),
        "telling": telling,
        "views": views,
    }
    return render(request, "booking/trip.html", context)


@router.get("/trips/{booking_id}/cancel")
async def cancel_page(request: Request, booking_id: UUID) -> Response:
    """What cancelling would give back now, before anything happens."""
    return await _ask_to_cancel(request, booking_id)


@router.post("/trips/{booking_id}/cancel")
async def cancel(request: Request, booking_id: UUID) -> Response:
    """Cancel at the refund that was shown; another refund by now is asked again."""
    caller, rt = require_caller(request), runtime(request)
    form = await request.form()
    expected = str(form.get("expected_refund", ""))
    try:
        async with rt.db.write() as tx:
            _, actor = await facade.get_booking_for(tx, caller, booking_id)
            _, refund = await facade.cancel_booking(
                tx,
                booking_id=booking_id,
                actor=actor,
                actor_id=caller.user_id,
                reason=str(form.get("reason", "")).strip()[:500],
                expected_refund=int(expected) if expected.isdecimal() and len(expected) < 16 else None,
                now=rt.clock.now(),
            )
    except RefundChanged as refusal:
        return await _ask_to_cancel(request, booking_id, refusal.detail, refusal.status)
    except NotAllowed as refusal:
        response = RedirectResponse(f"/trips/{booking_id}", 303)
        flash(response, refusal.detail)
        return response
    response = RedirectResponse(f"/trips/{booking_id}", 303)
    back = Money(refund.amount, refund.currency).text()
    flash(response, f"Cancelled. {back} is on its way back." if refund.amount else "Cancelled.")
    return response


async def _ask_to_cancel(request: Request, booking_id: UUID, error: str = "", status: int = 200) -> Response:
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        booking, actor = await facade.get_booking_for(tx, caller, booking_id)
    if Action.CANCEL not in states.allowed(booking.status, actor):
        return RedirectResponse(f"/trips/{booking_id}", 303)
    context: dict[str, Any] = {
        "booking": booking,
        "terms": booking.terms,
        "actor": str(actor),
        "refund": facade.preview_cancellation(booking, actor=actor, now=rt.clock.now()),
        "error": error,
        "views": views,
    }
    return render(request, "booking/cancel.html", context, status)


async def listings_of(tx: ReadTx, bookings: Iterable[Booking]) -> dict[UUID, Listing]:
    """The listings of these bookings as they are today; one that is gone is left out."""
    found: dict[UUID, Listing] = {}
    for resource_id in {booking.resource_id for booking in bookings}:
        try:
            found[resource_id] = await catalog.get_listing(tx, resource_id)
        except ResourceNotFound:
            continue
    return found
