"""Judge a code that somebody has typed in."""

import hmac
from datetime import datetime
from uuid import UUID

from hospes.modules.identity import codes
from hospes.modules.identity.contracts import Proof, Purpose
from hospes.modules.identity.errors import CodeRefused
from hospes.modules.identity.policies.challenges import MOST_TRIES
from hospes.modules.identity.store import challenges
from hospes.platform.db import Row, WriteTx

_NO_CODE = bytes(32)
OVER = "This code is no longer good. Ask for a new one."


async def check_code(tx: WriteTx, *, user_id: UUID, purpose: Purpose, code: str, now: datetime) -> Proof | CodeRefused:
    """What the code proves, once, or why it does not.

    A refusal is answered, not raised: the try must be committed with it, for each code can be tried five times. Raise
    it when the transaction is over.
    """
    holder = codes.holder_of(user_id)
    row = await challenges.take_try(tx, holder, purpose, most=MOST_TRIES, now=now)
    return await _judge(tx, row, code, now)


async def check_code_of(
    tx: WriteTx, *, challenge_id: UUID, purpose: Purpose, code: str, now: datetime
) -> Proof | CodeRefused:
    """The same for somebody who is not signed in, and has the id of the challenge instead. A challenge that no account
    belongs to counts its tries and refuses like any other."""
    row = await challenges.take_try_of(tx, challenge_id, purpose, most=MOST_TRIES, now=now)
    return await _judge(tx, row, code, now)


async def _judge(tx: WriteTx, row: Row | None, code: str, now: datetime) -> Proof | CodeRefused:
    if row is None:
        return _refused(OVER)
    typed = codes.code_hash(tx.keyring, row["id"], "".join(code.split()))
    right = hmac.compare_digest(typed, row["code_hash"] or _NO_CODE)
    if not right or row["user_id"] is None or row["target"] is None:
        left = MOST_TRIES - row["tries"]
        if not left:
            return _refused("This code is not right, and it was the last try. Ask for a new one.")
        return _refused(f"This code is not right. You can try {left} more {'time' if left == 1 else 'times'}.")
    await challenges.use_up(tx, row["id"], now=now)
    address = tx.keyring.unseal(row["target"], row["id"].bytes).decode()
    return Proof(row["id"], row["user_id"], Purpose(row["purpose"]), address, row["created_at"])


def _refused(sentence: str) -> CodeRefused:
    return CodeRefused(sentence, fields={"code": sentence})
