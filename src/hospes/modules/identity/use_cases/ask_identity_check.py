"""Somebody shows who they are."""

from collections.abc import Mapping
from datetime import datetime

from hospes.modules.identity import events
from hospes.modules.identity.contracts import IdentityCheck, Side
from hospes.modules.identity.errors import IdentityCheckWaiting
from hospes.modules.identity.store import identity_checks as store
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def ask_identity_check(tx: WriteTx, *, check: IdentityCheck, files: Mapping[Side, str], now: datetime) -> None:
    """Into the admins' queue; `files` are keys of what is stored already. Raises `IdentityCheckWaiting`."""
    if not await store.insert_check(tx, check, files):
        raise IdentityCheckWaiting(
            "We are looking at the document you have sent. We tell you by mail what comes of it."
        )
    data = {"user_id": str(check.user_id), "check_id": str(check.id)}
    await publish(tx, events.IDENTITY_SENT, check.user_id, data, now=now)
    await audit.note(
        tx,
        actor=check.user_id,
        action="identity_check.asked",
        subject=check.user_id,
        now=now,
        data={"check": str(check.id), "kind": check.kind, "sides": [str(side) for side in files]},
    )
