"""Change what a business says of itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from hospes.modules.catalog import events, locking, store
from hospes.modules.catalog.contracts import Business
from hospes.modules.catalog.errors import DraftInvalid, VersionChanged
from hospes.modules.catalog.policies.drafts import faults_of_business
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def edit_business(
    tx: WriteTx, *, user_id: UUID, business_id: UUID, changes: Mapping[str, Any], expected: int | None, now: datetime
) -> Business:
    """`changes` may hold name, type and description. Raises `VersionChanged` unless `expected` is the version."""
    before = await locking.my_business(tx, user_id, business_id)
    if expected not in (None, before.version):
        raise VersionChanged()
    kept = {"name": before.name, "type": before.type, "description": before.description}
    values = {**kept, **changes}
    if faults := faults_of_business(values["name"], values["description"]):
        raise DraftInvalid(fields=faults)
    if values == kept:
        return before
    after = await store.update_business(tx, business_id, values, now)
    await publish(tx, events.BUSINESS_CHANGED, business_id, events.business_data(business_id), now=now)
    return after
