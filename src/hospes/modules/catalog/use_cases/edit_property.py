"""Change what is said of a place."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from hospes.modules.catalog import events, store
from hospes.modules.catalog.contracts import Property, PropertyDraft, draft_values
from hospes.modules.catalog.errors import PropertyNotFound, VersionChanged
from hospes.modules.catalog.use_cases.create_property import checked_property
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def edit_property(
    tx: WriteTx, *, user_id: UUID, property_id: UUID, changes: Mapping[str, Any], expected: int | None, now: datetime
) -> Property:
    """`changes` holds fields of `PropertyDraft`; moving the coordinates without naming a zone derives it anew.

    Raises `VersionChanged` when `expected` is given and no longer the version.
    """
    before = await store.lock_property(tx, property_id, user_id=user_id)
    if before is None:
        raise PropertyNotFound()
    if expected not in (None, before.version):
        raise VersionChanged()
    old = PropertyDraft(**draft_values(before, PropertyDraft))
    moved = any(changes.get(axis, getattr(old, axis)) != getattr(old, axis) for axis in ("latitude", "longitude"))
    zone = changes.get("zone", "" if moved else old.zone)
    new = checked_property(replace(old, **{**changes, "zone": zone}))
    if new == old:
        return before
    after = await store.update_property(tx, property_id, new, now)
    touched = await store.resource_ids_of_property(tx, property_id)
    data = events.property_data(property_id, before.business_id, touched)
    await publish(tx, events.PROPERTY_CHANGED, property_id, data, now=now)
    return after
