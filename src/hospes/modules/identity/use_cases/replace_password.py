"""Another password, and an end to everything that the old one opened."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from hospes.modules.identity import events
from hospes.modules.identity.store import devices, proofs
from hospes.modules.identity.store import tokens as kept_tokens
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def replace_password(
    tx: WriteTx,
    *,
    user_id: UUID,
    password_hash: str,
    how: Literal["changed", "reset", "undone"],
    keep: str = "",
    now: datetime,
) -> None:
    """Every sign-in but `keep` (`caller.session`) ends: refresh tokens in this commit, browser sessions by the event;
    the edge closes those at once with `facade.close_sessions`. No browser is trusted any more."""
    await proofs.set_password(tx, user_id, password_hash, now)
    await kept_tokens.revoke_families_of(tx, user_id, except_id=keep, now=now)
    await devices.distrust_devices(tx, user_id)
    data = {"user_id": str(user_id), "how": how, "kept": keep}
    await publish(tx, events.PASSWORD_CHANGED, user_id, data, now=now)
    await audit.note(tx, actor=user_id, action="account.password_changed", subject=user_id, data={"how": how}, now=now)
