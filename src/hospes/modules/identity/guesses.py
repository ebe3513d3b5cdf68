"""Counters in Valkey that make codes of the second step not worth guessing.

A person's codes may be tried 5 times in 15 minutes and 20 times a day, recovery codes on a count of their own; only
who knows the password can use them up, and passkeys are never counted, so there is a way in meanwhile. Each try is
counted before it is looked at: of a hundred at once, five are looked at. While Valkey is away none is.
"""

from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from hospes.modules.identity.errors import SecondFactorLocked, SigningInUnavailable
from hospes.modules.identity.policies.second_steps import Way

QUARTER, DAY = 900, 86_400
IN_A_QUARTER, IN_A_DAY = 5, 20

log = structlog.get_logger(__name__)


async def count_guess(valkey: Redis, user_id: UUID, way: Way) -> None:
    """One more code is about to be tried; raises `SecondFactorLocked` or, without Valkey, `SigningInUnavailable`."""
    limits = ((_key(user_id, way, "quarter"), IN_A_QUARTER, QUARTER), (_key(user_id, way, "day"), IN_A_DAY, DAY))
    try:
        async with valkey.pipeline(transaction=True) as pipe:
            for key, _, lasts in limits:
                pipe.set(key, 0, ex=lasts, nx=True)
                pipe.incr(key)
                pipe.ttl(key)
            said = await pipe.execute()
    except RedisError as fault:
        log.warning("guesses_not_counted", reason=str(fault))
        raise SigningInUnavailable("Codes cannot be checked for a moment. Please try again soon.") from fault
    waits = [int(said[3 * at + 2]) for at, (_, most, _) in enumerate(limits) if int(said[3 * at + 1]) > most]
    if waits:
        raise _locked(max(waits))


async def forget_guesses(valkey: Redis, user_id: UUID, way: Way) -> None:
    """The right code was given: the next quarter of an hour starts anew; the day's count stays, less this one."""
    try:
        async with valkey.pipeline(transaction=True) as pipe:
            pipe.delete(_key(user_id, way, "quarter"))
            pipe.decr(_key(user_id, way, "day"))
            await pipe.execute()
    except RedisError as fault:
        log.warning("guesses_not_forgotten", reason=str(fault))


def _key(user_id: UUID, way: Way, span: str) -> str:
    kind = "recovery" if way is Way.RECOVERY_CODE else "code"
    return f"failed:second:{kind}:{span}:{user_id}"


def _locked(seconds: int) -> SecondFactorLocked:
    minutes = max(-(-seconds // 60), 1)
    wait = f"{minutes} minute{'s' if minutes != 1 else ''}" if minutes < 120 else f"{-(-minutes // 60)} hours"
    return SecondFactorLocked(
        f"Too many wrong codes. Try again in {wait}, or use another way.", retry_after=max(seconds, 1)
    )
