"""Forget what somebody looked at."""

from datetime import datetime

from hospes.modules.recommendations import store
from hospes.modules.recommendations.contracts import Person
from hospes.platform.db import WriteTx


async def clear_recent(tx: WriteTx, *, person: Person, wanted: bool = True, now: datetime) -> int:
    """All of it, and what was suggested from it; also what other processes have noted but not written yet. `wanted`:
    whether views are kept from now on. Answers how many rows there were."""
    await store.put_choice(tx, person.id, wanted=wanted, cleared_at=now, now=now)
    await store.delete_suggested(tx, person.id)
    return await store.delete_views(tx, person.id)
