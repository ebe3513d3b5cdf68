"""Write or remove special hours of one day."""

from datetime import date, datetime
from uuid import UUID

from hospes.modules.catalog.contracts import Mode
from hospes.modules.catalog.errors import VersionChanged
from hospes.modules.inventory import queries, store
from hospes.modules.inventory.contracts import DayException, Schedule
from hospes.modules.inventory.errors import ExceptionNotFound, ScheduleNotFound
from hospes.modules.inventory.events import SCHEDULE_CHANGED
from hospes.modules.inventory.policies.opening_rules import check_exception
from hospes.modules.inventory.use_cases.managing import get_managed
from hospes.platform.caller import Caller
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def put_exception(
    tx: WriteTx, caller: Caller, resource_id: UUID, said: DayException, *, expected: int | None, now: datetime
) -> int:
    """The schedule's new version; raises `ScheduleNotFound`, `ScheduleInvalid`, `VersionChanged`."""
    sellable = await get_managed(tx, caller, resource_id, Mode.TIMED)
    schedule = await _locked(tx, resource_id, expected)
    check_exception(schedule, said, sellable.unit_ids)
    await store.put_exception(tx, resource_id, said)
    return await _changed(tx, resource_id, now)


async def delete_exception(
    tx: WriteTx,
    caller: Caller,
    resource_id: UUID,
    day: date,
    unit_id: UUID | None,
    *,
    expected: int | None,
    now: datetime,
) -> int:
    """The schedule's new version; raises `ScheduleNotFound`, `ExceptionNotFound`, `VersionChanged`."""
    await get_managed(tx, caller, resource_id, Mode.TIMED)
    await _locked(tx, resource_id, expected)
    if not await store.delete_exception(tx, resource_id, day, unit_id):
        raise ExceptionNotFound("There are no special hours on this day.")
    return await _changed(tx, resource_id, now)


async def _locked(tx: WriteTx, resource_id: UUID, expected: int | None) -> Schedule:
    await store.lock_schedule(tx, resource_id)
    schedule = await queries.find_schedule(tx, resource_id)
    if schedule is None:
        raise ScheduleNotFound("Set the opening hours first.")
    if expected is not None and schedule.version != expected:
        raise VersionChanged("These opening hours have been changed in the meantime. Read them again.")
    return schedule


async def _changed(tx: WriteTx, resource_id: UUID, now: datetime) -> int:
    version = await store.touch_schedule(tx, resource_id)
    await publish(tx, SCHEDULE_CHANGED, resource_id, {"resource_id": str(resource_id)}, now=now)
    return version
