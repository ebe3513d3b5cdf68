"""From a hold to a booking. The countdown is the hold's; paying is the payments module's page."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field, StringConstraints

from hospes.modules.booking import facade, queries
from hospes.modules.booking.contracts import BookingStatus, Hold, HoldStatus, Mode
from hospes.modules.booking.errors import HoldNotFound, PriceChanged
from hospes.modules.booking.web import views
from hospes.modules.booking.web.asking import Kept
from hospes.modules.catalog import facade as catalog
from hospes.modules.inventory.errors import HoldExpired
from hospes.platform.caller import require_caller
from hospes.platform.forms import Form, read_form
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter()


class CheckoutForm(BaseModel):
    """What the guest adds to the hold."""

    message: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""
    expected_total: Annotated[int, Field(ge=0, le=10**15)]
    accept: Annotated[str, StringConstraints(max_length=10)] = ""


@router.get("/checkout/{hold_id}")
async def checkout_page(request: Request, hold_id: UUID) -> Response:
    """What is about to be booked, with the time left."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        hold = await queries.find_hold(tx, hold_id, caller.user_id)
    if hold is None:
        raise HoldNotFound("There is no such hold of yours.")
    if hold.status is HoldStatus.USED:
        response = RedirectResponse("/trips", 303)
        flash(response, "You have booked this already. Here it is.")
        return response
    return await _show(request, hold)


@router.post("/checkout/{hold_id}")
async def book(request: Request, hold_id: UUID) -> Response:
    """Book what is held, then on to the card, or to the trip when the host answers first."""
    caller, rt = require_caller(request), runtime(request)
    form = await read_form(request, CheckoutForm)
    async with rt.db.read() as tx:
        hold = await queries.find_hold(tx, hold_id, caller.user_id)
    if hold is None:
        raise HoldNotFound("There is no such hold of yours.")
    errors = dict(form.errors)
    if form.value is not None and form.value.accept != "yes":
        errors["accept"] = "Please tick that you accept the house rules and the terms."
    if form.value is None or errors:
        return await _show(request, hold, form, errors, 422)
    try:
        async with rt.db.write() as tx:
            booking = await facade.book_hold(
                tx,
                guest_id=caller.user_id,
                hold_id=hold_id,
                message=form.value.message,
                expected_total=form.value.expected_total,
                provider=rt.settings.payment_provider,
                now=rt.clock.now(),
            )
    except PriceChanged as refusal:
        return await _show(request, hold, form, {"form": refusal.detail}, refusal.status)
    except HoldExpired:
        return await _show(request, hold, form, {}, 410)
    if booking.status is BookingStatus.PENDING_PAYMENT:
        return RedirectResponse(f"/pay/{booking.id}", 303)
    return RedirectResponse(f"/trips/{booking.id}", 303)


@router.post("/checkout/{hold_id}/release")
async def let_go(request: Request, hold_id: UUID) -> Response:
    """Give the nights back, and back to the listing."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        hold = await queries.find_hold(tx, hold_id, caller.user_id)
        if hold is None:
            raise HoldNotFound("There is no such hold of yours.")
        await facade.release_hold(tx, guest_id=caller.user_id, hold_id=hold_id, now=rt.clock.now())
    response = RedirectResponse(_listing(hold), 303)
    flash(response, "The dates are free for others again.")
    return response


async def _show(
    request: Request,
    hold: Hold,
    form: Form[CheckoutForm] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    rt = runtime(request)
    now = rt.clock.now()
    if not hold.live(now):
        back = {"hold": hold, "back": _listing(hold), "views": views}
        return render(request, "booking/hold_expired.html", back, 410)
    async with rt.db.read() as tx:
        listing = await catalog.get_listing(tx, hold.resource_id)
    context = {
        "hold": hold,
        "quote": hold.quote,
        "terms": hold.quote.terms,
        "listing": listing,
        "seconds": int((hold.expires_at - now).total_seconds()),
        "typed": Kept(form.typed if form else {}),
        "errors": Kept(errors or {}),
        "back": _listing(hold),
        "views": views,
    }
    return render(request, "booking/checkout.html", context, status)


def _listing(hold: Hold) -> str:
    party = hold.party
    if hold.quote.terms.mode is not Mode.NIGHTLY:
        return f"/stays/{hold.resource_id}#book"
    return (
        f"/stays/{hold.resource_id}?arrival={hold.arrival}&departure={hold.departure}&adults={party.adults}"
        f"&children={party.children}&infants={party.infants}&pets={party.pets}"
    )
