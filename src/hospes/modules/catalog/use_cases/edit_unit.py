"""Rename a unit, or take it out of use and back."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hospes.modules.catalog import events, queries, store
from hospes.modules.catalog.contracts import Unit
from hospes.modules.catalog.errors import DraftInvalid, ResourceNotFound, UnitNameTaken, UnitNotFound
from hospes.modules.catalog.policies.drafts import faults_of_unit_names
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def edit_unit(
    tx: WriteTx,
    *,
    user_id: UUID,
    resource_id: UUID,
    unit_id: UUID,
    name: str | None = None,
    active: bool | None = None,
    now: datetime,
) -> Unit:
    """The unit with another name or activity. What is booked on a unit taken out of use stays booked."""
    if await store.lock_my_resource(tx, user_id, resource_id) is None:
        raise ResourceNotFound()
    units = await queries.list_units(tx, resource_id)
    before = next((unit for unit in units if unit.id == unit_id), None)
    if before is None:
        raise UnitNotFound()
    after = replace(
        before, name=before.name if name is None else name, active=before.active if active is None else active
    )
    if faults := faults_of_unit_names((after.name,)):
        raise DraftInvalid(fields=faults)
    if not await store.update_unit(tx, after):
        raise UnitNameTaken(fields={"name": "Another unit has this name."})
    if after.active != before.active:
        capacity = sum(unit.active for unit in units) + (1 if after.active else -1)
        await publish(tx, events.RESOURCE_UNITS_CHANGED, resource_id, events.units_data(resource_id, capacity), now=now)
    return after
