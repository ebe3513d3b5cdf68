"""Whose proofs are refused although they are well signed: the memory of processes that start later."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from hospes.platform.db import ReadTx, WriteTx


class Refusal(NamedTuple):
    """What was issued to this person until then is refused."""

    user_id: UUID
    refused_at: datetime
    sessions: bool


async def refuse(tx: WriteTx, user_id: UUID, *, sessions: bool, now: datetime) -> None:
    """What was issued until now is refused; a ban of sessions stays while it stands."""
    await tx.run(
        """
        INSERT INTO identity.refusal AS known (user_id, refused_at, sessions) VALUES (%s, %s, %s)
        ON CONFLICT (user_id) DO UPDATE SET refused_at = EXCLUDED.refused_at,
          sessions = known.sessions OR EXCLUDED.sessions
        """,
        (user_id, now, sessions),
    )


async def allow_sessions(tx: WriteTx, user_id: UUID) -> None:
    """Sessions opened from now on are fine; tokens of before stay refused."""
    await tx.run("UPDATE identity.refusal SET sessions = false WHERE user_id = %s", (user_id,))


async def list_refusals(tx: ReadTx, since: datetime) -> list[Refusal]:
    """Those of since then."""
    rows = await tx.all("SELECT user_id, refused_at, sessions FROM identity.refusal WHERE refused_at >= %s", (since,))
    return [Refusal(**row) for row in rows]


async def forget_refusals(tx: WriteTx, before: datetime) -> int:
    """No token is old enough for these any more."""
    return await tx.run("DELETE FROM identity.refusal WHERE refused_at < %s", (before,))
