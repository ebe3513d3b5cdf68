"""Wait for a place that is taken."""

from datetime import datetime
from uuid import UUID

from hospes.modules.booking import events, queries, store
from hospes.modules.booking.contracts import Hours, Leaving, Nights, WaitEntry, WaitStatus, Wish
from hospes.modules.booking.errors import AlreadyWaiting, ArrivalInPast, NothingToWaitFor, TooManyHolds
from hospes.modules.booking.policies.asks import nights_taken
from hospes.modules.booking.use_cases.offer_places import first_slot
from hospes.modules.booking.use_cases.quote_wish import quote_wish
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Sellable
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.errors import DayFull, NotAvailable, TooFarToTravel, WeekFull
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish

MOST_WAITING = 20
TAKEN = (NotAvailable, DayFull, WeekFull, TooFarToTravel)


async def join_waitlist(
    tx: WriteTx, wish: Wish, *, guest_id: UUID, minutes: int | None = None, now: datetime
) -> WaitEntry:
    """A place in the queue for the wish, or with `minutes` for any time of that length within its hours.

    Raises `NothingToWaitFor` when it can be booked now, `AlreadyWaiting`, `TooManyHolds` above twenty, and what
    `quote_wish` raises for what can never be booked.
    """
    sellable = await catalog.get_sellable(tx, wish.resource_id)
    if await _free(tx, sellable, wish, minutes, now):
        raise NothingToWaitFor("There is room for this. Book it while it lasts.")
    starts_at, ends_at = await _span(tx, sellable, wish, now)
    if starts_at <= now:
        raise ArrivalInPast("This has begun already.")
    await store.lock_guest(tx, guest_id)
    if await queries.count_open_entries(tx, guest_id) >= MOST_WAITING:
        raise TooManyHolds(f"You are waiting for {MOST_WAITING} places already.")
    entry = WaitEntry(
        id=new_id(),
        guest_id=guest_id,
        business_id=sellable.business_id,
        resource_id=sellable.resource_id,
        wish=wish,
        minutes=minutes,
        starts_at=starts_at,
        ends_at=ends_at,
        status=WaitStatus.WAITING,
        hold_id=None,
        offered_until=None,
        created_at=now,
    )
    if not await store.insert_entry(tx, entry):
        raise AlreadyWaiting("You are in this queue already.")
    await publish(tx, events.WAITLIST_JOINED, entry.id, events.waitlist_data(entry), now=now)
    found = await queries.find_entry(tx, entry.id, guest_id)
    assert found is not None
    return found


async def _free(tx: ReadTx, sellable: Sellable, wish: Wish, minutes: int | None, now: datetime) -> bool:
    if minutes is not None and isinstance(wish.when, Hours):
        return await first_slot(tx, wish, wish.when, minutes, now=now) is not None
    try:
        return (await quote_wish(tx, wish, now=now)).available
    except TAKEN:
        return False


async def _span(tx: ReadTx, sellable: Sellable, wish: Wish, now: datetime) -> tuple[datetime, datetime]:
    if isinstance(wish.when, Nights):
        return nights_taken(sellable.zone, wish.when.arrival, wish.when.departure)
    if isinstance(wish.when, Leaving):
        departure = await inventory.get_departure(tx, sellable.resource_id, wish.when.departure_id, now=now)
        return departure.starts_at, departure.ends_at
    return wish.when.starts_at, wish.when.ends_at
