"""What every change of plans, rules and restrictions has in common."""

from datetime import datetime
from uuid import UUID

from hospes.modules.catalog.errors import VersionChanged
from hospes.modules.pricing import events, store
from hospes.modules.pricing.errors import RateNotFound
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def begin_change(tx: WriteTx, resource_id: UUID, *, now: datetime) -> None:
    """Lock the resource's rate, so that changes of it come one after the other; raises `RateNotFound`."""
    if not await store.touch_rate(tx, resource_id, now):
        raise RateNotFound("Set a base price first.")


async def end_change(tx: WriteTx, resource_id: UUID, *, now: datetime) -> None:
    """Have prices read what is new, and say so."""
    await store.note_rules(tx, resource_id)
    await publish(tx, events.RATE_CHANGED, resource_id, events.rate_data(resource_id), now=now)


def ensure_version(found: int | None, expected: int | None) -> None:
    """Raises `VersionChanged` when the caller read another version than there is; `expected` None is any."""
    if expected is not None and found != expected:
        raise VersionChanged()
