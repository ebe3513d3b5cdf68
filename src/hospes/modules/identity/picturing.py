"""A person's photo: stored first, then noted, then the one before is removed; what is left over is only a file."""

import asyncio
from uuid import UUID

from hospes.modules.identity import events
from hospes.modules.identity.contracts import User
from hospes.modules.identity.providers.portraits import portrait
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.store import proofs
from hospes.platform.errors import NotFound
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish
from hospes.platform.runtime import Runtime


async def set_photo(rt: Runtime, user_id: UUID, raw: bytes) -> User:
    """The person with this photo, written anew as a square; raises `FileRefused`."""
    picture = await asyncio.to_thread(portrait, raw)
    key = f"people/{new_id()}.webp"
    await rt.storage.put(key, picture)
    return await _note(rt, user_id, key)


async def remove_photo(rt: Runtime, user_id: UUID) -> User:
    """The person without a photo."""
    return await _note(rt, user_id, None)


async def _note(rt: Runtime, user_id: UUID, key: str | None) -> User:
    now = rt.clock.now()
    async with rt.db.write() as tx:
        before = await proofs.set_photo(tx, user_id, key, now)
        data = {"user_id": str(user_id), "fields": ["photo"]}
        await publish(tx, events.PROFILE_CHANGED, user_id, data, now=now)
        users = await people.find_users(tx, [user_id])
    if not users:
        raise NotFound("There is no such account.")
    if before and before != key:
        await rt.storage.delete(before)
    return users[0]
