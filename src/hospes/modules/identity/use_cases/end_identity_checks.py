"""Documents end: people are told in time, and the badge goes with the document."""

from datetime import datetime

from hospes.modules.identity import events
from hospes.modules.identity.policies.documents import REMIND_BEFORE
from hospes.modules.identity.store import identity_checks as store
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def end_identity_checks(tx: WriteTx, *, now: datetime) -> None:
    """Expire what ends today; remind, once, those whose document ends within 30 days."""
    for row in await store.expire_checks(tx, now.date()):
        data = {"user_id": str(row["user_id"]), "check_id": str(row["id"])}
        await publish(tx, events.IDENTITY_EXPIRED, row["user_id"], data, now=now)
        await audit.note(
            tx,
            actor=None,
            action="identity_check.expired",
            subject=row["user_id"],
            now=now,
            data={"check": str(row["id"])},
        )
    for row in await store.note_reminded(tx, now.date() + REMIND_BEFORE, now):
        data = {"user_id": str(row["user_id"]), "check_id": str(row["id"]), "expires_on": row["expires_on"].isoformat()}
        await publish(tx, events.IDENTITY_ENDING, row["user_id"], data, now=now)
