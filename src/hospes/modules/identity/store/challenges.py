"""The write side of codes and links."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.identity.contracts import Channel, Purpose
from hospes.platform.db import Row, WriteTx

# One try more, counted before the code is looked at; a row that five have tried answers nobody any more.
_TRY: LiteralString = """
    AND purpose = %(purpose)s AND code_open AND code_expires_at > %(now)s AND tries < %(most)s::smallint
  RETURNING id, user_id, purpose, target, code_hash, tries, created_at
"""


@dataclass(frozen=True, slots=True)
class NewChallenge:
    """A row to be; `code_hash` and `link_hash` are missing until they are known."""

    id: UUID
    holder: str
    purpose: Purpose
    user_id: UUID | None
    channel: Channel
    target: bytes | None
    target_mark: bytes | None
    code_hash: bytes | None
    code_open: bool
    code_expires_at: datetime
    link_hash: bytes | None
    expires_at: datetime
    created_at: datetime


async def lock_holder(tx: WriteTx, holder: str, purpose: Purpose) -> None:
    """Whoever else sends to them for this purpose waits until this transaction ends."""
    await tx.find("SELECT pg_advisory_xact_lock(hashtextextended(%s, 22)) AS locked", (f"{holder} {purpose}",))


async def times_sent(tx: WriteTx, holder: str, purpose: Purpose, since: datetime) -> list[datetime]:
    """When this was sent to them after that instant."""
    rows = await tx.all(
        "SELECT created_at FROM identity.challenge WHERE holder = %s AND purpose = %s AND created_at > %s",
        (holder, str(purpose), since),
    )
    return [row["created_at"] for row in rows]


async def times_to_target(tx: WriteTx, mark: bytes, purposes: tuple[Purpose, ...], since: datetime) -> list[datetime]:
    """When a mailbox or number was sent something of these purposes after that instant, whoever asked for it."""
    rows = await tx.all(
        "SELECT created_at FROM identity.challenge WHERE target_mark = %s AND purpose = ANY(%s) AND created_at > %s",
        (mark, [str(each) for each in purposes], since),
    )
    return [row["created_at"] for row in rows]


async def close_codes(tx: WriteTx, holder: str, purpose: Purpose) -> None:
    """There is a newer one; links stay good until one of them is used."""
    await tx.run(
        "UPDATE identity.challenge SET code_open = false WHERE holder = %s AND purpose = %s AND code_open",
        (holder, str(purpose)),
    )


async def insert_challenge(tx: WriteTx, challenge: NewChallenge) -> None:
    """Write it down."""
    values = {name: getattr(challenge, name) for name in NewChallenge.__slots__}
    await tx.run(
        """
        INSERT INTO identity.challenge (id, holder, purpose, user_id, channel, target, target_mark, code_hash,
          code_open, code_expires_at, link_hash, expires_at, created_at)
        VALUES (%(id)s, %(holder)s, %(purpose)s, %(user_id)s, %(channel)s, %(target)s, %(target_mark)s, %(code_hash)s,
          %(code_open)s, %(code_expires_at)s, %(link_hash)s, %(expires_at)s, %(created_at)s)
        """,
        {**values, "purpose": str(challenge.purpose), "channel": str(challenge.channel)},
    )


async def arm_reset(
    tx: WriteTx, challenge_id: UUID, *, user_id: UUID, target: bytes, code_hash: bytes, link_hash: bytes
) -> bool:
    """There is an account for this reset; False when it was armed before."""
    done = await tx.run(
        """
        UPDATE identity.challenge SET user_id = %s, target = %s, code_hash = %s, link_hash = %s
         WHERE id = %s AND purpose = 'reset_password' AND link_hash IS NULL AND used_at IS NULL
        """,
        (user_id, target, code_hash, link_hash, challenge_id),
    )
    return done == 1


async def take_try(tx: WriteTx, holder: str, purpose: Purpose, *, most: int, now: datetime) -> Row | None:
    """The live code of this holder, with one more try counted; None when there is none, or no try is left."""
    return await tx.find(
        f"UPDATE identity.challenge SET tries = tries + 1 WHERE holder = %(holder)s {_TRY}",  # noqa: S608
        {"holder": holder, "purpose": str(purpose), "most": most, "now": now},
    )


async def take_try_of(tx: WriteTx, challenge_id: UUID, purpose: Purpose, *, most: int, now: datetime) -> Row | None:
    """The same by the id of the challenge."""
    return await tx.find(
        f"UPDATE identity.challenge SET tries = tries + 1 WHERE id = %(id)s {_TRY}",  # noqa: S608
        {"id": challenge_id, "purpose": str(purpose), "most": most, "now": now},
    )


async def use_link(tx: WriteTx, link_hash: bytes, purposes: tuple[Purpose, ...], *, now: datetime) -> Row | None:
    """The challenge of this link, used up now; None when there is no such live link."""
    return await tx.find(
        """
        UPDATE identity.challenge SET used_at = %(now)s, code_open = false
         WHERE link_hash = %(hash)s AND purpose = ANY(%(purposes)s) AND used_at IS NULL AND expires_at > %(now)s
        RETURNING id, holder, user_id, purpose, target, created_at
        """,
        {"hash": link_hash, "purposes": [str(each) for each in purposes], "now": now},
    )


async def use_up(tx: WriteTx, challenge_id: UUID, *, now: datetime) -> None:
    """What was proven is proven: every code and link of this holder and purpose is used up."""
    await tx.run(
        """
        UPDATE identity.challenge AS c SET used_at = %(now)s, code_open = false
          FROM identity.challenge AS used
         WHERE used.id = %(id)s AND c.holder = used.holder AND c.purpose = used.purpose AND c.used_at IS NULL
        """,
        {"id": challenge_id, "now": now},
    )


async def withdraw(tx: WriteTx, user_id: UUID, purposes: tuple[Purpose, ...], *, since: datetime, now: datetime) -> int:
    """Make a person's codes and links of these purposes worthless, those that were made at that instant or later."""
    return await tx.run(
        """
        UPDATE identity.challenge SET used_at = %s, code_open = false
         WHERE user_id = %s AND purpose = ANY(%s) AND used_at IS NULL AND created_at >= %s
        """,
        (now, user_id, [str(each) for each in purposes], since),
    )


async def delete_ended(tx: WriteTx, before: datetime) -> int:
    """Forget what nobody can use any more and no limit counts any more."""
    return await tx.run("DELETE FROM identity.challenge WHERE expires_at < %s AND created_at < %s", (before, before))
