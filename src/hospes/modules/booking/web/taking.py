"""From the page of a listing on: keep what was chosen and go to checkout, or wait for what is taken."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Hours, Nights, Wish
from hospes.modules.booking.web.besides import COUPON, beside_the_coupon, coupon_in
from hospes.modules.booking.web.choosing import CHOOSE, Said, day_in, is_whole, place_in, said_in, when_in, wish_in
from hospes.modules.booking.web.nights import read_nights, wish_of_nights
from hospes.modules.booking.web.repeating import repeat_in
from hospes.modules.booking.web.showing import show_stay
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Mode, Sellable
from hospes.modules.inventory.errors import DepartureNotFound
from hospes.modules.ledger import facade as ledger
from hospes.modules.pricing.errors import RatePlanNotFound
from hospes.modules.promotions import facade as promotions
from hospes.modules.promotions.errors import TooManyCodes
from hospes.platform.caller import find_caller
from hospes.platform.errors import Conflict, Gone, Invalid
from hospes.platform.pages import flash
from hospes.platform.runtime import runtime

router = APIRouter()
REFUSALS = (Invalid, Conflict, Gone, RatePlanNotFound, DepartureNotFound)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A wish as a form says it, and the address of the page that says the same; without a wish the sentences of why."""

    back: str
    wish: Wish | None
    errors: dict[str, str]
    said: Said | None = None
    minutes: int | None = None


@router.post("/stays/{resource_id}/hold")
@router.post("/stays/{resource_id}/take")
async def take(request: Request, resource_id: UUID) -> Response:
    """Keep it and go on to checkout; who is not signed in goes there first and comes back to what was chosen."""
    rt, form = runtime(request), await request.form()
    caller = find_caller(request)
    async with rt.db.read() as tx:
        wanted = wanted_in(form, await catalog.get_sellable(tx, resource_id))
    if caller is None:
        return to_login(wanted.back)
    if wanted.wish is None:
        return await show_stay(request, resource_id, form, refusal=_fault(wanted), status=422)
    expected = str(form.get("expected_total", ""))
    coupon, display = coupon_in(form.get(COUPON)), await ledger.display_for(request)
    wish = replace(wanted.wish, display=display, coupons=(coupon,) if coupon else ())
    try:
        async with promotions.watched(request, wish.coupons), rt.db.write() as tx:
            hold = await facade.hold_wish(
                tx,
                wish,
                guest_id=caller.user_id,
                expected_total=int(expected) if is_whole(expected, 15) else None,
                now=rt.clock.now(),
            )
    except (*REFUSALS, TooManyCodes) as refusal:
        said = beside_the_coupon(refusal)
        return await show_stay(request, resource_id, form, refusal=said, status=refusal.status)
    return RedirectResponse(f"/checkout/{hold.id}", 303)


@router.post("/stays/{resource_id}/series")
async def take_series(request: Request, resource_id: UUID) -> Response:
    """Book every repetition that was shown as free; each is paid for by itself, within the hour."""
    rt, form = runtime(request), await request.form()
    caller = find_caller(request)
    async with rt.db.read() as tx:
        wanted = wanted_in(form, await catalog.get_sellable(tx, resource_id))
    if caller is None:
        return to_login(wanted.back)
    try:
        repeat = repeat_in(wanted.said) if wanted.said else None
        if wanted.wish is None or repeat is None:
            raise _fault(wanted)
        if form.get("accept") != "yes":
            said = "Please tick that you accept the house rules and the terms."
            raise Invalid(said, fields={"accept": said})
        expected = str(form.get("expected_total", ""))
        display = await ledger.display_for(request)
        async with rt.db.write() as tx:
            made, _ = await facade.book_series(
                tx,
                replace(wanted.wish, display=display),
                repeat,
                guest_id=caller.user_id,
                only_free=True,
                expected_total=int(expected) if is_whole(expected, 15) else None,
                provider=rt.settings.payment_provider,
                now=rt.clock.now(),
            )
    except REFUSALS as refusal:
        return await show_stay(request, resource_id, form, refusal=refusal, status=refusal.status)
    response = RedirectResponse(f"/trips/{made[0].id}", 303)
    flash(response, f"{len(made)} dates are yours. Please pay for each within the hour.")
    return response


@router.post("/stays/{resource_id}/wait")
async def wait(request: Request, resource_id: UUID) -> Response:
    """Stand in line for what is taken: what was chosen, or any time of the day chosen."""
    rt, form = runtime(request), await request.form()
    caller = find_caller(request)
    async with rt.db.read() as tx:
        sellable = await catalog.get_sellable(tx, resource_id)
    wanted = _any_time(wanted_in(form, sellable), sellable)
    if caller is None:
        return to_login(wanted.back)
    if wanted.wish is None:
        return await show_stay(request, resource_id, form, refusal=_fault(wanted), status=422)
    try:
        async with rt.db.write() as tx:
            await facade.join_waitlist(
                tx, wanted.wish, guest_id=caller.user_id, minutes=wanted.minutes, now=rt.clock.now()
            )
    except REFUSALS as refusal:
        return await show_stay(request, resource_id, form, refusal=refusal, status=refusal.status)
    response = RedirectResponse("/trips/waiting", 303)
    flash(response, "You are in line. When a place is free we keep it for you for half an hour and tell you.")
    return response


def wanted_in(form: FormData, sellable: Sellable) -> Wanted:
    """What the form of a listing's page asks for."""
    page = f"/stays/{sellable.resource_id}"
    if sellable.mode is not Mode.NIGHTLY:
        said = said_in(form, sellable)
        when, errors = when_in(sellable, said)
        wish = wish_in(sellable, said, when) if when and not errors else None
        return Wanted(f"{page}?{said.query()}", wish, errors or {"form": CHOOSE}, said)
    asked, room = read_nights(form)
    wish = None
    if asked.arrival is not None and asked.departure is not None and not asked.faults:
        wish = wish_of_nights(sellable.resource_id, Nights(asked.arrival, asked.departure), asked, room)
    return Wanted(f"{page}?{asked.query()}", wish, asked.faults or {"form": "Choose your dates first."})


def _any_time(wanted: Wanted, sellable: Sellable) -> Wanted:
    """Of a day without a time chosen: any of it, of the length asked for."""
    said, day = wanted.said, day_in(wanted.said["day"]) if wanted.said else None
    if said is None or day is None or said["start"] or sellable.mode is not Mode.TIMED:
        return wanted
    minutes = int(said["minutes"]) if is_whole(said["minutes"]) else 0
    if not 0 < minutes <= 1440:
        return wanted
    zone = ZoneInfo(sellable.zone)
    begins, ends = (datetime.combine(each, time(), zone).astimezone(UTC) for each in (day, day + timedelta(days=1)))
    return replace(wanted, wish=wish_in(sellable, said, Hours(begins, ends, place_in(said))), minutes=minutes)


def to_login(path: str) -> Response:
    """To the log-in page, which leads back here."""
    return RedirectResponse(f"/login?{urlencode({'next': path})}", 303)


def _fault(wanted: Wanted) -> Invalid:
    said = next(iter(wanted.errors.values()))
    return Invalid(said, fields={name: text for name, text in wanted.errors.items() if name != "form"})
