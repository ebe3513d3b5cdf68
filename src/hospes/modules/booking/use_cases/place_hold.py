"""Keep a place for a guest while they make up their mind and pay."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from hospes.modules.booking import events, queries, store
from hospes.modules.booking.contracts import Hold, HoldStatus, Hours, Mode, Nights, Party, Quote, Wish
from hospes.modules.booking.errors import PriceChanged, TooManyHolds
from hospes.modules.booking.policies.asks import nights_taken
from hospes.modules.booking.policies.deadlines import HOLD_FOR, MAX_HOLDS
from hospes.modules.booking.use_cases.quote_wish import price_wish
from hospes.modules.booking.use_cases.release_hold import end_hold
from hospes.modules.booking.use_cases.spending import reserve, spend, wants
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import Claim, ClaimAsk, ClaimKind, Wanted
from hospes.platform.db import WriteTx
from hospes.platform.errors import Conflict
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish


async def place_hold(
    tx: WriteTx,
    *,
    guest_id: UUID,
    resource_id: UUID,
    arrival: date,
    departure: date,
    party: Party,
    expected_total: int | None = None,
    now: datetime,
) -> Hold:
    """A hold of nights of one place; as `hold_wish`."""
    wish = Wish(resource_id, Nights(arrival, departure), party)
    return await hold_wish(tx, wish, guest_id=guest_id, expected_total=expected_total, now=now)


async def hold_wish(
    tx: WriteTx, wish: Wish, *, guest_id: UUID, expected_total: int | None = None, now: datetime
) -> Hold:
    """A hold of 15 minutes at today's price; the guest's own holds in the way give way to it.

    Raises what `quote_wish` raises, `PriceChanged`, `TooManyHolds` above five at once, `NotAvailable`.
    """
    await store.lock_guest(tx, guest_id)
    quote = await price_past_own(tx, wish, guest_id=guest_id, now=now)
    if wants(wish):  # after the guest's own holds have given their coupons and credit back
        await release_own(tx, guest_id, resources_of(quote), *time_taken(quote), quote=quote, now=now)
        quote = await spend(tx, quote, codes=wish.coupons, use_credit=wish.use_credit, guest_id=guest_id, now=now)
    if expected_total is not None and expected_total != quote.price.total:
        raise PriceChanged(f"The total is {quote.total.text()} now.", total=quote.total.as_json())
    if not wants(wish):
        await release_own(tx, guest_id, resources_of(quote), *time_taken(quote), quote=quote, now=now)
    if len(await queries.list_holds_of_guest(tx, guest_id, now)) >= MAX_HOLDS:
        raise TooManyHolds(f"You are keeping {MAX_HOLDS} places already. Book or release one of them first.")
    hold = await write_hold(tx, wish, quote, guest_id=guest_id, lasts=HOLD_FOR, now=now)
    await reserve(tx, quote.terms, owner_id=hold.id, guest_id=guest_id, until=hold.expires_at, now=now)
    await tell_hold(tx, hold, now=now)
    return hold


async def write_hold(
    tx: WriteTx, wish: Wish, quote: Quote, *, guest_id: UUID, lasts: timedelta, renewed: bool = False, now: datetime
) -> Hold:
    """A live hold of everything quoted, claimed; raises `NotAvailable`. `tell_hold` when all of it is written."""
    hold = Hold(
        id=new_id(),
        guest_id=guest_id,
        resource_id=wish.resource_id,
        arrival=quote.arrival,
        departure=quote.departure,
        party=wish.party,
        quote=quote,
        status=HoldStatus.LIVE,
        expires_at=now + lasts,
        created_at=now,
        renewed=renewed,
    )
    await claim_quote(tx, quote, kind=ClaimKind.HOLD, owner_id=hold.id, held_until=hold.expires_at, now=now)
    await store.insert_hold(tx, hold, *time_taken(quote))
    return hold


async def tell_hold(tx: WriteTx, hold: Hold, *, now: datetime) -> None:
    """The fact that it is held."""
    others = resources_of(hold.quote)[1:]
    data = events.nights_data(hold.resource_id, hold.arrival, hold.departure, others=others, hold_id=str(hold.id))
    await publish(tx, events.HOLD_CREATED, hold.id, data, now=now)


async def claim_quote(
    tx: WriteTx, quote: Quote, *, kind: ClaimKind, owner_id: UUID, held_until: datetime | None, now: datetime
) -> Sequence[Claim]:
    """Take everything quoted, what it is about first, or raise `NotAvailable`."""
    asks = [ask for item in quote.terms.items for ask in item.asks]
    if len(asks) == 1:
        return [await inventory.claim(tx, asks[0], kind=kind, owner_id=owner_id, held_until=held_until, now=now)]
    return await inventory.claim_all(tx, asks, kind=kind, owner_id=owner_id, held_until=held_until, now=now)


async def price_past_own(tx: WriteTx, wish: Wish, *, guest_id: UUID, now: datetime) -> Quote:
    """The quote; by the hour it is refused for what is taken, so the guest's own holds in the way are let go first."""
    if not isinstance(wish.when, Hours):
        return await price_wish(tx, wish, now=now)
    try:
        return await price_wish(tx, wish, now=now)
    except Conflict:
        resources = [wish.resource_id, *(each.resource_id for each in wish.extras)]
        if not await release_own(tx, guest_id, resources, wish.when.starts_at, wish.when.ends_at, now=now):
            raise
    return await price_wish(tx, wish, now=now)


async def release_own(
    tx: WriteTx,
    guest_id: UUID,
    resource_ids: Sequence[UUID],
    starts_at: datetime,
    ends_at: datetime,
    *,
    quote: Quote | None = None,
    now: datetime,
) -> bool:
    """A guest's own hold never blocks them: let go of those in the way; True when there was one.

    With the `quote` that will be claimed next, both are locked in the order in which everybody locks."""
    holds = await store.lock_overlapping_holds(tx, guest_id, resource_ids, starts_at, ends_at)
    if holds:
        await inventory.prepare_exchange(tx, [each.id for each in holds], wanted_of(quote) if quote else [])
    for hold in holds:
        await end_hold(tx, hold, HoldStatus.RELEASED, now=now)
    return bool(holds)


def time_taken(quote: Quote) -> tuple[datetime, datetime]:
    """The span in which another hold of the same place is in the way."""
    if quote.terms.mode is Mode.NIGHTLY:
        return nights_taken(quote.terms.zone, quote.arrival, quote.departure)
    return quote.check_in_at, quote.check_out_at


def wanted_of(quote: Quote) -> list[Wanted]:
    """What will be claimed, as inventory locks it."""
    return [
        Wanted(ask.resource_id, ask.unit_ids, ask.pooled, ask.capacity, (ask.first_night, ask.departure))
        for item in quote.terms.items
        for ask in item.asks
        if isinstance(ask, ClaimAsk)
    ]


def resources_of(quote: Quote) -> list[UUID]:
    """Everything it claims, what it is about first."""
    return [item.resource_id for item in quote.terms.items]
