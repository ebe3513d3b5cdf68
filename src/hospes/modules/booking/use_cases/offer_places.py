"""A place is free again: who waits longest is offered it, as a hold of their own."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from hospes.modules.booking import events, queries, store
from hospes.modules.booking.contracts import Hold, Hours, WaitEntry, WaitStatus, Wish
from hospes.modules.booking.policies.deadlines import OFFER_FOR
from hospes.modules.booking.use_cases.lock_wishes import lock_wishes
from hospes.modules.booking.use_cases.place_hold import tell_hold, write_hold
from hospes.modules.booking.use_cases.quote_wish import price_wish
from hospes.modules.catalog import facade as catalog
from hospes.modules.inventory import facade as inventory
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.errors import HospesError
from hospes.platform.outbox import publish

QUEUE = 200


async def offer_places(tx: WriteTx, resource_id: UUID, *, now: datetime) -> int:
    """Offer what is free of a resource to those who wait for it, in their order; answers how many offers were made.

    An offer is a claim, so no place is offered to two. Offers that were not taken are noted first.
    """
    if not await queries.is_awaited(tx, resource_id):
        return 0
    await store.lock_queue(tx, resource_id)
    for entry_id, status in await store.settle_offers(tx, resource_id, now):
        if status is WaitStatus.LAPSED:
            data = {"entry_id": str(entry_id), "resource_id": str(resource_id)}
            await publish(tx, events.WAITLIST_LAPSED, entry_id, data, now=now)
    await store.close_past(tx, resource_id, now)
    offered, waiting = 0, await store.lock_waiting(tx, resource_id, QUEUE)
    await lock_wishes(tx, [entry.wish for entry in waiting])
    for entry in waiting:
        try:
            async with tx.savepoint():
                if await _offer(tx, entry, now):
                    offered += 1
        except HospesError:
            continue  # not free for this one, or not to be had any more: the next may want less
    return offered


async def first_slot(tx: ReadTx, wish: Wish, hours: Hours, minutes: int, *, now: datetime) -> Hours | None:
    """The first time of that length that can be booked within the hours."""
    sellable = await catalog.get_sellable(tx, wish.resource_id)
    zone = ZoneInfo(sellable.zone)
    found = await inventory.slots(
        tx,
        resource_id=sellable.resource_id,
        zone=sellable.zone,
        unit_ids=(wish.unit_id,) if wish.unit_id else sellable.unit_ids,
        first=hours.starts_at.astimezone(zone).date(),
        last=hours.ends_at.astimezone(zone).date(),
        minutes=minutes,
        place=hours.place,
        now=now,
    )
    fits = (each for each in found if each.starts_at >= hours.starts_at and each.ends_at <= hours.ends_at)
    slot = next(fits, None)
    return None if slot is None else replace(hours, starts_at=slot.starts_at, ends_at=slot.ends_at)


async def _offer(tx: WriteTx, entry: WaitEntry, now: datetime) -> bool:
    wish = entry.wish
    if entry.minutes is not None and isinstance(wish.when, Hours):
        slot = await first_slot(tx, wish, wish.when, entry.minutes, now=now)
        if slot is None:
            return False
        wish = replace(wish, when=slot)
    hold = await _hold(tx, wish, entry.guest_id, now)
    await store.move_entry(tx, entry, WaitStatus.OFFERED, hold_id=hold.id, now=now)
    data = events.waitlist_data(entry, hold_id=str(hold.id), offered_until=hold.expires_at.isoformat())
    await publish(tx, events.WAITLIST_OFFERED, entry.id, data, now=now)
    return True


async def _hold(tx: WriteTx, wish: Wish, guest_id: UUID, now: datetime) -> Hold:
    """A hold that counts against no limit and is not renewed."""
    quote = await price_wish(tx, wish, now=now)
    hold = await write_hold(tx, wish, quote, guest_id=guest_id, lasts=OFFER_FOR, renewed=True, now=now)
    await store.renew_hold(tx, hold, now=now)
    await tell_hold(tx, hold, now=now)
    return hold
