"""Say what a change would cost and whether it would be taken, by trying it and taking it back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hospes.modules.booking import states
from hospes.modules.booking.contracts import Action, Actor, Booking, Change, ChangeQuote, Giving, Refusal, Wish
from hospes.modules.booking.errors import ChangeRefused
from hospes.modules.booking.policies.changing import PAID, Settled, changed_wish, check_changeable, settle
from hospes.modules.booking.use_cases.move_booking import lock_booking
from hospes.modules.booking.use_cases.rearrange import let_go, price_change, take
from hospes.modules.inventory.contracts import Claim
from hospes.platform.db import WriteTx
from hospes.platform.errors import HospesError
from hospes.platform.money import Money


class Undone(Exception):
    """It would have worked; the savepoint takes it back."""


@dataclass(slots=True)
class Trial:
    """How far a change has come."""

    own: list[Claim]
    settled: Settled | None = None
    claims: tuple[Claim, ...] = ()


async def quote_change(
    tx: WriteTx, *, booking_id: UUID, change: Change, actor: Actor, giving: Giving | None = None, now: datetime
) -> ChangeQuote:
    """Old price, new price, difference, or the reasons against it. Nothing is changed. Raises `BookingNotFound`."""
    booking = await lock_booking(tx, booking_id)
    trial, refusals = Trial([]), []
    try:
        wish = wanted(booking, change, actor=actor, now=now)
        async with tx.savepoint():
            await attempt(tx, booking, wish, trial, actor=actor, giving=giving, now=now)
            raise Undone
    except Undone:
        pass  # it could be done, and has been taken back
    except HospesError as refusal:
        refusals.append(Refusal(refusal.code, refusal.detail, refusal.fields))
    settled = trial.settled
    return ChangeQuote(
        booking_id=booking.id,
        old_total=booking.total,
        new_total=settled.quote.total if settled else booking.total,
        difference=settled.difference if settled else 0,
        kept=settled.kept if settled else 0,
        quote=settled.quote if settled else None,
        refusals=tuple(refusals),
    )


def wanted(booking: Booking, change: Change, *, actor: Actor, now: datetime) -> Wish:
    """What the booking would be; raises why it must not."""
    states.check_stays(booking.status, Action.CHANGE, actor)
    wish = changed_wish(booking, change)
    check_changeable(booking, wish, by_guest=actor is Actor.GUEST, now=now)
    return wish


async def attempt(
    tx: WriteTx, booking: Booking, wish: Wish, trial: Trial, *, actor: Actor, giving: Giving | None, now: datetime
) -> None:
    """Let go and claim anew, noting in `trial` what has been reached; call it in a savepoint."""
    trial.own = await let_go(tx, booking, wish, now=now)
    quote = await price_change(tx, booking, wish, now=now)
    if quote.business_id != booking.business_id:
        raise ChangeRefused("This is sold by someone else.")
    rate = wish.resource_id == booking.resource_id and wish.plan_id != booking.terms.plan_id
    by_staff = None if actor is Actor.GUEST else giving or Giving.FULL
    trial.settled = settle(booking, quote, plan_changed=rate, giving=by_staff, now=now)
    held_until = None if booking.status in PAID else booking.decide_by
    quote, claims = await take(tx, booking, trial.settled.quote, trial.own, held_until=held_until, now=now)
    trial.settled, trial.claims = Settled(quote, trial.settled.difference, trial.settled.kept), tuple(claims)


def shown(difference: Money) -> str:
    """`€20.00 more` or `€20.00 less`."""
    amount = Money(abs(difference.amount), difference.currency).text()
    return f"{amount} {'more' if difference.amount >= 0 else 'less'}"
