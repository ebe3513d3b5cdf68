"""Change what is said of a place."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from hospes.modules.catalog import events, locking, store
from hospes.modules.catalog.contracts import Property, PropertyDraft, draft_values
from hospes.modules.catalog.errors import VersionChanged, ZoneInUse
from hospes.modules.catalog.use_cases.create_property import checked_property
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.outbox import publish

TakenUntil = Callable[[ReadTx, Sequence[UUID], datetime], Awaitable[datetime | None]]


async def edit_property(
    tx: WriteTx,
    taken_until: TakenUntil | None = None,
    *,
    user_id: UUID,
    property_id: UUID,
    changes: Mapping[str, Any],
    expected: int | None,
    now: datetime,
) -> Property:
    """`changes` holds fields of `PropertyDraft`; moving the coordinates without naming a zone derives it anew.

    `taken_until` answers until when any of these resources is taken, or None. Raises `VersionChanged` when `expected`
    is given and no longer the version, `ZoneInUse` when the clock would change under those who have booked.
    """
    before = await locking.my_property(tx, user_id, property_id)
    if expected not in (None, before.version):
        raise VersionChanged()
    old = PropertyDraft(**draft_values(before, PropertyDraft))
    moved = any(changes.get(axis, getattr(old, axis)) != getattr(old, axis) for axis in ("latitude", "longitude"))
    zone = changes.get("zone", "" if moved else old.zone)
    new = checked_property(replace(old, **{**changes, "zone": zone}))
    if new == old:
        return before
    touched = await store.resource_ids_of_property(tx, property_id)
    until = await taken_until(tx, touched, now) if taken_until and new.zone != old.zone and touched else None
    if until is not None:
        said = f"The time zone can change once nothing is booked or blocked any more, after {until:%d %B %Y}."
        raise ZoneInUse(said, fields={"zone": said})
    after = await store.update_property(tx, property_id, new, now)
    data = events.property_data(property_id, before.business_id, touched)
    await publish(tx, events.PROPERTY_CHANGED, property_id, data, now=now)
    return after
