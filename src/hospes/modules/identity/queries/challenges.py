"""The read side of codes and links."""

from datetime import datetime
from uuid import UUID

from hospes.modules.identity.contracts import Purpose
from hospes.platform.db import ReadTx, Row


async def find_link(tx: ReadTx, link_hash: bytes) -> Row | None:
    """`id, user_id, purpose, target, expires_at, used_at` of a link, live or not."""
    return await tx.find(
        "SELECT id, user_id, purpose, target, expires_at, used_at FROM identity.challenge WHERE link_hash = %s",
        (link_hash,),
    )


async def find_waiting(tx: ReadTx, holder: str, purpose: Purpose, now: datetime) -> Row | None:
    """`id, target, code_expires_at, created_at` of the code that can be typed in now, if there is one."""
    return await tx.find(
        """
        SELECT id, target, code_expires_at, created_at FROM identity.challenge
         WHERE holder = %s AND purpose = %s AND code_open AND code_expires_at > %s AND tries < 5
        """,
        (holder, str(purpose), now),
    )


async def is_kept(tx: ReadTx, mark: bytes, now: datetime, *, but_for: UUID | None = None) -> bool:
    """Whether this address waits for somebody (other than that person) who may still take a change of it back."""
    row = await tx.find(
        """
        SELECT EXISTS (SELECT 1 FROM identity.challenge
          WHERE target_mark = %s AND purpose = 'undo_email' AND used_at IS NULL AND expires_at > %s
            AND user_id IS DISTINCT FROM %s) AS kept
        """,
        (mark, now, but_for),
    )
    return bool(row and row["kept"])
