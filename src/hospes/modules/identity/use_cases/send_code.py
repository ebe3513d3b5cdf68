"""Send somebody a code, and where it makes sense a link, that proves that a mailbox or a number is theirs."""

from datetime import datetime
from uuid import UUID

import orjson

from hospes.modules.identity import codes, events
from hospes.modules.identity.contracts import CODE_SEAL, Channel, CodeSent, Purpose
from hospes.modules.identity.errors import CodeSentRecently
from hospes.modules.identity.policies.challenges import (
    CODE_LASTS,
    LINK_LASTS,
    LONGEST_LIMIT,
    SEND_LIMITS,
    TARGET_LIMITS,
    UNPROVEN,
)
from hospes.modules.identity.store import challenges
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish
from hospes.platform.sending import said_wait, seconds_to_wait


async def send_code(
    tx: WriteTx, *, user_id: UUID, purpose: Purpose, channel: Channel, address: str, now: datetime
) -> CodeSent:
    """A fresh code goes to `address` (a mailbox, or a number as E.164); an earlier one of this purpose is worthless.

    At most one a minute, five an hour and ten a day for each person and purpose: raises `CodeSentRecently`. Mail for
    the purposes of `LINK_LASTS` carries a link too. What is to be delivered leaves sealed, in `user.code_sent`.
    """
    holder, mark = codes.holder_of(user_id), codes.target_mark(tx.keyring, address)
    await challenges.lock_holder(tx, holder, purpose)
    await _refuse_too_many(tx, holder, purpose, mark, now)
    await challenges.close_codes(tx, holder, purpose)
    challenge_id, code = new_id(), codes.new_code()
    link = codes.new_link() if purpose in LINK_LASTS and channel is Channel.EMAIL else ""
    code_expires_at = now + CODE_LASTS
    expires_at = now + LINK_LASTS[purpose] if link else code_expires_at
    await challenges.insert_challenge(
        tx,
        challenges.NewChallenge(
            id=challenge_id,
            holder=holder,
            purpose=purpose,
            user_id=user_id,
            channel=channel,
            target=tx.keyring.seal(address.encode(), challenge_id.bytes),
            target_mark=mark,
            code_hash=codes.code_hash(tx.keyring, challenge_id, code),
            code_open=True,
            code_expires_at=code_expires_at,
            link_hash=codes.link_hash(tx.keyring, link) if link else None,
            expires_at=expires_at,
            created_at=now,
        ),
    )
    await tell_of_code(
        tx,
        user_id=user_id,
        purpose=purpose,
        channel=channel,
        address=address,
        code=code,
        link=link,
        now=now,
        good_until=expires_at,
    )
    return CodeSent(challenge_id, code_expires_at)


async def tell_of_code(
    tx: WriteTx,
    *,
    user_id: UUID,
    purpose: Purpose,
    channel: Channel,
    address: str,
    code: str,
    link: str,
    now: datetime,
    good_until: datetime,
) -> None:
    """Have it delivered: nobody can read the event, the job or the stored message."""
    sealed = tx.keyring.seal_text(orjson.dumps({"address": address, "code": code, "link": link}).decode(), CODE_SEAL)
    data = {
        "user_id": str(user_id),
        "purpose": str(purpose),
        "channel": str(channel),
        "sealed": sealed,
        "good_until": good_until.isoformat(),
    }
    await publish(tx, events.CODE_SENT, user_id, data, now=now)


async def _refuse_too_many(tx: WriteTx, holder: str, purpose: Purpose, mark: bytes, now: datetime) -> None:
    since = now - LONGEST_LIMIT
    wait = seconds_to_wait(await challenges.times_sent(tx, holder, purpose, since), now, SEND_LIMITS)
    if purpose in UNPROVEN:
        to_target = await challenges.times_to_target(tx, mark, UNPROVEN, since)
        wait = max(wait, seconds_to_wait(to_target, now, TARGET_LIMITS))
    if wait:
        raise CodeSentRecently(
            f"A code was sent a short while ago. Ask for another in {said_wait(wait)}.", retry_after=wait
        )
