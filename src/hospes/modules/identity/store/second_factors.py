"""The write side of authenticator apps, text messages and recovery codes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hospes.platform.db import WriteTx


async def insert_factor(
    tx: WriteTx, *, id: UUID, user_id: UUID, kind: str, secret: bytes | None, step: int, now: datetime
) -> bool:
    """False when the person has one of this kind; the code that proved it counts as used (`step`)."""
    return (
        await tx.run(
            """
        INSERT INTO identity.second_factor (id, user_id, kind, secret, last_step, created_at, last_used_at)
        VALUES (%s, %s, %s, %s, %s::bigint, %s, %s)
        ON CONFLICT ON CONSTRAINT second_factor_is_one_of_its_kind DO NOTHING
        """,
            (id, user_id, kind, secret, step, now, now),
        )
        == 1
    )


async def delete_factor(tx: WriteTx, user_id: UUID, kind: str) -> bool:
    """False when there is none."""
    return await tx.run("DELETE FROM identity.second_factor WHERE user_id = %s AND kind = %s", (user_id, kind)) == 1


async def use_step(tx: WriteTx, factor_id: UUID, step: int, now: datetime) -> bool:
    """False when a code of this step or a later one was accepted before: of rivals with one code, one gets True."""
    return (
        await tx.run(
            "UPDATE identity.second_factor SET last_step = %s::bigint, last_used_at = %s"
            " WHERE id = %s AND last_step < %s::bigint",
            (step, now, factor_id, step),
        )
        == 1
    )


async def mark_used(tx: WriteTx, user_id: UUID, kind: str, now: datetime) -> None:
    """It has just proved the person."""
    await tx.run(
        "UPDATE identity.second_factor SET last_used_at = %s WHERE user_id = %s AND kind = %s", (now, user_id, kind)
    )


async def replace_recovery_codes(
    tx: WriteTx, user_id: UUID, codes: Sequence[tuple[UUID, bytes]], now: datetime
) -> None:
    """These codes (id, hash) instead of all before; of two replacements at once the later wins whole."""
    await tx.run("SELECT 1 FROM identity.user_account WHERE id = %s FOR UPDATE", (user_id,))
    await tx.run("DELETE FROM identity.recovery_code WHERE user_id = %s", (user_id,))
    await tx.run_many(
        "INSERT INTO identity.recovery_code (id, user_id, code_hash, created_at) VALUES (%s, %s, %s, %s)",
        [(id, user_id, code_hash, now) for id, code_hash in codes],
    )


async def use_recovery_code(tx: WriteTx, user_id: UUID, code_hash: bytes, now: datetime) -> bool:
    """False when it is none of theirs or was used: of rivals with one code, one gets True."""
    return (
        await tx.run(
            "UPDATE identity.recovery_code SET used_at = %s WHERE user_id = %s AND code_hash = %s AND used_at IS NULL",
            (now, user_id, code_hash),
        )
        == 1
    )


async def delete_recovery_codes(tx: WriteTx, user_id: UUID) -> int:
    """None is left."""
    return await tx.run("DELETE FROM identity.recovery_code WHERE user_id = %s", (user_id,))


async def lock_person(tx: WriteTx, user_id: UUID) -> None:
    """One change of a person's factors at a time, until the transaction ends."""
    await tx.run("SELECT 1 FROM identity.user_account WHERE id = %s FOR UPDATE", (user_id,))
