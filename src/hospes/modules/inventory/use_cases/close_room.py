"""Take a room out of service, and put it back: so many rooms fewer are on sale on those nights."""

from datetime import date, datetime, timedelta
from uuid import UUID

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Mode, Sellable
from hospes.modules.catalog.errors import UnitNotFound
from hospes.modules.inventory import store
from hospes.modules.inventory.contracts import ClaimAsk, ClaimKind
from hospes.modules.inventory.errors import NotAvailable, OutageInvalid, OutageNotFound, UnitTaken
from hospes.modules.inventory.policies.feeds import days_between
from hospes.modules.inventory.queries.room_plans import Outage, find_outage, list_guests, list_outages, list_stays_in
from hospes.modules.inventory.store import room_plans as room_store
from hospes.modules.inventory.use_cases.claim_nights import claim_nights
from hospes.modules.inventory.use_cases.managing import get_managed
from hospes.modules.inventory.use_cases.sell_nights import check_nights, make_room_for, stays_listed, tell_nights
from hospes.platform.caller import Caller
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id


async def close_room(
    tx: WriteTx,
    caller: Caller,
    resource_id: UUID,
    *,
    unit_id: UUID,
    first: date,
    departure: date,
    reason: str,
    now: datetime,
) -> Outage:
    """Nobody is put into the unit on the nights [first, departure).

    Raises `UnitNotFound`, `OutageInvalid`, `UnitTaken` with who has the room then, and `CapacityBelowSold` with the
    nights and stays when more rooms are sold than would be left.
    """
    sellable = await get_managed(tx, caller, resource_id, Mode.NIGHTLY, catalog.Permission.CALENDAR)
    check_nights(first, departure, sellable.zone, now)
    if unit_id not in sellable.unit_ids:
        raise UnitNotFound()
    await room_store.lock_rooms(tx, resource_id)
    outage = Outage(new_id(), resource_id, unit_id, first, departure, reason)
    if not sellable.pooled:
        await _claim(tx, sellable, outage, now)
    else:
        await _count_out(tx, sellable, outage, now)
    await tell_nights(tx, resource_id, first, departure, now)
    return outage


async def open_room(tx: WriteTx, caller: Caller, resource_id: UUID, outage_id: UUID, *, now: datetime) -> None:
    """The room is in service again; raises `OutageNotFound`."""
    sellable = await get_managed(tx, caller, resource_id, Mode.NIGHTLY, catalog.Permission.CALENDAR)
    await room_store.lock_rooms(tx, resource_id)
    outage = await find_outage(tx, outage_id)
    if outage is None or outage.resource_id != resource_id:
        raise OutageNotFound()
    await room_store.delete_outage(tx, outage_id)
    if sellable.pooled:
        await _recount(tx, sellable, outage)
    else:
        await store.release_owner(tx, outage_id, now)
    await tell_nights(tx, resource_id, outage.first_night, outage.departure, now)


async def _claim(tx: WriteTx, sellable: Sellable, outage: Outage, now: datetime) -> None:
    """A unit that is claimed by itself is blocked by itself."""
    ask = ClaimAsk(
        sellable.resource_id, (outage.unit_id,), False, 1, sellable.zone, outage.first_night, outage.departure
    )
    block = ClaimKind.BLOCK
    try:
        await claim_nights(tx, ask, kind=block, owner_id=outage.id, held_until=None, now=now, note=outage.reason)
    except NotAvailable as refusal:
        nights = days_between(outage.first_night, outage.departure)
        claims = await list_guests(tx, sellable.resource_id, nights, outage.unit_id)
        raise UnitTaken("This room is taken on some of these nights.", taken=stays_listed(claims)) from refusal
    await room_store.insert_outage(tx, outage, now)


async def _count_out(tx: WriteTx, sellable: Sellable, outage: Outage, now: datetime) -> None:
    first, departure = outage.first_night, outage.departure
    stays = await list_stays_in(tx, outage.unit_id, first, departure)
    if stays:
        raise UnitTaken("Somebody has this room then.", taken=stays_listed([each.claim for each in stays]))
    if any(each.unit_id == outage.unit_id for each in await list_outages(tx, sellable.resource_id, first, departure)):
        raise OutageInvalid("This room is out of service on some of these nights already.")
    await make_room_for(tx, sellable, first, departure, fewer=1, overbooking=None, now=now)
    await room_store.insert_outage(tx, outage, now)
    await _recount(tx, sellable, outage)


async def _recount(tx: WriteTx, sellable: Sellable, outage: Outage) -> None:
    last = outage.departure - timedelta(days=1)
    units = sellable.unit_ids
    await store.set_capacity(tx, sellable.resource_id, len(units), outage.first_night, last=last, unit_ids=units)
