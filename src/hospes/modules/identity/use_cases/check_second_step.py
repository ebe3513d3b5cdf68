"""Judge a code of somebody's second step."""

from datetime import datetime
from uuid import UUID

from redis.asyncio import Redis

from hospes.modules.identity import events, guesses, totp
from hospes.modules.identity.contracts import Purpose
from hospes.modules.identity.errors import CodeRefused, SecondFactorWrong
from hospes.modules.identity.policies.second_steps import Way, as_digits
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.store import second_factors
from hospes.modules.identity.use_cases.check_code import check_code
from hospes.modules.identity.use_cases.make_recovery_codes import recovery_code_hash
from hospes.platform import audit
from hospes.platform.db import Database, WriteTx
from hospes.platform.outbox import publish

WRONG = {
    Way.TOTP: "This code is not right or was used before. Wait for the next one in your app.",
    Way.RECOVERY_CODE: "This is none of your recovery codes, or it was used before.",
}


async def check_second_step(db: Database, valkey: Redis, *, user_id: UUID, way: Way, code: str, now: datetime) -> None:
    """Whether this is the person's code; it is used up.

    Raises `SecondFactorWrong`, `SecondFactorLocked` after too many of them and, when guesses cannot be counted,
    `SigningInUnavailable`. Opens a short transaction of its own, so that no connection waits for Valkey.
    """
    await guesses.count_guess(valkey, user_id, way)
    async with db.write() as tx:
        fault = await use_code(tx, user_id=user_id, way=way, code=code, now=now)
    if fault:
        raise SecondFactorWrong(fault, fields={"code": fault})
    await guesses.forget_guesses(valkey, user_id, way)


async def use_code(tx: WriteTx, *, user_id: UUID, way: Way, code: str, now: datetime) -> str:
    """Empty when the code was right, which uses it up; else what to say, and what is written must be committed."""
    if way is Way.SMS:
        return await _use_sms(tx, user_id, code, now)
    if way is Way.RECOVERY_CODE:
        right = await _use_recovery_code(tx, user_id, code, now)
    else:
        right = way is Way.TOTP and await _use_totp(tx, user_id, code, now)
    return "" if right else WRONG.get(way, "This is not a code.")


async def _use_totp(tx: WriteTx, user_id: UUID, code: str, now: datetime) -> bool:
    app = await factors.find_factor(tx, user_id, Way.TOTP)
    if app is None or app.secret is None:
        return False
    secret = totp.open_secret(tx.keyring, app.secret, user_id)
    step = totp.fitting_step(secret, as_digits(code), after=app.last_step, now=now)
    return step is not None and await second_factors.use_step(tx, app.id, step, now)


async def _use_recovery_code(tx: WriteTx, user_id: UUID, code: str, now: datetime) -> bool:
    if not await second_factors.use_recovery_code(tx, user_id, recovery_code_hash(user_id, code), now):
        return False
    left = (await factors.factors_of(tx, user_id)).codes_left
    await audit.note(tx, actor=user_id, action="recovery_code.used", subject=user_id, now=now, data={"left": left})
    await publish(tx, events.RECOVERY_CODE_USED, user_id, {"user_id": str(user_id), "left": left}, now=now)
    return True


async def _use_sms(tx: WriteTx, user_id: UUID, code: str, now: datetime) -> str:
    if await factors.find_factor(tx, user_id, Way.SMS) is None:
        return "Text messages are not set up."
    proof = await check_code(tx, user_id=user_id, purpose=Purpose.SECOND_FACTOR, code=code, now=now)
    if isinstance(proof, CodeRefused):
        return proof.detail
    await second_factors.mark_used(tx, user_id, Way.SMS, now)
    return ""
