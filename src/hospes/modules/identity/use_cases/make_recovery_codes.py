"""Ten codes for the day on which everything else is lost."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from hospes.modules.identity import events
from hospes.modules.identity.policies.second_steps import CODES_AT_ONCE, as_recovery_code, new_recovery_code
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.store import second_factors
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.errors import Conflict
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish


async def make_recovery_codes(tx: WriteTx, *, user_id: UUID, now: datetime) -> list[str]:
    """Ten fresh codes, readable in this answer only; those before are worthless. Raises `Conflict` without a factor."""
    await second_factors.lock_person(tx, user_id)
    if not (await factors.factors_of(tx, user_id)).any:
        raise Conflict("Set up a second step first; recovery codes stand in for it.")
    codes = [new_recovery_code(secrets.choice) for _ in range(CODES_AT_ONCE)]
    await second_factors.replace_recovery_codes(
        tx, user_id, [(new_id(), recovery_code_hash(user_id, code)) for code in codes], now
    )
    await audit.note(tx, actor=user_id, action="recovery_codes.made", subject=user_id, now=now)
    await publish(tx, events.RECOVERY_CODES_MADE, user_id, {"user_id": str(user_id)}, now=now)
    return codes


def recovery_code_hash(user_id: UUID, typed: str) -> bytes:
    """What is kept of a code. It has 80 random bits: trying all of them costs the same with any hash."""
    return hashlib.sha256(user_id.bytes + as_recovery_code(typed).encode()).digest()


async def codes_if_none(tx: WriteTx, *, user_id: UUID, now: datetime) -> list[str] | None:
    """Fresh codes for who has none left, with their first second step; else None."""
    if (await factors.factors_of(tx, user_id)).codes_left:
        return None
    return await make_recovery_codes(tx, user_id=user_id, now=now)
