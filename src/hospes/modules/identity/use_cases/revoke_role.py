"""Take a role away."""

from datetime import datetime
from uuid import UUID

from hospes.modules.identity import events
from hospes.modules.identity.contracts import Role
from hospes.modules.identity.errors import StandingChanged
from hospes.modules.identity.store import refusals, standing
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.errors import Invalid
from hospes.platform.outbox import publish


async def revoke_role(tx: WriteTx, *, user_id: UUID, role: Role, actor: UUID, now: datetime) -> None:
    """The person has it no more: tokens that still name it are refused within 50 ms in every process.

    Everybody stays a guest, and nobody stops being an admin by their own hand: raises `Invalid`. Raises
    `StandingChanged` when they do not have it. After the commit the edge closes the person's sessions.
    """
    if role == Role.GUEST:
        raise Invalid("Everybody is a guest.", fields={"role": "Everybody is a guest."})
    if user_id == actor and role == Role.ADMIN:
        raise Invalid("Another admin has to do this.", fields={"role": "Another admin has to do this."})
    if not await standing.delete_role(tx, user_id, role):
        raise StandingChanged("They do not have this role any more. Look again.")
    await refusals.refuse(tx, user_id, sessions=False, now=now)
    await publish(tx, events.ROLE_REVOKED, user_id, {"user_id": str(user_id), "role": str(role)}, now=now)
    await audit.note(tx, actor=actor, action="role.withdrawn", subject=user_id, data={"role": str(role)}, now=now)
