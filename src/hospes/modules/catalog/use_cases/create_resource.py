"""Add something that can be booked at a place."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hospes.modules.catalog import events, locking, store
from hospes.modules.catalog.contracts import Resource, ResourceDraft, Unit
from hospes.modules.catalog.errors import DraftInvalid, UnitNameTaken
from hospes.modules.catalog.policies.drafts import faults_of_resource, faults_of_unit_names, known_amenities
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish


async def create_resource(
    tx: WriteTx, *, user_id: UUID, property_id: UUID, draft: ResourceDraft, unit_names: tuple[str, ...], now: datetime
) -> Resource:
    """A resource with its units, at least one. Raises `DraftInvalid` naming each fault."""
    if faults := faults_of_resource(draft) | faults_of_unit_names(unit_names):
        raise DraftInvalid(fields=faults)
    await locking.my_property(tx, user_id, property_id)
    checked = replace(draft, amenities=known_amenities(draft.amenities))
    resource = await store.insert_resource(tx, new_id(), property_id, checked, now)
    units = [Unit(new_id(), resource.id, name, position, True) for position, name in enumerate(unit_names)]
    if not await store.insert_units(tx, units):
        raise UnitNameTaken()
    data = events.resource_data(resource.id, property_id)
    await publish(tx, events.RESOURCE_CREATED, resource.id, data, now=now)
    await publish(tx, events.RESOURCE_UNITS_CHANGED, resource.id, events.units_data(resource.id, len(units)), now=now)
    return resource
