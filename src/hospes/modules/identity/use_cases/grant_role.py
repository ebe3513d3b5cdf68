"""Let a person do more."""

from datetime import datetime
from uuid import UUID

from hospes.modules.identity import events
from hospes.modules.identity.contracts import Role, User
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.store import accounts
from hospes.platform.db import WriteTx
from hospes.platform.errors import NotFound
from hospes.platform.outbox import publish


async def grant_role(tx: WriteTx, *, user_id: UUID, role: Role, now: datetime) -> User:
    """The person with the role; granting it again changes nothing. Raises `NotFound`.

    Sessions follow by the event; after the commit `facade.refresh_sessions` makes them follow at once.
    """
    if not await people.find_users(tx, [user_id]):
        raise NotFound("There is no such account.")
    if await accounts.insert_role(tx, user_id, role, now):
        await publish(tx, events.ROLE_GRANTED, user_id, {"user_id": str(user_id), "role": str(role)}, now=now)
    (user,) = await people.find_users(tx, [user_id])
    return user
