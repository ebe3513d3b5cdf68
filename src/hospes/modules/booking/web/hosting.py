"""What a host sees of bookings, and how they answer."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.booking import facade, queries, states
from hospes.modules.booking.contracts import Actor, Booking, BookingStatus
from hospes.modules.booking.errors import NotAllowed
from hospes.modules.booking.http.access import host_of
from hospes.modules.booking.web import views
from hospes.modules.catalog import facade as catalog
from hospes.modules.identity import facade as users
from hospes.platform.caller import Caller, require_caller
from hospes.platform.db import WriteTx
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter()
_S = BookingStatus
TABS: dict[str, tuple[str, tuple[BookingStatus, ...]]] = {
    "answer": ("Needs your answer", (_S.PENDING_APPROVAL,)),
    "upcoming": ("Upcoming", (_S.PENDING_PAYMENT, _S.CONFIRMED, _S.IN_PROGRESS)),
    "past": ("Past", (_S.COMPLETED, _S.NO_SHOW)),
    "off": ("Not taken", (_S.CANCELLED, _S.DECLINED, _S.EXPIRED)),
}
PAGE = 25


@router.get("/host/bookings")
async def bookings_page(
    request: Request, tab: Annotated[str, Query()] = "", before: Annotated[UUID | None, Query()] = None
) -> Response:
    """The business's bookings; opens where an answer is due, else on what is coming."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        business = await catalog.business_of(tx, caller.user_id)
        if business is None:
            return RedirectResponse("/host", 303)
        waiting = await queries.list_bookings_of_business(tx, business.id, statuses=TABS["answer"][1], limit=PAGE + 1)
        if tab not in TABS:
            tab = "answer" if waiting else "upcoming"
        found = await queries.list_bookings_of_business(
            tx, business.id, statuses=TABS[tab][1], before=before, limit=PAGE + 1
        )
        shown = found[:PAGE]
        guests = await users.users_by_id(tx, [booking.guest_id for booking in shown])
    if tab in ("answer", "upcoming"):
        shown.sort(key=lambda booking: (booking.arrival, booking.id))
    context = {
        "business": business,
        "tab": tab,
        "tabs": [(name, words) for name, (words, _) in TABS.items()],
        "waiting": len(waiting),
        "bookings": shown,
        "guests": guests,
        "can": {booking.id: {str(each) for each in states.allowed(booking.status, Actor.HOST)} for booking in shown},
        "next_before": found[PAGE - 1].id if len(found) > PAGE else None,
        "before": before,
        "views": views,
    }
    return render(request, "booking/host_bookings.html", context)


@router.post("/host/bookings/{booking_id}/accept")
async def accept(request: Request, booking_id: UUID) -> Response:
    """The guest may pay now."""
    rt = runtime(request)

    async def run(tx: WriteTx, caller: Caller, actor: Actor) -> Booking:
        return await facade.accept_booking(
            tx,
            booking_id=booking_id,
            actor=actor,
            actor_id=caller.user_id,
            provider=rt.settings.payment_provider,
            now=rt.clock.now(),
        )

    return await _answer(request, booking_id, run, "Accepted. The guest has been asked to pay.")


@router.post("/host/bookings/{booking_id}/decline")
async def decline(request: Request, booking_id: UUID) -> Response:
    """The dates are on sale again."""
    rt = runtime(request)
    note = str((await request.form()).get("note", "")).strip()[:500]

    async def run(tx: WriteTx, caller: Caller, actor: Actor) -> Booking:
        return await facade.decline_booking(
            tx, booking_id=booking_id, actor=actor, actor_id=caller.user_id, note=note, now=rt.clock.now()
        )

    return await _answer(request, booking_id, run, "Declined. The dates are on sale again.")


async def _answer(
    request: Request, booking_id: UUID, run: Callable[[WriteTx, Caller, Actor], Awaitable[Booking]], said: str
) -> Response:
    caller, rt = require_caller(request), runtime(request)
    response = RedirectResponse(f"/host/bookings/{booking_id}", 303)
    try:
        async with rt.db.write() as tx:
            actor = await host_of(tx, caller, booking_id)
            await run(tx, caller, actor)
    except NotAllowed as refusal:
        said = refusal.detail
    flash(response, said)
    return response


def first_day(text: str, today: date) -> date:
    """The day a calendar begins with."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today
