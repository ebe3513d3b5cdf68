"""One booking as its host sees it: its story, what accepting would do, arrival and departure, moving it elsewhere."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.booking import facade, queries, states
from hospes.modules.booking.contracts import (
    Acceptance,
    Action,
    Actor,
    Booking,
    BookingStatus,
    ChangeQuote,
    ChangeStatus,
    Departing,
    Giving,
    Mode,
    Refusal,
)
from hospes.modules.booking.errors import DifferenceChanged, NotAllowed
from hospes.modules.booking.policies.restrictions import today_in
from hospes.modules.booking.web import stories, telling, views
from hospes.modules.booking.web.asking import Kept
from hospes.modules.booking.web.changed import Wanted, as_typed, placed, read_wanted
from hospes.modules.booking.web.early import CHOOSE, day_in, earliest_day
from hospes.modules.catalog import facade as catalog
from hospes.modules.identity import facade as users
from hospes.modules.payments import facade as payments
from hospes.platform.caller import Caller, require_caller
from hospes.platform.db import WriteTx
from hospes.platform.errors import Conflict, HospesError, Invalid
from hospes.platform.ids import as_id
from hospes.platform.money import Money
from hospes.platform.pages import flash, render
from hospes.platform.runtime import Runtime, runtime

router = APIRouter(prefix="/host/bookings/{booking_id}")
GIVING = {Giving.FULL: "All of it", Giving.BY_TERMS: "By the accepted terms", Giving.FREE: "Nothing either way"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A move to other dates, guests or another thing as typed, and what it would cost; or an early departure, and what
    it would give back."""

    typed: dict[str, str]
    errors: dict[str, str]
    quote: ChangeQuote | None = None
    leaving: Departing | None = None


@router.get("")
async def booking_page(request: Request, booking_id: UUID) -> Response:
    """Everything about it, and what can be done now."""
    return await _show(request, booking_id, Asked({}, {}))


@router.post("/check-in")
async def check_in(request: Request, booking_id: UUID) -> Response:
    """The guest is here."""

    async def run(tx: WriteTx, rt: Runtime, caller: Caller, actor: Actor) -> Booking:
        return await facade.check_in(
            tx, booking_id=booking_id, actor=actor, actor_id=caller.user_id, now=rt.clock.now()
        )

    return await _do(request, booking_id, run, "They are here.")


@router.post("/check-out")
async def check_out(request: Request, booking_id: UUID) -> Response:
    """The guest has left; nights not stayed go back on sale."""
    giving = str((await request.form()).get("giving", ""))

    async def run(tx: WriteTx, rt: Runtime, caller: Caller, actor: Actor) -> Booking:
        return await facade.check_out(
            tx,
            booking_id=booking_id,
            actor=actor,
            actor_id=caller.user_id,
            giving=Giving(giving) if giving in set(Giving) else Giving.BY_TERMS,
            now=rt.clock.now(),
        )

    return await _do(request, booking_id, run, "They have left.")


@router.post("/no-show")
async def no_show(request: Request, booking_id: UUID) -> Response:
    """Nobody has come."""

    async def run(tx: WriteTx, rt: Runtime, caller: Caller, actor: Actor) -> Booking:
        return await facade.mark_no_show(
            tx, booking_id=booking_id, actor=actor, actor_id=caller.user_id, now=rt.clock.now()
        )

    return await _do(request, booking_id, run, "Marked as not come. The nights after the first are on sale again.")


@router.post("/move")
async def move(request: Request, booking_id: UUID) -> Response:
    """Say what other dates, guests or another thing would cost; with `do` = move do it at the difference shown."""
    caller, rt = require_caller(request), runtime(request)
    form = await request.form()
    typed = {name: value.strip()[:40] for name, value in form.items() if isinstance(value, str)}
    async with rt.db.read() as tx:
        booking, _ = await facade.get_booking_for(tx, caller, booking_id)
        await catalog.ensure_manages(tx, caller, booking.business_id, catalog.Permission.BOOKINGS)
    wanted = _wanted(booking, typed, [str(each) for each in form.getlist("age")])
    giving = Giving(typed["giving"]) if typed.get("giving") in set(Giving) else Giving.FULL
    if wanted.errors:
        return await _show(request, booking_id, Asked(typed, wanted.errors), 422)
    expected, errors = typed.get("expected", ""), {}
    if typed.get("do") == "move" and expected.lstrip("-").isdecimal():
        try:
            async with rt.db.write() as tx:
                _, actor = await facade.get_booking_for(tx, caller, booking_id)
                changed = await facade.change_booking(
                    tx,
                    booking_id=booking_id,
                    change=wanted.change,
                    actor=_host(actor),
                    actor_id=caller.user_id,
                    expected_difference=int(expected),
                    giving=giving,
                    provider=rt.settings.payment_provider,
                    now=rt.clock.now(),
                )
        except DifferenceChanged as refusal:
            errors = {"form": refusal.detail}
        except (Invalid, Conflict) as refusal:
            return await _show(request, booking_id, Asked(typed, _faults(refusal)), refusal.status)
        else:
            waits = "It waits until the guest has paid the difference." if changed.request else "It is changed."
            return _back(booking_id, waits)
    async with rt.db.write() as tx:
        _, actor = await facade.get_booking_for(tx, caller, booking_id)
        quote = await facade.quote_change(
            tx, booking_id=booking_id, change=wanted.change, actor=_host(actor), giving=giving, now=rt.clock.now()
        )
    errors = errors or placed(quote.refusals)
    return await _show(request, booking_id, Asked(typed, errors, quote), 409 if errors and quote.available else 200)


@router.post("/early")
async def leave_early(request: Request, booking_id: UUID) -> Response:
    """Say what leaving on a day gives back; with `do` = leave do it at what was shown."""
    caller, rt = require_caller(request), runtime(request)
    typed = {name: value.strip()[:40] for name, value in (await request.form()).items() if isinstance(value, str)}
    giving = Giving(typed["early_giving"]) if typed.get("early_giving") in set(Giving) else Giving.BY_TERMS
    expected, leaves = typed.get("expected_refund", ""), day_in(typed.get("leaves", ""))
    if leaves is None:
        return await _show(request, booking_id, Asked(typed, {"leaves": CHOOSE}), 422)
    errors: dict[str, str] = {}
    status = 200
    try:
        async with rt.db.write() as tx:
            booking, actor = await facade.get_booking_for(tx, caller, booking_id)
            await catalog.ensure_manages(tx, caller, booking.business_id, catalog.Permission.BOOKINGS)
            if typed.get("do") == "leave" and expected.isascii() and expected.isdecimal() and len(expected) < 16:
                await facade.leave_early(
                    tx,
                    booking_id=booking_id,
                    leaves=leaves,
                    actor=_host(actor),
                    actor_id=caller.user_id,
                    giving=giving,
                    expected_refund=int(expected),
                    now=rt.clock.now(),
                )
                return _back(booking_id, f"They leave on {telling.day_words(leaves)}.")
    except (Invalid, Conflict) as refusal:
        errors, status = {"leaves": refusal.fields.get("departure", refusal.detail)}, refusal.status
    leaving: Departing | None = None
    try:
        leaving = facade.preview_departure(booking, leaves, actor=_host(actor), giving=giving, now=rt.clock.now())
    except (Invalid, Conflict) as refusal:
        errors = errors or {"leaves": refusal.fields.get("departure", refusal.detail)}
    return await _show(request, booking_id, Asked(typed, errors, leaving=leaving), status)


def _wanted(booking: Booking, typed: dict[str, str], ages: list[str]) -> Wanted:
    wanted = read_wanted(booking, typed, ages)
    resource_id = as_id(typed.get("resource_id", ""))
    return replace(wanted, change=replace(wanted.change, resource_id=resource_id))


def _host(actor: Actor) -> Actor:
    """Who acts on these pages: somebody who books their own place is its host here."""
    return Actor.HOST if actor is Actor.GUEST else actor


async def _do(
    request: Request,
    booking_id: UUID,
    run: Callable[[WriteTx, Runtime, Caller, Actor], Awaitable[Booking]],
    said: str,
) -> Response:
    caller, rt = require_caller(request), runtime(request)
    try:
        async with rt.db.write() as tx:
            booking, actor = await facade.get_booking_for(tx, caller, booking_id)
            await catalog.ensure_manages(tx, caller, booking.business_id, catalog.Permission.BOOKINGS)
            await run(tx, rt, caller, _host(actor))
    except NotAllowed as refusal:
        said = refusal.detail
    return _back(booking_id, said)


def _back(booking_id: UUID, said: str) -> Response:
    response = RedirectResponse(f"/host/bookings/{booking_id}", 303)
    flash(response, said)
    return response


async def _show(request: Request, booking_id: UUID, asked: Asked, status: int = 200) -> Response:
    caller, rt = require_caller(request), runtime(request)
    now = rt.clock.now()
    async with rt.db.write() as tx:  # what accepting would do is tried and taken back
        booking, actor = await facade.get_booking_for(tx, caller, booking_id)
        await catalog.ensure_manages(tx, caller, booking.business_id, catalog.Permission.BOOKINGS)
        actor = _host(actor)
        acceptance = await _acceptance(tx, rt, booking, actor, caller)
        rivals = [await queries.find_booking(tx, each) for each in acceptance.rival_requests] if acceptance else []
        history = await queries.list_history(tx, booking_id)
        changes = await queries.list_changes(tx, booking_id)
        paid = await payments.list_parts(tx, [booking.id, *(each.id for each in changes)])
        refund = await facade.preview_refund(tx, booking, actor=actor, now=now)
        guest = await users.get_user(tx, booking.guest_id)
        every = await catalog.resources_of_business(tx, booking.business_id)
    can = {str(action) for action in states.allowed(booking.status, actor)}
    today = today_in(booking.terms.zone, now)
    earliest = earliest_day(booking, today)
    cancellable = Action.CANCEL in states.allowed(booking.status, actor)
    context: dict[str, Any] = {
        "booking": booking,
        "terms": booking.terms,
        "guest": guest,
        "money": stories.money_of(booking, history, stories.that_count(booking, changes, paid)),
        "change": next((each for each in changes if each.status is ChangeStatus.OPEN), None),
        "acceptance": acceptance,
        "rivals": [each for each in rivals if each is not None],
        "timeline": stories.story_of(booking, history),
        "can": can,
        "may_check_in": "start" in can and today >= booking.arrival,
        "may_no_show": "mark_no_show" in can and now >= booking.check_in_at,
        "leaves_early": booking.status is BookingStatus.IN_PROGRESS and today < booking.departure,
        "may_move": booking.mode is Mode.NIGHTLY and "change" in can,
        "refund": refund if cancellable else None,
        "others": [
            (each.resource_id, f"{each.property_name}: {each.resource_name}")
            for each in every
            if each.live and each.mode is booking.mode
        ],
        "giving": list(GIVING.items()),
        "typed": Kept({**_as_typed(booking), **asked.typed}),
        "errors": Kept(asked.errors),
        "quote": asked.quote,
        "rows": telling.compared(booking.terms.price, asked.quote.quote.price)
        if asked.quote is not None and asked.quote.quote is not None
        else [],
        "difference": _difference(asked.quote),
        "may_leave": "leave_early" in can and booking.mode is Mode.NIGHTLY and earliest < booking.departure,
        "earliest": earliest,
        "latest": booking.departure - timedelta(days=1),
        "leaving": asked.leaving,
        "telling": telling,
        "views": views,
    }
    return render(request, "booking/host_booking.html", context, status)


async def _acceptance(tx: WriteTx, rt: Runtime, booking: Booking, actor: Actor, caller: Caller) -> Acceptance | None:
    if Action.ACCEPT not in states.allowed(booking.status, actor):
        return None
    return await facade.preview_acceptance(
        tx,
        booking_id=booking.id,
        actor=actor,
        actor_id=caller.user_id,
        provider=rt.settings.payment_provider,
        now=rt.clock.now(),
    )


def _as_typed(booking: Booking) -> dict[str, str]:
    giving = {"giving": str(Giving.FULL), "early_giving": str(Giving.BY_TERMS)}
    return {**as_typed(booking), **giving, "resource_id": str(booking.resource_id)}


def _difference(quote: ChangeQuote | None) -> str:
    """What the guest pays or gets, in words."""
    if quote is None or quote.quote is None:
        return ""
    amount = Money(abs(quote.difference), quote.old_total.currency).text()
    if quote.difference == 0:
        return "The price stays as it is."
    return f"The guest pays {amount} more." if quote.difference > 0 else f"The guest gets {amount} back."


def _faults(refusal: HospesError) -> dict[str, str]:
    return placed([Refusal(refusal.code, refusal.detail, refusal.fields)])
