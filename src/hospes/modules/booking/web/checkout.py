"""From a hold to a booking. The countdown is the hold's; paying is the payments module's page."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field, StringConstraints

from hospes.modules.booking import facade, queries
from hospes.modules.booking.contracts import BookingStatus, Hold, HoldStatus
from hospes.modules.booking.errors import HoldNotFound, HoldRenewed, PriceChanged
from hospes.modules.booking.policies.discounting import credit_in
from hospes.modules.booking.web import telling, views
from hospes.modules.booking.web.asking import Kept
from hospes.modules.booking.web.planned import plan_of
from hospes.modules.catalog import facade as catalog
from hospes.modules.inventory.errors import HoldExpired
from hospes.modules.promotions import facade as promotions
from hospes.platform.caller import Caller, require_caller
from hospes.platform.db import ReadTx
from hospes.platform.errors import Conflict, Invalid, TooMany
from hospes.platform.forms import Form, read_form
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter()


class CheckoutForm(BaseModel):
    """What the guest adds to the hold."""

    message: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""
    expected_total: Annotated[int, Field(ge=0, le=10**15)]
    accept: Annotated[str, StringConstraints(max_length=10)] = ""


class CouponForm(BaseModel):
    """One more code, one less, or credit: `yes` or `no`."""

    code: Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, max_length=60)] = ""
    remove: Annotated[str, StringConstraints(max_length=60)] = ""
    credit: Annotated[str, StringConstraints(max_length=3)] = ""


@router.get("/checkout/{hold_id}")
async def checkout_page(request: Request, hold_id: UUID) -> Response:
    """What is about to be booked, with the time left."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        hold = await _held(tx, hold_id, caller)
    return await _show(request, hold)


@router.post("/checkout/{hold_id}")
async def book(request: Request, hold_id: UUID) -> Response:
    """Book what is held, then on to the card, or to the trip when the host answers first."""
    caller, rt = require_caller(request), runtime(request)
    form = await read_form(request, CheckoutForm)
    async with rt.db.read() as tx:
        hold = await _held(tx, hold_id, caller)
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
        hold = await _held(tx, hold_id, caller)
        await facade.release_hold(tx, guest_id=caller.user_id, hold_id=hold_id, now=rt.clock.now())
    response = RedirectResponse(telling.choice_again(hold), 303)
    flash(response, "It is free for others again.")
    return response


@router.post("/checkout/{hold_id}/renew")
async def keep_longer(request: Request, hold_id: UUID) -> Response:
    """Fifteen minutes more, once; what was typed so far is shown again."""
    caller, rt = require_caller(request), runtime(request)
    form = await read_form(request, CheckoutForm)
    async with rt.db.read() as tx:
        hold = await _held(tx, hold_id, caller)
    try:
        async with rt.db.write() as tx:
            hold = await facade.renew_hold(tx, guest_id=caller.user_id, hold_id=hold_id, now=rt.clock.now())
    except HoldRenewed as refusal:
        said = f"{refusal.detail} It is yours until {views.local(hold.expires_at, hold.quote.terms.zone, 'HH:mm')}."
        return await _show(request, hold, form, {"form": said}, refusal.status)
    except HoldExpired:
        return await _show(request, hold, form)
    return await _show(request, hold, form, note="We keep it for you 15 minutes longer.")


@router.post("/checkout/{hold_id}/coupons")
async def try_coupons(request: Request, hold_id: UUID) -> Response:
    """Use a coupon or credit for what is held, or take one off; what was typed so far is shown again."""
    caller, rt = require_caller(request), runtime(request)
    form, asked = await read_form(request, CheckoutForm), (await read_form(request, CouponForm)).value
    async with rt.db.read() as tx:
        hold = await _held(tx, hold_id, caller)
    used = [each.code for each in hold.quote.terms.discounts]
    if asked is None:
        return await _show(request, hold, form, {"coupons": "There is no such coupon."}, 422)
    codes = [code for code in (*used, asked.code) if code and code != asked.remove]
    credit = credit_in(hold.quote.price) > 0 if asked.credit == "" else asked.credit == "yes"
    try:
        async with promotions.watched(request, [asked.code] if asked.code else []), rt.db.write() as tx:
            held = await facade.discount_hold(
                tx, guest_id=caller.user_id, hold_id=hold_id, coupons=codes, use_credit=credit, now=rt.clock.now()
            )
    except HoldExpired:
        return await _show(request, hold, form)
    except (Invalid, Conflict, TooMany) as refusal:
        return await _show(request, hold, form, {"coupons": refusal.detail}, refusal.status)
    form.typed.pop("code", None)
    return await _show(request, held, form, note=f"The total is {held.quote.total.text()} now.")


async def _held(tx: ReadTx, hold_id: UUID, caller: Caller) -> Hold:
    hold = await queries.find_hold(tx, hold_id, caller.user_id)
    if hold is None:
        raise HoldNotFound("There is no such hold of yours.")
    return hold


async def _show(
    request: Request,
    hold: Hold,
    form: Form[CheckoutForm] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
    *,
    note: str = "",
) -> Response:
    rt = runtime(request)
    now = rt.clock.now()
    if hold.status is HoldStatus.USED:
        response: Response = RedirectResponse("/trips", 303)
        flash(response, "You have booked this already. Here it is.")
        return response
    common = {"hold": hold, "terms": hold.quote.terms, "telling": telling, "views": views}
    if not hold.live(now):
        back = {**common, "back": telling.choice_again(hold), "released": hold.status is HoldStatus.RELEASED}
        return render(request, "booking/hold_expired.html", back, 410)
    async with rt.db.read() as tx:
        listing = await catalog.get_listing(tx, hold.resource_id)
        box = await promotions.coupon_box(tx, hold.guest_id, hold.quote.price.currency, now)
    context = {
        **common,
        "quote": hold.quote,
        "listing": listing,
        "box": box,
        "plan": plan_of(hold.quote, (hold.departure - hold.arrival).days, now),
        "seconds": telling.seconds_left(hold.expires_at, now),
        "typed": Kept(form.typed if form else {}),
        "errors": Kept(errors or {}),
        "note": note,
    }
    return render(request, "booking/checkout.html", context, status)
