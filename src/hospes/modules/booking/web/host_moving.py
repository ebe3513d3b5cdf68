"""Moving an appointment by hand: another time, or another professional. At the same price it is moved at once and can
be taken back; otherwise the difference is shown first."""

from datetime import date, time
from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Actor, Booking, Change, Giving, Hours
from hospes.modules.booking.errors import BookingNotFound, DifferenceChanged
from hospes.modules.booking.policies.restrictions import instant
from hospes.modules.booking.web import host_undo
from hospes.modules.booking.web.host_agenda import Moving, back, show, time_in
from hospes.modules.booking.web.host_undo import Move, Undo
from hospes.modules.booking.web.hosting import first_day
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.errors import BusinessNotFound
from hospes.modules.inventory import facade as inventory
from hospes.platform.caller import require_caller
from hospes.platform.db import WriteTx
from hospes.platform.errors import Conflict, Invalid
from hospes.platform.ids import as_id
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/host/calendar/hours")


@router.post("/move")
async def move(request: Request) -> Response:
    """Move it when that costs nothing, or at the difference that was shown (`expected`); else say what it costs."""
    typed = await _read(request)
    booking_id = as_id(typed.get("booking_id", ""))
    if booking_id is None:
        raise BookingNotFound("There is no such booking.")
    moving = Moving(booking_id, typed)
    day, start = first_day(typed.get("day", ""), date.min), time_in(typed.get("start", ""))
    moving.errors |= {"start": "Give a time."} if start is None else {}
    moving.errors |= {"day": "Choose a day."} if not 2000 <= day.year < 2200 else {}
    if start is not None and not moving.errors:
        try:
            return await _move(request, moving, day, start)
        except DifferenceChanged as refusal:
            moving.errors = {"form": refusal.detail}
        except (Invalid, Conflict) as refusal:
            moving.errors = {"form": refusal.detail}
    return await _refused(request, moving, 409 if "form" in moving.errors else 422)


@router.post("/undo")
async def undo(request: Request) -> Response:
    """Take back the move before."""
    caller, rt, typed = require_caller(request), runtime(request), await _read(request)
    way, said = host_undo.read(typed.get("undo", "")), "Taken back."
    if way is None:
        return back(typed, "There is nothing to take back.")
    try:
        async with rt.db.write() as tx:
            await host_undo.take_back(tx, caller, way, provider=rt.settings.payment_provider, now=rt.clock.now())
    except (Invalid, Conflict) as refusal:
        said = f"It stays as it is: {refusal.detail}"
    return back(typed, said)


async def _move(request: Request, moving: Moving, day: date, start: time) -> Response:
    caller, rt, typed = require_caller(request), runtime(request), moving.typed
    now, giving = rt.clock.now(), Giving(typed["giving"]) if typed.get("giving") in set(Giving) else Giving.FULL
    async with rt.db.write() as tx:
        booking = await _own(request, tx, moving.booking_id)
        starts_at = instant(booking.terms.zone, day, start)
        ends_at = starts_at + (booking.check_out_at - booking.check_in_at)
        change = Change(hours=Hours(starts_at, ends_at), unit_id=as_id(typed.get("unit_id", "")))
        expected = _whole(typed.get("expected", ""))
        if expected is None:
            moving.quote = await facade.quote_change(
                tx, booking_id=booking.id, change=change, actor=Actor.HOST, giving=giving, now=now
            )
            expected = 0 if moving.quote.available and moving.quote.difference == 0 else None
        if expected is not None:
            before = await inventory.claims_of(tx, booking.id)
            changed = await facade.change_booking(
                tx,
                booking_id=booking.id,
                change=change,
                actor=Actor.HOST,
                actor_id=caller.user_id,
                expected_difference=expected,
                giving=giving,
                provider=rt.settings.payment_provider,
                now=now,
            )
    if expected is None:
        return await _refused(request, moving, 200 if moving.quote and moving.quote.available else 409)
    if changed.request is not None:
        return back(typed, "It is moved once the guest has paid the difference.")
    response = back(typed, "Moved. The guest sees the new time on their trip.")
    unit_id = next((each.unit_id for each in before if each.resource_id == booking.resource_id), None)
    if expected == 0 and unit_id is not None and len(before) == 1:
        was = Move(booking_id=booking.id, starts_at=booking.check_in_at, ends_at=booking.check_out_at, unit_id=unit_id)
        host_undo.keep(response, Undo(resource_id=booking.resource_id, move=was))
    return response


async def _own(request: Request, tx: WriteTx, booking_id: UUID) -> Booking:
    """The booking, of the caller's business; somebody who books their own chair is its host here."""
    booking = await facade.get_booking(tx, booking_id)
    try:
        await catalog.ensure_manages(tx, require_caller(request), booking.business_id, catalog.Permission.BOOKINGS)
    except BusinessNotFound:
        raise BookingNotFound("There is no such booking.") from None
    return booking


async def _refused(request: Request, moving: Moving, status: int) -> Response:
    typed = moving.typed
    resource_id = as_id(typed.get("resource_id", ""))
    return await show(
        request, typed.get("shown", ""), typed.get("span", ""), resource_id, {}, {}, status, moving=moving
    )


async def _read(request: Request) -> dict[str, str]:
    said = (await request.form()).items()
    return {name: value.strip()[: 4000 if name == "undo" else 200] for name, value in said if isinstance(value, str)}


def _whole(text: str) -> int | None:
    return int(text) if text.lstrip("-").isdecimal() and len(text) < 16 else None
