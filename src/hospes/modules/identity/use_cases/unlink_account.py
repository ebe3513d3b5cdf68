"""Take away one way of signing in, never the last."""

from datetime import datetime
from uuid import UUID

from hospes.modules.identity import events
from hospes.modules.identity.errors import LastWayIn, NotLinked
from hospes.modules.identity.store import linked_accounts as links
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def unlink_account(tx: WriteTx, *, user_id: UUID, provider: str, now: datetime) -> None:
    """This provider no longer signs the person in; raises `NotLinked` and `LastWayIn`. Of two at once one waits."""
    password, passkey, linked = await links.lock_ways_in(tx, user_id)
    if provider not in linked:
        raise NotLinked()
    if not password and not passkey and len(linked) == 1:
        raise LastWayIn("This is the only way you can sign in. Set a password first.")
    await links.delete_link(tx, user_id, provider)
    data = {"provider": provider}
    await audit.note(tx, actor=user_id, action="linked_account.removed", subject=user_id, data=data, now=now)
    await publish(tx, events.ACCOUNT_UNLINKED, user_id, {"user_id": str(user_id), **data}, now=now)
