"""Call a departure off that has guests: seen first, then done. The sale stops at once; a job cancels the bookings one
by one with everything paid given back, and takes up where it stopped when the process dies."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hospes.modules.booking import queries, states, store
from hospes.modules.booking.contracts import Action, Actor, Booking, ChangeStatus, HoldStatus, Refund
from hospes.modules.booking.errors import RefundChanged
from hospes.modules.booking.use_cases.cancel_booking import cancel_booking, preview_cancellation
from hospes.modules.booking.use_cases.end_change import end_open_change
from hospes.modules.booking.use_cases.move_booking import lock_booking
from hospes.modules.booking.use_cases.release_hold import end_hold
from hospes.modules.catalog.contracts import Mode
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import Claim, ClaimKind, Departure
from hospes.modules.inventory.errors import DepartureClosed
from hospes.platform.caller import Caller
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.jobs import defer
from hospes.platform.money import Money

CALL_OFF = "booking.call_off_departure"
QUEUE = "booking"
SAID = "The host has called this departure off."


@dataclass(frozen=True, slots=True)
class CallingOff:
    """What calling a departure off cancels and gives back. `others` have places without a booking yet: holds, and
    changes that wait for their payment. `stamp` is the same as long as all of it is."""

    departure: Departure
    bookings: tuple[tuple[Booking, Refund], ...]
    others: int
    stamp: str

    @property
    def guests(self) -> int:
        """How many people come with these bookings."""
        return sum(booking.party.adults + booking.party.children for booking, _ in self.bookings)

    @property
    def refunds(self) -> list[Money]:
        """What goes back in all, one sum for each currency; those of nothing are left out."""
        sums: Counter[str] = Counter()
        for _, refund in self.bookings:
            sums[refund.currency] += refund.amount
        return [Money(amount, currency) for currency, amount in sorted(sums.items()) if amount]


async def preview_calling_off(
    tx: ReadTx, caller: Caller, resource_id: UUID, departure_id: UUID, *, now: datetime
) -> CallingOff:
    """What `call_off_departure` would do now; raises `DepartureNotFound`, and what `get_managed` raises."""
    await inventory.get_managed(tx, caller, resource_id, Mode.DEPARTURE)
    departure = await inventory.get_departure(tx, resource_id, departure_id, now=now)
    return await _seen(tx, departure, await inventory.claims_on_departure(tx, departure_id, now=now), now)


async def call_off_departure(
    tx: WriteTx,
    caller: Caller,
    resource_id: UUID,
    departure_id: UUID,
    *,
    stamp: str,
    reason: str = "",
    now: datetime,
) -> CallingOff:
    """Stop the sale and order the cancelling of all that was shown under this `stamp`; answers what will be cancelled.

    Raises `RefundChanged` when somebody has booked or cancelled since it was shown (nothing is done then),
    `DepartureClosed` when it has left, `DepartureNotFound`.
    """
    departure, claims = await inventory.stop_sale(tx, caller, resource_id, departure_id, now=now)
    if departure.starts_at <= now:
        raise DepartureClosed("This departure has left; it cannot be called off any more.")
    seen = await _seen(tx, departure, [each for each in claims if _firm(each, now)], now)
    if seen.stamp != stamp:
        back = ", ".join(each.text() for each in seen.refunds) or "nothing"
        sentence = f"Somebody has booked or cancelled since: {len(seen.bookings)} bookings now, {back} goes back."
        raise RefundChanged(sentence, refund=[each.as_json() for each in seen.refunds])
    await defer(
        tx,
        CALL_OFF,
        queue=QUEUE,
        lock=f"departure:{departure_id}",
        departure_id=str(departure_id),
        actor=str(Actor.HOST),
        actor_id=str(caller.user_id),
        reason=reason,
    )
    return seen


async def cancel_place(
    tx: WriteTx, claim: Claim, *, actor: Actor, actor_id: UUID, reason: str = "", now: datetime
) -> None:
    """Whoever has this place loses it: a booking is cancelled with a full refund, a hold ends, a change is withdrawn.
    Repeating it changes nothing. A guest who is on the way already keeps it."""
    note = f"{SAID} {reason}".strip()
    if claim.kind is ClaimKind.BOOKING:
        booking = await lock_booking(tx, claim.owner_id)
        if Action.CANCEL in states.allowed(booking.status, actor):
            await cancel_booking(tx, booking_id=booking.id, actor=actor, actor_id=actor_id, reason=note, now=now)
    elif change := await queries.find_change(tx, claim.owner_id):
        booking = await lock_booking(tx, change.booking_id)
        await end_open_change(
            tx, booking, ChangeStatus.WITHDRAWN, actor=actor, actor_id=actor_id, even_if_paying=True, now=now
        )
    elif hold := await store.lock_any_hold(tx, claim.owner_id):
        await end_hold(tx, hold, HoldStatus.RELEASED, now=now)
    else:
        await inventory.release(tx, claim.owner_id, now=now)


def _firm(claim: Claim, now: datetime) -> bool:
    return claim.held_until is None or claim.held_until > now


async def _seen(tx: ReadTx, departure: Departure, claims: list[Claim], now: datetime) -> CallingOff:
    owners = sorted({each.owner_id for each in claims if each.kind is ClaimKind.BOOKING})
    bookings = [each for each in await queries.list_bookings(tx, owners) if _can_be_cancelled(each)]
    found = tuple((each, preview_cancellation(each, actor=Actor.HOST, now=now)) for each in bookings)
    said = repr([(each.id, each.version, refund.amount) for each, refund in found])
    stamp = hashlib.sha256(f"{departure.id}{said}".encode()).hexdigest()[:32]
    return CallingOff(departure, found, len({each.owner_id for each in claims} - set(owners)), stamp)


def _can_be_cancelled(booking: Booking) -> bool:
    return Action.CANCEL in states.allowed(booking.status, Actor.HOST)
