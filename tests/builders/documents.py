"""Documents that people have sent."""

from datetime import date, datetime, timedelta
from uuid import UUID

from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from tests.builders.identity import JOINED_AT, an_admin


async def an_identity_check(
    tx: WriteTx,
    user_id: UUID,
    *,
    status: str = "approved",
    expires_on: date = date(2030, 1, 1),
    reason: str = "",
    now: datetime = JOINED_AT,
) -> UUID:
    """One without files; decided by some admin unless it waits."""
    check_id, decided = new_id(), status != "waiting"
    await tx.run(
        "INSERT INTO identity.identity_check (id, user_id, kind, country, expires_on, status, reason, asked_at,"
        " decided_at, reviewed_by, files_until) VALUES (%s, %s, 'passport', 'FR', %s, %s, %s, %s, %s, %s, %s)",
        (
            *(check_id, user_id, expires_on, status, reason or ("Blurred." if status == "refused" else ""), now),
            *((now, (await an_admin(tx)).id, now + timedelta(days=30)) if decided else (None, None, None)),
        ),
    )
    return check_id
