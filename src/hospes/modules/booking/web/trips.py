"""A guest's trips: the list, and one trip with its story, as it happens."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.booking import facade, queries, states
from hospes.modules.booking.contracts import (
    Action,
    Actor,
    Booking,
    BookingStatus,
    ChangeStatus,
    HistoryEntry,
    Mode,
    WaitEntry,
)
from hospes.modules.booking.use_cases.follow_events import BOOKING
from hospes.modules.booking.web import stories, telling, views
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Listing
from hospes.modules.catalog.errors import ResourceNotFound
from hospes.modules.identity import facade as users
from hospes.modules.payments import facade as payments
from hospes.modules.payments.contracts import Payment, PaymentStatus
from hospes.platform.caller import require_caller
from hospes.platform.db import ReadTx
from hospes.platform.pages import render
from hospes.platform.runtime import runtime

router = APIRouter()
_S = BookingStatus
TABS: dict[str, tuple[str, tuple[BookingStatus, ...]]] = {
    "upcoming": ("Upcoming", (_S.PENDING_APPROVAL, _S.PENDING_PAYMENT, _S.CONFIRMED, _S.IN_PROGRESS)),
    "past": ("Past", (_S.COMPLETED, _S.NO_SHOW)),
    "cancelled": ("Not taken", (_S.CANCELLED, _S.DECLINED, _S.EXPIRED)),
}
PAGE = 20
AT_WORK = frozenset({PaymentStatus.PROCESSING, PaymentStatus.NEEDS_ACTION, PaymentStatus.SUCCEEDED})


@dataclass(frozen=True, slots=True)
class Live:
    """How a page follows what happens: from which event on, what it shows now, and every how many seconds it looks by
    itself (0: only when the stream fails)."""

    events: str
    last: int
    state: str
    every: int = 0


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
        "telling": telling,
        "views": views,
    }
    return render(request, "booking/trips.html", context)


@router.get("/trips/{booking_id}.ics")
async def trip_calendar(request: Request, booking_id: UUID) -> Response:
    """The trip as an event for a calendar of one's own; fetched again it replaces what was there."""
    caller = require_caller(request)
    address = f"{str(request.base_url).rstrip('/')}/trips/{booking_id}"
    async with runtime(request).db.read() as tx:
        booking, _ = await facade.get_booking_for(tx, caller, booking_id)
        text = await facade.export_trip(tx, booking, address=address)
    headers = {"Content-Disposition": f'attachment; filename="{booking.reference}.ics"', "Cache-Control": "no-store"}
    return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)


@router.get("/trips/{booking_id}")
async def trip_page(request: Request, booking_id: UUID) -> Response:
    """One booking: where, when, what was agreed, what has happened, and what can be done now."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        change = await queries.find_change(tx, booking_id)
        booking, actor = await facade.get_booking_for(tx, caller, change.booking_id if change else booking_id)
        if change is not None:  # a change was paid for: its page is that of its booking
            return RedirectResponse(f"/trips/{booking.id}", status_code=303)
        history = await queries.list_history(tx, booking_id)
        changes = await queries.list_changes(tx, booking_id)
        paid = await payments.list_parts(tx, [booking.id, *(each.id for each in changes)])
        payment = await payments.payment_of(tx, booking_id)
        listings = await listings_of(tx, [booking])
        guest = await users.get_user(tx, booking.guest_id) if actor is not Actor.GUEST else None
        series = await queries.list_series(tx, booking.series_id) if booking.series_id else []
        told = await queries.list_events(tx, booking_id, BOOKING.shown, 0)
    waiting = next((each for each in changes if each.status is ChangeStatus.OPEN), None)
    money = stories.money_of(booking, history, stories.that_count(booking, changes, paid))
    now = rt.clock.now()
    context = {
        "booking": booking,
        "terms": booking.terms,
        "actor": str(actor),
        "guest": guest,
        "payment": payment,
        "paying": payment is not None and payment.status in AT_WORK and booking.status is _S.PENDING_PAYMENT,
        "money": money,
        "change": waiting,
        "change_paying": any(each.status in AT_WORK for each in paid if waiting and each.booking_id == waiting.id),
        "series": series,
        "listing": listings.get(booking.resource_id),
        "timeline": stories.story_of(booking, history),
        "can": can_of(booking, actor),
        "live": _live(booking, history, told[-1].sequence if told else 0, paid, money),
        "now": now,
        "telling": telling,
        "views": views,
    }
    return render(request, "booking/trip.html", context)


def can_of(booking: Booking, actor: Actor) -> set[str]:
    """What may be done now, by name of the action."""
    can = {str(action) for action in states.allowed(booking.status, actor)}
    return can if booking.mode is Mode.NIGHTLY else can - {str(Action.LEAVE_EARLY)}


def _live(
    booking: Booking,
    history: list[HistoryEntry],
    last: int,
    paid: list[Payment],
    money: stories.MoneyStory | None,
) -> Live:
    """Payments have a stream of their own, so while money is on its way the page also looks by itself."""
    moving = any(each.status in (PaymentStatus.PROCESSING, PaymentStatus.NEEDS_ACTION) for each in paid)
    arrived = booking.status is _S.PENDING_PAYMENT and any(each.status in AT_WORK for each in paid)
    every = 3 if moving or arrived else 5 if money is not None and money.coming.amount else 0
    seen = "".join(f"-{each.version}" for each in paid)
    events = "" if booking.status in states.OVER else f"/api/v1/bookings/{booking.id}/events"
    return Live(events, last, f"{booking.version}-{len(history)}-{booking.status}{seen}", every)


async def listings_of(tx: ReadTx, wanted: Iterable[Booking | WaitEntry]) -> dict[UUID, Listing]:
    """The listings that these are about, as they are today; one that is gone is left out."""
    found: dict[UUID, Listing] = {}
    for resource_id in {each.resource_id for each in wanted}:
        try:
            found[resource_id] = await catalog.get_listing(tx, resource_id)
        except ResourceNotFound:
            continue
    return found
