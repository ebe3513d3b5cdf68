"""What staff do with a booking's money: each deed is shown first, then done as it was shown."""

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.booking import facade, queries
from hospes.modules.booking.contracts import Actor, Booking
from hospes.modules.booking.http.access import host_of
from hospes.modules.booking.use_cases.grant_goodwill import grant_goodwill, most_goodwill
from hospes.modules.booking.use_cases.grant_refund import grant_refund
from hospes.modules.booking.use_cases.move_booking import lock_booking
from hospes.modules.booking.web.asking import Kept
from hospes.modules.booking.web.money_left import MoneyLeft, money_left, part_words
from hospes.modules.catalog import facade as catalog
from hospes.modules.identity import facade as users
from hospes.modules.payments import facade as payments
from hospes.platform.caller import Caller, require_caller
from hospes.platform.db import WriteTx
from hospes.platform.errors import Conflict, HospesError, Invalid
from hospes.platform.money import Money, exponent, plain_amount, read_amount
from hospes.platform.pages import flash, render
from hospes.platform.runtime import Runtime, runtime

router = APIRouter(prefix="/host/bookings/{booking_id}/money")
Deed = Literal["property", "damages", "refund", "goodwill"]
BOOKINGS, MONEY = catalog.Permission.BOOKINGS, catalog.Permission.MONEY
STALE = "This has just changed. Please look at it again before you go on."
LIMITS = {"reason": 500, "note": 500}


@dataclass(frozen=True, slots=True)
class Said:
    """A deed as typed: what could be read of it, and a sentence for each fault by field; `sure` when it was shown and
    found right."""

    deed: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    amount: Money | None = None
    sure: bool = False


class _TriedOnly(Exception):
    """It would work; what was tried is taken back."""


@router.get("")
async def money_page(request: Request, booking_id: UUID) -> Response:
    """What was paid, and what can be done about it."""
    return await _show(request, booking_id, Said())


@router.get("/{deed}")
async def money_page_again(request: Request, booking_id: UUID, deed: Deed) -> Response:
    """The page once more, after who sent its form has confirmed that it is them."""
    return await _show(request, booking_id, Said())


@router.post("/{deed}")
async def do_deed(request: Request, booking_id: UUID, deed: Deed) -> Response:
    """Say what it would do; with `do` = yes do it, if nothing has changed since."""
    caller = require_caller(request) if deed == "property" else users.require_fresh(request)
    rt = runtime(request)
    form = await request.form()
    typed = {name: value.strip()[: LIMITS.get(name, 40)] for name, value in form.items() if isinstance(value, str)}
    said = Said(deed, typed)
    try:
        async with rt.db.write() as tx:
            permission = BOOKINGS if deed == "property" else MONEY
            _, actor = await _staff_booking(tx, caller, booking_id, permission)
            booking = await lock_booking(tx, booking_id)
            said = _read(deed, typed, booking, await money_left(tx, booking, now=rt.clock.now()))
            if said.errors:
                raise Invalid("Please look at what is marked.", fields=said.errors)
            await _run(tx, rt, caller, actor, booking, said)
            if typed.get("do") != "yes":
                raise _TriedOnly
    except _TriedOnly:
        return await _show(request, booking_id, Said(deed, typed, {}, said.amount, sure=True))
    except (Invalid, Conflict) as refusal:
        return await _show(request, booking_id, Said(deed, typed, _placed(deed, refusal)), refusal.status)
    response = RedirectResponse(f"/host/bookings/{booking_id}/money", 303)
    flash(response, _done(said))
    return response


async def _staff_booking(
    tx: WriteTx, caller: Caller, booking_id: UUID, permission: catalog.Permission
) -> tuple[Booking, Actor]:
    """As a member who may, or an admin; anybody else finds nothing here."""
    actor = await host_of(tx, caller, booking_id, permission)
    return await facade.get_booking(tx, booking_id), actor


def _read(deed: Deed, typed: dict[str, str], booking: Booking, left: MoneyLeft) -> Said:
    errors: dict[str, str] = {}
    if deed == "property":
        if typed.get("do") == "yes" and typed.get("seen") != left.seen:
            errors["note"] = STALE
        elif not left.at_property.amount:
            errors["note"] = "Nothing is left to be paid at the property."
        return Said(deed, typed, errors)
    currency = left.held.currency if deed == "damages" and left.held else booking.total.currency
    amount = read_amount(typed.get("amount", ""), currency)
    if amount is None or amount <= 0:
        errors["amount"] = f"Please give an amount above zero in {currency}, such as {_such_as(currency)}."
    if len(typed.get("reason", "")) < 3:
        errors["reason"] = "Please say why, in a few words."
    if not errors and typed.get("do") == "yes" and typed.get("seen") != left.seen:
        errors["amount"] = STALE
    return Said(deed, typed, errors, None if amount is None else Money(amount, currency))


def _such_as(currency: str) -> str:
    return plain_amount(25 * 10 ** exponent(currency), currency)


async def _run(tx: WriteTx, rt: Runtime, caller: Caller, actor: Actor, booking: Booking, said: Said) -> None:
    now, reason = rt.clock.now(), said.typed.get("reason", "")
    if said.deed == "property":
        await payments.record_at_property(tx, booking.id, note=said.typed.get("note", ""), now=now)
        return
    assert said.amount is not None
    if said.deed == "damages":
        await payments.capture_damages(tx, booking.id, said.amount, reason=reason, now=now)
    elif said.deed == "refund":
        await grant_refund(
            tx,
            booking_id=booking.id,
            amount=said.amount,
            reason=reason,
            actor=actor,
            actor_id=caller.user_id,
            now=now,
        )
    else:
        by_host = _borne_by_host(caller, said.typed)
        await grant_goodwill(
            tx,
            booking_id=booking.id,
            amount=said.amount,
            reason=reason,
            granted_by=caller.user_id,
            by_host=by_host,
            now=now,
        )


def _borne_by_host(caller: Caller, typed: dict[str, str]) -> bool:
    """Only an admin can say that the platform bears it."""
    if not users.may_do(caller, users.Deed.LOOK_AFTER_BOOKINGS):
        return True
    return typed.get("borne_by") == "host"


def _placed(deed: str, refusal: HospesError) -> dict[str, str]:
    """The sentence beside the field that it is about."""
    return dict(refusal.fields) or {"note" if deed == "property" else "amount": refusal.detail}


def _done(said: Said) -> str:
    if said.amount is None:
        return "Recorded as paid at the property."
    words = {
        "damages": "is being taken from the damage deposit; the rest is let go.",
        "refund": "is given back.",
        "goodwill": "is credited to the guest.",
    }
    return f"{said.amount.text()} {words[said.deed]}"


async def _show(request: Request, booking_id: UUID, said: Said, status: int = 200) -> Response:
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:  # the parts are locked while what is left is summed
        booking, actor = await _staff_booking(tx, caller, booking_id, BOOKINGS)
        may_give = actor is Actor.ADMIN or await catalog.may(tx, caller, booking.business_id, MONEY)
        left = await money_left(tx, booking, now=rt.clock.now())
        guest = await users.get_user(tx, booking.guest_id)
        paid_for = [booking.id, *await queries.list_paid_changes(tx, booking.id)]
        parts = await payments.list_parts(tx, paid_for)
        goodwill = await most_goodwill(tx, booking)
    context: dict[str, Any] = {
        "booking": booking,
        "guest": guest,
        "left": left,
        "parts": parts,
        "said": said,
        "typed": Kept(said.typed),
        "errors": Kept(said.errors),
        "home": f"/trips/{booking_id}" if actor is Actor.ADMIN else f"/host/bookings/{booking_id}",
        "staff": actor is not Actor.ADMIN,
        "part_words": part_words,
        "admin": users.may_do(caller, users.Deed.LOOK_AFTER_BOOKINGS),
        "goodwill": Money(goodwill, booking.total.currency),
        "may_give": may_give,
        "fresh": bool(said.deed) or users.is_fresh(request),
    }
    return render(request, "booking/host_money.html", context, status)
