"""Somebody has forgotten their password.

What is done here is the same for every address: whether it has an account is looked up by the worker, behind the answer
(`prepare_reset`), so that neither words nor time nor limits tell who has one.
"""

from datetime import datetime

from hospes.modules.identity import codes, events
from hospes.modules.identity.contracts import CODE_SEAL, Channel, CodeSent, Purpose
from hospes.modules.identity.errors import CodeSentRecently
from hospes.modules.identity.policies.challenges import (
    CODE_LASTS,
    LINK_LASTS,
    LONGEST_LIMIT,
    SEND_LIMITS,
)
from hospes.modules.identity.store import challenges
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish
from hospes.platform.sending import said_wait, seconds_to_wait

_PURPOSE = Purpose.RESET_PASSWORD


async def ask_reset(tx: WriteTx, *, email: str, now: datetime) -> CodeSent:
    """A challenge for this address, whoever has it. Raises `CodeSentRecently` (of every address alike)."""
    holder = codes.holder_of_mailbox(tx.keyring, email)
    await challenges.lock_holder(tx, holder, _PURPOSE)
    wait = seconds_to_wait(await challenges.times_sent(tx, holder, _PURPOSE, now - LONGEST_LIMIT), now, SEND_LIMITS)
    if wait:
        sentence = f"A mail was asked for a short while ago. Ask for another in {said_wait(wait)}."
        raise CodeSentRecently(sentence, retry_after=wait)
    await challenges.close_codes(tx, holder, _PURPOSE)
    challenge_id = new_id()
    await challenges.insert_challenge(
        tx,
        challenges.NewChallenge(
            id=challenge_id,
            holder=holder,
            purpose=_PURPOSE,
            user_id=None,
            channel=Channel.EMAIL,
            target=None,
            target_mark=None,
            code_hash=None,
            code_open=True,
            code_expires_at=now + CODE_LASTS,
            link_hash=None,
            expires_at=now + LINK_LASTS[_PURPOSE],
            created_at=now,
        ),
    )
    sealed = tx.keyring.seal_text(email.strip(), CODE_SEAL)
    await publish(tx, events.RESET_ASKED, challenge_id, {"sealed": sealed}, now=now)
    return CodeSent(challenge_id, now + CODE_LASTS)
