"""Give a booking other claims in one transaction, so that a refusal leaves everything as it was."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hospes.modules.booking import store
from hospes.modules.booking.contracts import Booking, ChangeRequest, Nights, Quote, Wish
from hospes.modules.booking.errors import BeyondHorizon, ChangeRefused
from hospes.modules.booking.policies.changing import kept_nights
from hospes.modules.booking.policies.keeping import prefer_own_units
from hospes.modules.booking.use_cases.lock_wishes import wanted_for
from hospes.modules.booking.use_cases.place_hold import claim_quote, release_own, resources_of, time_taken
from hospes.modules.booking.use_cases.quote_wish import price_wish
from hospes.modules.booking.use_cases.spending import spend_as
from hospes.modules.catalog.errors import ResourceNotFound
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import Claim, ClaimKind, Wanted
from hospes.modules.inventory.errors import NotAvailable
from hospes.platform.db import WriteTx


async def let_go(tx: WriteTx, booking: Booking, wish: Wish, *, now: datetime) -> list[Claim]:
    """What the booking held: released, so that it is not in its own way. Call it in a savepoint that claims afterwards.

    Everything old and new is locked first, in the order in which everybody locks.
    """
    request, own = await lock_exchange(tx, booking, wish)
    await inventory.release(tx, booking.id, now=now)
    if request is not None:
        await inventory.release(tx, request.id, now=now)
    return own


async def lock_exchange(tx: WriteTx, booking: Booking, wish: Wish) -> tuple[ChangeRequest | None, list[Claim]]:
    """Lock what the booking and a change that waits hold together with what is wished for, before the first of it is
    let go or claimed; that change, and what the booking holds."""
    request = await store.lock_open_change(tx, booking.id)
    await store.lock_own_holds(tx, booking.guest_id)
    others = [item.resource_id for item in request.quote.terms.items] if request else []
    wanted = [await wanted_for(tx, each, wish) for each in (wish.resource_id, *(e.resource_id for e in wish.extras))]
    wanted += [Wanted(each, (), False, 0) for each in others]
    owners = [booking.id] if request is None else [booking.id, request.id]
    claims = await inventory.prepare_exchange(tx, owners, wanted)
    return request, [each for each in claims if each.owner_id == booking.id]


async def price_change(tx: WriteTx, booking: Booking, wish: Wish, *, now: datetime) -> Quote:
    """The wish at the price of nights agreed before and today's price of others, with the coupons as they were agreed;
    raises what `price_wish` raises.

    While the arrival stays, how early one has to book is judged as on the day it was booked.
    """
    try:
        return spend_as(await _price(tx, booking, wish, now), booking.terms)
    except ResourceNotFound as gone:
        raise ChangeRefused("This is not on sale any more: please ask the host to see to it.") from gone


async def _price(tx: WriteTx, booking: Booking, wish: Wish, now: datetime) -> Quote:
    kept = kept_nights(booking, wish)
    if isinstance(wish.when, Nights) and wish.when.arrival == booking.arrival:
        try:
            return await price_wish(tx, wish, now=booking.created_at, kept=kept)
        except BeyondHorizon:
            pass  # it goes on further than could be booked on that day
    return await price_wish(tx, wish, now=now, kept=kept)


async def take(
    tx: WriteTx, booking: Booking, quote: Quote, own: Sequence[Claim], *, held_until: datetime | None, now: datetime
) -> tuple[Quote, list[Claim]]:
    """Claim what is quoted, on the units and in the rooms the guest has if they are free; raises `NotAvailable`.

    The guest's own holds give way when nothing else is free.
    """
    quote = prefer_own_units(quote, own)
    claims = await _claim_past_own(tx, booking, quote, held_until, now)
    await inventory.keep_rooms(tx, own, claims, now=now)
    return quote, claims


async def _claim_past_own(
    tx: WriteTx, booking: Booking, quote: Quote, held_until: datetime | None, now: datetime
) -> list[Claim]:
    try:
        async with tx.savepoint():
            return await _claim(tx, booking.id, quote, held_until, now)
    except NotAvailable:
        if not await release_own(tx, booking.guest_id, resources_of(quote), *time_taken(quote), quote=quote, now=now):
            raise
    return await _claim(tx, booking.id, quote, held_until, now)


async def _claim(tx: WriteTx, owner_id: UUID, quote: Quote, held_until: datetime | None, now: datetime) -> list[Claim]:
    return list(await claim_quote(tx, quote, kind=ClaimKind.BOOKING, owner_id=owner_id, held_until=held_until, now=now))
