"""Nights from a day on go back on sale; the guest keeps the unit they are in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from hospes.modules.booking.contracts import Booking, Mode
from hospes.modules.booking.errors import NotAllowed
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import Ask, Claim, ClaimAsk, ClaimKind
from hospes.platform.db import WriteTx


async def shorten_claims(tx: WriteTx, booking: Booking, departure: date, *, now: datetime) -> Sequence[Claim]:
    """The claims up to that day, what the booking is about first. Counters go down with them."""
    assert booking.mode is Mode.NIGHTLY
    own = await inventory.prepare_exchange(tx, [booking.id], ())
    if not own:
        raise NotAllowed("This booking holds no nights any more.")
    own.sort(key=lambda each: (each.resource_id != booking.resource_id, each.resource_id, each.id))
    zone = booking.terms.zone
    asks: list[Ask] = [_until(each, departure, zone) for each in own]
    async with tx.savepoint():
        await inventory.release(tx, booking.id, now=now)
        claims = await inventory.claim_all(tx, asks, kind=ClaimKind.BOOKING, owner_id=booking.id, now=now)
        await inventory.keep_rooms(tx, own, claims, now=now)
        return claims


def _until(claim: Claim, departure: date, zone: str) -> ClaimAsk:
    ask = ClaimAsk(
        resource_id=claim.resource_id,
        unit_ids=() if claim.unit_id is None else (claim.unit_id,),
        pooled=claim.unit_id is None,
        capacity=claim.quantity,
        zone=zone,
        first_night=claim.first_night,
        departure=claim.departure,
        quantity=claim.quantity,
    )
    return replace(ask, departure=min(departure, claim.departure))
