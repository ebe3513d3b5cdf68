"""A database from before there was a ledger: what moved, and what bookings earned, is posted after the fact.

Everything is posted under the key it would have had, so this can be stopped anywhere and begun again: what is there
already stays as it is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hospes.modules.booking import facade as bookings
from hospes.modules.booking.contracts import Booking
from hospes.modules.ledger import facade as ledger
from hospes.modules.ledger.contracts import Line, host, provider, tax
from hospes.modules.payments import facade as payments
from hospes.modules.payouts import queries
from hospes.modules.payouts.use_cases.allocate_booking import allocate_booking
from hospes.platform.db import WriteTx
from hospes.platform.runtime import Runtime

AT_ONCE = 200
ELSEWHERE = "paid_elsewhere"


@dataclass(slots=True)
class Backfilled:
    """How many movements and bookings were looked at."""

    movements: int = 0
    bookings: int = 0


async def backfill_ledger(
    rt: Runtime, *, settled_before: datetime | None, told: Callable[[Backfilled], None] = lambda _: None
) -> Backfilled:
    """Post what is missing, some hundred a transaction. What hosts earned with stays that began before
    `settled_before` counts as paid to them already by other means; None: all of it is still owed."""
    done, after = Backfilled(), None
    while True:
        async with rt.db.write() as tx:
            after = await payments.post_missing(tx, after=after, limit=AT_ONCE)
        if after is None:
            break
        done.movements += AT_ONCE
        told(done)
    seen: UUID | None = None
    while True:
        async with rt.db.write() as tx:
            found = await bookings.list_all(tx, after=seen, limit=AT_ONCE)
            for booking in found:
                await _earn(tx, rt, booking, settled_before)
        if not found:
            return done
        seen = found[-1].id
        done.bookings += len(found)
        told(done)


async def _earn(tx: WriteTx, rt: Runtime, booking: Booking, settled_before: datetime | None) -> None:
    if await queries.find_earning(tx, booking.id) is not None:
        return
    now = rt.clock.now()
    shares = await allocate_booking(tx, booking.id, terms=rt.settings.payouts, even_if_over=True, now=now)
    if shares is None or settled_before is None or booking.check_in_at >= settled_before:
        return
    paid = await payments.payment_of(tx, booking.id)
    earning = await queries.find_earning(tx, booking.id)
    if paid is None or earning is None or earning.due <= 0:
        return
    await ledger.post(
        tx,
        key=f"elsewhere:{booking.id}",
        kind=ELSEWHERE,
        about=booking.id,
        lines=[
            Line(host(booking.business_id), earning.earned),
            Line(tax(booking.business_id), earning.taxes),
            Line(provider(paid.provider), -earning.due),
        ],
        currency=booking.total.currency,
        note=f"{booking.reference}, paid before there was a ledger",
        now=now,
    )
    await allocate_booking(tx, booking.id, terms=rt.settings.payouts, even_if_over=True, now=now)
