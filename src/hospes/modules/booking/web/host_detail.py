"""One booking as its host sees it: its story, what accepting would do, arrival and departure, moving it elsewhere."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
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
    Change,
    ChangeQuote,
    Giving,
    Mode,
)
from hospes.modules.booking.errors import DifferenceChanged, NotAllowed
from hospes.modules.booking.policies.restrictions import today_in
from hospes.modules.booking.web import views
from hospes.modules.booking.web.asking import Kept, as_id, read_asked
from hospes.modules.catalog import facade as catalog
from hospes.modules.identity import facade as users
from hospes.modules.payments import facade as payments
from hospes.platform.caller import Caller, require_caller
from hospes.platform.db import WriteTx
from hospes.platform.errors import Conflict, HospesError, Invalid
from hospes.platform.money import Money
from hospes.platform.pages import flash, render
from hospes.platform.runtime import Runtime, runtime

router = APIRouter(prefix="/host/bookings/{booking_id}")
GIVING = {Giving.FULL: "All of it", Giving.BY_TERMS: "By the accepted terms", Giving.FREE: "Nothing either way"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A move to other dates or another thing as typed, and what it would cost."""

    typed: dict[str, str]
    errors: dict[str, str]
    quote: ChangeQuote | None = None


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
    """Say what other dates or another thing would cost; with `do` = move do it at the difference that was shown."""
    caller, rt = require_caller(request), runtime(request)
    typed = {name: value.strip()[:40] for name, value in (await request.form()).items() if isinstance(value, str)}
    change, errors = _change_of(typed)
    giving = Giving(typed["giving"]) if typed.get("giving") in set(Giving) else Giving.FULL
    if errors:
        return await _show(request, booking_id, Asked(typed, errors), 422)
    expected = typed.get("expected", "")
    if typed.get("do") == "move" and expected.lstrip("-").isdecimal():
        try:
            async with rt.db.write() as tx:
                _, actor = await facade.get_booking_for(tx, caller, booking_id)
                changed = await facade.change_booking(
                    tx,
                    booking_id=booking_id,
                    change=change,
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
            waits = "It waits until the guest has paid the difference." if changed.request else "It is moved."
            return _back(booking_id, waits)
    async with rt.db.write() as tx:
        _, actor = await facade.get_booking_for(tx, caller, booking_id)
        quote = await facade.quote_change(
            tx, booking_id=booking_id, change=change, actor=_host(actor), giving=giving, now=rt.clock.now()
        )
    return await _show(request, booking_id, Asked(typed, errors, quote), 409 if errors else 200)


def _change_of(typed: dict[str, str]) -> tuple[Change, dict[str, str]]:
    asked = read_asked(typed)
    errors = {name: text for name, text in asked.faults.items() if name in ("arrival", "departure")}
    return Change(asked.arrival, asked.departure, resource_id=as_id(typed.get("resource_id", ""))), errors


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
            await catalog.ensure_manages(tx, caller, booking.business_id)
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
        await catalog.ensure_manages(tx, caller, booking.business_id)
        actor = _host(actor)
        acceptance = await _acceptance(tx, rt, booking, actor, caller)
        rivals = [await queries.find_booking(tx, each) for each in acceptance.rival_requests] if acceptance else []
        history = await queries.list_history(tx, booking_id)
        payment = await payments.payment_of(tx, booking_id)
        guest = await users.get_user(tx, booking.guest_id)
        every = await catalog.resources_of_business(tx, booking.business_id)
    can = {str(action) for action in states.allowed(booking.status, actor)}
    today = today_in(booking.terms.zone, now)
    cancellable = Action.CANCEL in states.allowed(booking.status, actor)
    context: dict[str, Any] = {
        "booking": booking,
        "terms": booking.terms,
        "guest": guest,
        "payment": payment,
        "acceptance": acceptance,
        "rivals": [each for each in rivals if each is not None],
        "timeline": views.timeline_of(history, booking.terms.zone),
        "can": can,
        "may_check_in": "start" in can and today >= booking.arrival,
        "may_no_show": "mark_no_show" in can and now >= booking.check_in_at,
        "leaves_early": booking.status is BookingStatus.IN_PROGRESS and today < booking.departure,
        "may_move": booking.mode is Mode.NIGHTLY and "change" in can,
        "refund": facade.preview_cancellation(booking, actor=actor, now=now) if cancellable else None,
        "others": [
            (each.resource_id, f"{each.property_name}: {each.resource_name}")
            for each in every
            if each.live and each.mode is booking.mode
        ],
        "giving": list(GIVING.items()),
        "typed": Kept({**_as_typed(booking), **asked.typed}),
        "errors": Kept(asked.errors),
        "quote": asked.quote,
        "difference": _difference(asked.quote),
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
    return {
        "arrival": booking.arrival.isoformat(),
        "departure": booking.departure.isoformat(),
        "resource_id": str(booking.resource_id),
        "giving": str(Giving.FULL),
    }


def _difference(quote: ChangeQuote | None) -> str:
    """What the guest pays or gets, in words."""
    if quote is None or quote.quote is None:
        return ""
    amount = Money(abs(quote.difference), quote.old_total.currency).text()
    if quote.difference == 0:
        return "The price stays as it is."
    return f"The guest pays {amount} more." if quote.difference > 0 else f"The guest gets {amount} back."


def _faults(refusal: HospesError) -> dict[str, str]:
    named = {name: said for name, said in refusal.fields.items() if name in ("arrival", "departure", "resource_id")}
    return named or {"form": refusal.detail}
