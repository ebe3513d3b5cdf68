"""Take back that a person is to be forgotten."""

from datetime import datetime
from uuid import UUID

from hospes.modules.identity import events
from hospes.modules.identity.store import privacy
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def undo_deletion(tx: WriteTx, *, user_id: UUID, now: datetime) -> bool:
    """Whether there was anything to take back; then they are told by mail."""
    if not await privacy.undo_deletion(tx, user_id, now):
        return False
    await audit.note(tx, actor=user_id, action="account.deletion_undone", subject=user_id, now=now)
    await publish(tx, events.DELETION_UNDONE, user_id, {"user_id": str(user_id)}, now=now)
    return True
