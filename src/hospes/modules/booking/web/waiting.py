"""What a guest waits for: offers with the time they are kept, places in queues, and leaving them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.booking import facade, queries
from hospes.modules.booking.contracts import Hours, Nights, WaitEntry, WaitStatus
from hospes.modules.booking.web import telling, views
from hospes.modules.booking.web.trips import TABS, Live, listings_of
from hospes.modules.catalog.contracts import Listing
from hospes.platform.caller import require_caller
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/trips/waiting")
_W = WaitStatus
LAST_ENDED = 10
LOOK_EVERY = 20
_ENDED = {
    _W.OFFERED: "The offer was not taken in time",
    _W.BOOKED: "Booked",
    _W.LAPSED: "The offer was not taken in time",
    _W.LEFT: "You no longer wait",
    _W.OVER: "The time has passed",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry in words. `seconds` are left of an offer; `listing` is None when it is gone."""

    entry: WaitEntry
    listing: Listing | None
    name: str
    when: str
    zone: str
    ended: str
    seconds: int = 0
    until: str = ""


@router.get("")
async def waiting_page(request: Request) -> Response:
    """Offers first, then queues, then what has ended lately."""
    caller, rt = require_caller(request), runtime(request)
    now = rt.clock.now()
    async with rt.db.read() as tx:
        entries = await queries.list_entries_of_guest(tx, caller.user_id)
        listings = await listings_of(tx, entries)
    shown = [_shown(entry, listings.get(entry.resource_id), now) for entry in entries]
    offers = [each for each in shown if _offered(each.entry, now)]
    waiting = [each for each in shown if each.entry.status is _W.WAITING]
    ended = [each for each in shown if each not in offers and each not in waiting][:LAST_ENDED]
    state = "-".join(f"{each.id}{each.status}{each.ahead}{_offered(each, now)}" for each in entries)
    context = {
        "tab": "waiting",
        "tabs": [(name, words) for name, (words, _) in TABS.items()],
        "offers": offers,
        "waiting": waiting,
        "ended": ended,
        "live": Live("", 0, state, LOOK_EVERY if offers or waiting else 0),
        "views": views,
    }
    return render(request, "booking/waiting.html", context)


@router.post("/{entry_id}/leave")
async def leave_queue(request: Request, entry_id: UUID) -> Response:
    """Wait no longer; an offer goes to the next one."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await facade.leave_waitlist(tx, guest_id=caller.user_id, entry_id=entry_id, now=rt.clock.now())
    response = RedirectResponse("/trips/waiting", 303)
    flash(response, "You no longer wait for it.")
    return response


def _offered(entry: WaitEntry, now: datetime) -> bool:
    return entry.status is _W.OFFERED and entry.offered_until is not None and entry.offered_until > now


def _shown(entry: WaitEntry, listing: Listing | None, now: datetime) -> Shown:
    zone = listing.sellable.zone if listing else "UTC"
    until = entry.offered_until if _offered(entry, now) else None
    return Shown(
        entry,
        listing,
        f"{listing.property.name}: {listing.resource.name}" if listing else "A place that is no longer on sale",
        _when(entry, zone),
        telling.zone_words(zone),
        _ENDED.get(entry.status, ""),
        telling.seconds_left(until, now) if until else 0,
        views.local(until, zone, "HH:mm") if until else "",
    )


def _when(entry: WaitEntry, zone: str) -> str:
    when = entry.wish.when
    if isinstance(when, Nights):
        return f"{telling.day_words(when.arrival)} to {telling.day_words(when.departure)}"
    said = views.span_words("", entry.starts_at, entry.ends_at, zone)
    if isinstance(when, Hours) and entry.minutes is not None:
        return f"Any {views.minutes_words(entry.minutes)} within {said}"
    return said
