"""Write the opening hours of a resource."""

from dataclasses import replace
from datetime import datetime

from hospes.modules.catalog.contracts import Mode
from hospes.modules.catalog.errors import VersionChanged
from hospes.modules.inventory import queries, store
from hospes.modules.inventory.contracts import Schedule
from hospes.modules.inventory.events import SCHEDULE_CHANGED
from hospes.modules.inventory.policies.opening_rules import check_schedule
from hospes.modules.inventory.use_cases.managing import get_managed
from hospes.platform.caller import Caller
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def put_schedule(tx: WriteTx, caller: Caller, said: Schedule, *, expected: int | None, now: datetime) -> Schedule:
    """The schedule as it is now, exceptions kept. What is booked stays booked.

    Raises `ScheduleInvalid`, and `VersionChanged` when it is not the `expected` version any more.
    """
    sellable = await get_managed(tx, caller, said.resource_id, Mode.TIMED)
    check_schedule(said, sellable.unit_ids)
    version = await store.lock_schedule(tx, said.resource_id)
    if expected is not None and version != expected:
        raise VersionChanged("These opening hours have been changed in the meantime. Read them again.")
    await store.put_schedule(tx, said)
    written = await queries.find_schedule(tx, said.resource_id)
    data = {"resource_id": str(said.resource_id)}
    await publish(tx, SCHEDULE_CHANGED, said.resource_id, data, now=now)
    return written or replace(said, version=1)
