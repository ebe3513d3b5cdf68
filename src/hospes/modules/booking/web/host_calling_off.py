"""Calling a departure off: who loses their place and what goes back first, then the deed."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.booking import facade
from hospes.modules.booking.errors import RefundChanged
from hospes.modules.booking.web import departure_form, views
from hospes.modules.booking.web.host_departures import back
from hospes.modules.catalog.contracts import Mode
from hospes.modules.identity import facade as users
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.errors import DepartureClosed
from hospes.platform.caller import require_caller
from hospes.platform.pages import render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/host/departures/{resource_id}/{departure_id}/cancel")


@router.get("")
async def ask(request: Request, resource_id: UUID, departure_id: UUID) -> Response:
    """Everybody who would be cancelled, and what goes back to whom; nothing happens yet."""
    return await _ask(request, resource_id, departure_id)


@router.post("")
async def call_off(request: Request, resource_id: UUID, departure_id: UUID) -> Response:
    """Do what was shown; when somebody has booked or cancelled since, it is shown again."""
    caller, rt = require_caller(request), runtime(request)
    said = await request.form()
    stamp, reason = str(said.get("stamp", ""))[:64], str(said.get("reason", "")).strip()[:500]
    try:
        async with rt.db.write() as tx:
            seen = await facade.call_off_departure(
                tx, caller, resource_id, departure_id, stamp=stamp, reason=reason, now=rt.clock.now()
            )
    except (RefundChanged, DepartureClosed) as refusal:
        return await _ask(request, resource_id, departure_id, reason, refusal.detail, refusal.status)
    if not seen.bookings:
        return back(f"/host/departures/{resource_id}", "It is off sale.")
    count = "One booking is" if len(seen.bookings) == 1 else f"{len(seen.bookings)} bookings are"
    money = " and ".join(each.text() for each in seen.refunds)
    sentence = f"It is off sale. {count} being cancelled" + (f"; {money} goes back." if money else ".")
    return back(f"/host/departures/{resource_id}/{departure_id}", sentence)


async def _ask(
    request: Request, resource_id: UUID, departure_id: UUID, reason: str = "", error: str = "", status: int = 200
) -> Response:
    caller, rt = require_caller(request), runtime(request)
    now = rt.clock.now()
    async with rt.db.read() as tx:
        sellable = await inventory.get_managed(tx, caller, resource_id, Mode.DEPARTURE)
        seen = await facade.preview_calling_off(tx, caller, resource_id, departure_id, now=now)
        guests = await users.users_by_id(tx, list({booking.guest_id for booking, _ in seen.bookings}))
    context = {
        "sellable": sellable,
        "seen": seen,
        "departure": seen.departure,
        "line": departure_form.line_of(seen.departure, sellable.zone, now, None),
        "guests": guests,
        "gone": seen.departure.starts_at <= now,
        "reason": reason,
        "error": error,
        "views": views,
    }
    return render(request, "booking/host_calling_off.html", context, status)
