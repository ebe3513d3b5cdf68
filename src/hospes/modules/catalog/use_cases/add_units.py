"""Add units to a resource."""

from datetime import datetime
from uuid import UUID

from hospes.modules.catalog import events, locking, queries, store
from hospes.modules.catalog.contracts import Unit
from hospes.modules.catalog.errors import DraftInvalid, UnitNameTaken
from hospes.modules.catalog.policies.drafts import MAX_UNITS, faults_of_unit_names
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish


async def add_units(
    tx: WriteTx, *, user_id: UUID, resource_id: UUID, names: tuple[str, ...], now: datetime
) -> list[Unit]:
    """The new units, placed last. Raises `UnitNameTaken` when the resource has one of the names already."""
    if faults := faults_of_unit_names(names):
        raise DraftInvalid(fields=faults)
    await locking.my_resource(tx, user_id, resource_id)
    there = await queries.list_units(tx, resource_id)
    if len(there) + len(names) > MAX_UNITS:
        raise DraftInvalid(fields={"units": f"At most {MAX_UNITS} units."})
    first = max((unit.position for unit in there), default=-1) + 1
    units = [Unit(new_id(), resource_id, name, first + offset, True) for offset, name in enumerate(names)]
    if not await store.insert_units(tx, units):
        raise UnitNameTaken(fields={"name": "Another unit has this name."})
    capacity = sum(unit.active for unit in there) + len(units)
    await publish(tx, events.RESOURCE_UNITS_CHANGED, resource_id, events.units_data(resource_id, capacity), now=now)
    return units
