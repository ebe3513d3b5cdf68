"""Sell more rooms than there are on some nights, or no longer."""

from datetime import date, datetime, timedelta
from uuid import UUID

from hospes.modules.catalog.contracts import Mode
from hospes.modules.inventory.errors import WrongMode
from hospes.modules.inventory.queries.room_plans import CountedNight, list_nights
from hospes.modules.inventory.store import room_plans as room_store
from hospes.modules.inventory.use_cases.managing import get_managed
from hospes.modules.inventory.use_cases.sell_nights import check_nights, make_room_for, tell_nights
from hospes.platform.caller import Caller
from hospes.platform.db import WriteTx


async def set_overbooking(
    tx: WriteTx, caller: Caller, resource_id: UUID, *, first: date, departure: date, places: int, now: datetime
) -> list[CountedNight]:
    """The nights [first, departure), of which so many places more than rooms in service may be sold.

    Raises `WrongMode` for rooms that are not counted, `OutageInvalid`, and `CapacityBelowSold` with who is there.
    """
    sellable = await get_managed(tx, caller, resource_id, Mode.NIGHTLY)
    if not sellable.pooled:
        raise WrongMode("Only rooms that are counted can be overbooked; these are sold one by one.")
    check_nights(first, departure, sellable.zone, now)
    await make_room_for(tx, sellable, first, departure, fewer=0, overbooking=places, now=now)
    await room_store.set_overbooking(tx, resource_id, first, departure - timedelta(days=1), places)
    await tell_nights(tx, resource_id, first, departure, now)
    return await list_nights(tx, resource_id, first, departure)
