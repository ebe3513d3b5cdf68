"""Change what is said of a thing sold."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from hospes.modules.catalog import events, locking, store
from hospes.modules.catalog.contracts import Resource, ResourceDraft, draft_values
from hospes.modules.catalog.errors import DraftInvalid, VersionChanged
from hospes.modules.catalog.policies.drafts import faults_of_resource, known_amenities
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish

_FIXED = {"kind", "mode", "pooled"}


async def edit_resource(
    tx: WriteTx, *, user_id: UUID, resource_id: UUID, changes: Mapping[str, Any], expected: int | None, now: datetime
) -> Resource:
    """`changes` holds fields of `ResourceDraft` except kind, mode and pooled, on which sold time depends.

    Raises `VersionChanged` when `expected` is given and no longer the version.
    """
    if fixed := _FIXED & changes.keys():
        raise DraftInvalid(fields=dict.fromkeys(fixed, "This stays what it was at the start."))
    before = await locking.my_resource(tx, user_id, resource_id)
    if expected not in (None, before.version):
        raise VersionChanged()
    old = ResourceDraft(**draft_values(before, ResourceDraft))
    new = replace(old, **changes)
    if faults := faults_of_resource(new):
        raise DraftInvalid(fields=faults)
    new = replace(new, amenities=known_amenities(new.amenities))
    if new == old:
        return before
    after = await store.update_resource(tx, resource_id, new, now)
    data = events.resource_data(resource_id, before.property_id)
    await publish(tx, events.RESOURCE_CHANGED, resource_id, data, now=now)
    return after
