"""A guest changes a booking: what it would cost, then the deed, and the change that waits for its payment."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.booking import facade, queries, states
from hospes.modules.booking.contracts import (
    Action,
    Actor,
    Booking,
    BookingStatus,
    ChangeQuote,
    ChangeStatus,
    Mode,
    Refusal,
)
from hospes.modules.booking.errors import ChangeNotFound, DifferenceChanged, NotAllowed
from hospes.modules.booking.policies.changing import PAID
from hospes.modules.booking.web import telling, views
from hospes.modules.booking.web.asking import Kept
from hospes.modules.booking.web.changed import Wanted, placed, read_wanted
from hospes.modules.booking.web.other_times import departures_of, week_of
from hospes.modules.booking.web.trips import AT_WORK, listings_of
from hospes.modules.payments import facade as payments
from hospes.platform.caller import require_caller
from hospes.platform.db import ReadTx
from hospes.platform.errors import Conflict, HospesError, Invalid
from hospes.platform.money import Money
from hospes.platform.pages import flash, render
from hospes.platform.runtime import Runtime, runtime

router = APIRouter(prefix="/trips/{booking_id}")


@router.get("/change")
async def change_page(request: Request, booking_id: UUID) -> Response:
    """What can be otherwise, and what that would cost once it is said. Changes nothing."""
    return await _show(request, booking_id, request.query_params)


@router.post("/change")
async def change(request: Request, booking_id: UUID) -> Response:
    """Change it at the difference that was shown; what costs more is paid first."""
    caller, rt = require_caller(request), runtime(request)
    form = await request.form()
    expected = str(form.get("expected", ""))
    async with rt.db.read() as tx:
        booking, actor = await facade.get_booking_for(tx, caller, booking_id)
    wanted = read_wanted(booking, form, [str(each) for each in form.getlist("age")])
    if actor is not Actor.GUEST or wanted.errors or not _is_difference(expected):
        return await _show(request, booking_id, form)
    try:
        async with rt.db.write() as tx:
            done = await facade.change_booking(
                tx,
                booking_id=booking_id,
                change=wanted.change,
                actor=actor,
                actor_id=caller.user_id,
                expected_difference=int(expected),
                provider=rt.settings.payment_provider,
                now=rt.clock.now(),
            )
    except DifferenceChanged as refusal:
        return await _show(request, booking_id, form, refusal)
    except (Invalid, Conflict) as refusal:
        return await _show(request, booking_id, form, refusal)
    if done.request is not None:
        return RedirectResponse(f"/pay/{done.request.id}", 303)
    response = RedirectResponse(f"/trips/{booking_id}", 303)
    back = done.booking.status in PAID and done.difference < 0
    amount = Money(-done.difference, booking.total.currency).text()
    flash(response, f"Your booking is changed. {amount} is on its way back." if back else "Your booking is changed.")
    return response


@router.get("/changes/{change_id}")
async def request_page(request: Request, booking_id: UUID, change_id: UUID) -> Response:
    """A change that had to be paid: until when, what becomes of it, and how to give it up."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        booking, actor = await facade.get_booking_for(tx, caller, booking_id)
        found = await queries.find_change(tx, change_id)
        if found is None or found.booking_id != booking.id:
            raise ChangeNotFound("There is no such change of this booking.")
        payment = await payments.payment_of(tx, change_id)
    paying = payment is not None and payment.status in AT_WORK
    context = {
        "booking": booking,
        "terms": booking.terms,
        "actor": str(actor),
        "change": found,
        "open": found.status is ChangeStatus.OPEN,
        "paying": paying,
        "payment": payment,
        "rows": telling.compared(booking.terms.price, found.quote.price),
        "seconds": telling.seconds_left(found.pay_by, rt.clock.now()),
        "telling": telling,
        "views": views,
    }
    return render(request, "booking/change_request.html", context)


@router.post("/changes/{change_id}/withdraw")
async def withdraw(request: Request, booking_id: UUID, change_id: UUID) -> Response:
    """Give the change up; the booking stays as it is."""
    caller, rt = require_caller(request), runtime(request)
    said = "The change is given up. Your booking stays as it was."
    try:
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
    except NotAllowed as refusal:
        said = refusal.detail
    response = RedirectResponse(f"/trips/{booking_id}", 303)
    flash(response, said)
    return response


async def _show(request: Request, booking_id: UUID, said: Any, refusal: HospesError | None = None) -> Response:
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        booking, actor = await facade.get_booking_for(tx, caller, booking_id)
    if actor is not Actor.GUEST:
        host = actor is Actor.HOST
        return RedirectResponse(f"/host/bookings/{booking_id}#move" if host else f"/trips/{booking_id}", 303)
    if Action.CHANGE not in states.allowed(booking.status, actor):
        return RedirectResponse(f"/trips/{booking_id}", 303)
    wanted = read_wanted(booking, said, [str(each) for each in said.getlist("age")])
    quote, wanted = await _quote(rt, booking, wanted)
    if refusal is not None and (quote is None or quote.available):
        told = placed([Refusal(refusal.code, refusal.detail, refusal.fields)])
        wanted = replace(wanted, errors={**wanted.errors, **told})
    async with rt.db.read() as tx:
        context = await _context(tx, rt, booking, wanted, quote, str(said.get("from", "") or ""))
    status = refusal.status if refusal else 422 if request.method == "POST" else 200
    return render(request, "booking/change.html", context, status)


async def _quote(rt: Runtime, booking: Booking, wanted: Wanted) -> tuple[ChangeQuote | None, Wanted]:
    """What it would cost, tried and taken back; its refusals are noted beside their fields."""
    if not wanted.asked or wanted.errors:
        return None, wanted
    async with rt.db.write() as tx:
        quote = await facade.quote_change(
            tx, booking_id=booking.id, change=wanted.change, actor=Actor.GUEST, now=rt.clock.now()
        )
    return quote, replace(wanted, errors={**wanted.errors, **placed(quote.refusals)})


async def _context(
    tx: ReadTx, rt: Runtime, booking: Booking, wanted: Wanted, quote: ChangeQuote | None, since: str
) -> dict[str, Any]:
    now = rt.clock.now()
    good = quote.quote if quote is not None and quote.available else None
    listing = (await listings_of(tx, [booking])).get(booking.resource_id)
    paid = booking.status in PAID
    said = telling.difference_words(quote.difference, quote.kept, booking.total.currency, paid=paid) if quote else ""
    return {
        "booking": booking,
        "terms": booking.terms,
        "listing": listing,
        "most_rooms": listing.sellable.capacity if listing and booking.mode is Mode.NIGHTLY else 1,
        "begun": booking.status is BookingStatus.IN_PROGRESS,
        "paid": paid,
        "wanted": wanted,
        "typed": Kept(wanted.typed),
        "errors": Kept(wanted.errors),
        "quote": quote if good is not None else None,
        "rows": telling.compared(booking.terms.price, good.price) if good is not None else [],
        "said": said,
        "week": await week_of(tx, booking, since, now=now) if booking.mode is Mode.TIMED else None,
        "departures": await departures_of(tx, booking, now=now) if booking.mode is Mode.DEPARTURE else [],
        "waiting": next((each for each in await queries.list_changes(tx, booking.id) if each.status == "open"), None),
        "telling": telling,
        "views": views,
    }


def _is_difference(text: str) -> bool:
    return text.lstrip("-").isdecimal() and text.isascii() and len(text) < 16 and text.count("-") <= 1
