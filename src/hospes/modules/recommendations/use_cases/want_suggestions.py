"""Have views kept again after having switched it off."""

from datetime import datetime

from hospes.modules.recommendations import store
from hospes.modules.recommendations.contracts import Person
from hospes.platform.db import WriteTx


async def want_suggestions(tx: WriteTx, *, person: Person, now: datetime) -> None:
    """From now on."""
    await store.put_choice(tx, person.id, wanted=True, cleared_at=None, now=now)
