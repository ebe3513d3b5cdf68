"""The write side of the browsers that people sign in with."""

from datetime import datetime, timedelta
from uuid import UUID

from hospes.platform.db import WriteTx


async def meet_device(
    tx: WriteTx, *, id: UUID, user_id: UUID, token_hash: bytes, name: str, place: str, now: datetime
) -> bool:
    """Note that the person signs in with this browser; True when they never did before."""
    row = await tx.find(
        """
        INSERT INTO identity.device AS known (id, user_id, token_hash, name, place, first_seen_at, last_seen_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT ON CONSTRAINT device_is_known_once DO UPDATE
          SET name = EXCLUDED.name, place = EXCLUDED.place, last_seen_at = EXCLUDED.last_seen_at
        RETURNING known.id
        """,
        (id, user_id, token_hash, name, place, now, now),
    )
    return row is not None and row["id"] == id


async def trust_device(tx: WriteTx, user_id: UUID, token_hash: bytes, until: datetime) -> bool:
    """Ask this browser for no second step until then; False when it is not known."""
    return (
        await tx.run(
            "UPDATE identity.device SET trusted_until = %s WHERE user_id = %s AND token_hash = %s",
            (until, user_id, token_hash),
        )
        == 1
    )


async def distrust_device(tx: WriteTx, user_id: UUID, device_id: UUID) -> bool:
    """False when it is none of theirs or is not trusted."""
    return (
        await tx.run(
            "UPDATE identity.device SET trusted_until = NULL"
            " WHERE id = %s AND user_id = %s AND trusted_until IS NOT NULL",
            (device_id, user_id),
        )
        == 1
    )


async def distrust_devices(tx: WriteTx, user_id: UUID) -> int:
    """Every browser of this person is asked for the second step again; answers how many were trusted."""
    return await tx.run(
        "UPDATE identity.device SET trusted_until = NULL WHERE user_id = %s AND trusted_until IS NOT NULL", (user_id,)
    )


async def forget_devices(tx: WriteTx, now: datetime) -> int:
    """Those that nobody has signed in with for 400 days, as long as a browser keeps a cookie."""
    return await tx.run("DELETE FROM identity.device WHERE last_seen_at < %s", (now - timedelta(days=400),))
