"""A changed booking keeps the room it was given, pin and all, when that is free for its new nights."""

from collections.abc import Sequence
from datetime import datetime

from hospes.modules.inventory.contracts import Claim
from hospes.modules.inventory.queries.room_plans import list_outages
from hospes.modules.inventory.store import room_plans as room_store
from hospes.platform.db import WriteTx


async def keep_rooms(tx: WriteTx, old: Sequence[Claim], new: Sequence[Claim], *, now: datetime) -> None:
    """Give the `new` claims the rooms that `old` ones of the same resource had (as `prepare_exchange` told).

    What another stay has by now, what is out of service then, and what somebody is planning at this moment is left: the
    next plan gives a room.
    """
    for before in old:
        after = next((each for each in new if each.resource_id == before.resource_id and each.unit_id is None), None)
        if not before.rooms or after is None or not await room_store.try_lock_rooms(tx, after.resource_id):
            continue
        closed = {
            each.unit_id for each in await list_outages(tx, after.resource_id, after.first_night, after.departure)
        }
        for room in before.rooms:
            if room.place < after.quantity and room.unit_id not in closed:
                given = room_store.Assignment(after, room.place, room.unit_id, room.pinned)
                await room_store.give_rooms(tx, [given], now)
