"""Counters in Valkey that slow down guessing.

`failed:login:{email}` counts wrong passwords for `security.lockout.duration` (15 minutes), `account:locked:{userId}`
says that an account is locked, and `rate:auth:{ip}:{window}` counts attempts of one address. While Valkey is away
nothing is counted and nobody is refused.
"""

from datetime import datetime
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from hospes.modules.identity.errors import LockedOut, TooManyRequests
from hospes.platform.settings import Lockout, RateLimit

log = structlog.get_logger(__name__)


async def refuse_if_locked(valkey: Redis, rule: Lockout, email: str, user_id: UUID | None) -> None:
    """Raises `LockedOut` after 5 wrong passwords, for 15 minutes; the same for addresses without an account."""
    keys = [_failures(email), *([_locked(user_id)] if user_id else [])]
    try:
        failures, *locked = await valkey.mget(keys)
        if not any(locked) and int(failures or 0) < rule.attempts:
            return
        seconds = int(await valkey.ttl(keys[-1] if any(locked) else keys[0]))
    except RedisError as fault:
        log.warning("login_not_throttled", reason=str(fault))
        return
    raise _locked_out(seconds)


async def count_failure(valkey: Redis, rule: Lockout, email: str, user_id: UUID | None) -> None:
    """One more wrong password; the fifth starts the 15 minutes of the lock, any above it raises `LockedOut`."""
    key = _failures(email)
    try:
        async with valkey.pipeline(transaction=True) as pipe:
            pipe.set(key, 0, ex=rule.duration, nx=True)
            pipe.incr(key)
            failures = int((await pipe.execute())[1])
        if failures == rule.attempts:
            await valkey.expire(key, rule.duration)
            if user_id:
                await valkey.set(_locked(user_id), "1", ex=rule.duration)
    except RedisError as fault:
        log.warning("login_not_throttled", reason=str(fault))
        return
    if failures > rule.attempts:
        raise _locked_out(rule.duration)


async def forget_failures(valkey: Redis, email: str) -> None:
    """The right password was given."""
    try:
        await valkey.delete(_failures(email))
    except RedisError as fault:
        log.warning("login_not_throttled", reason=str(fault))


async def count_request(valkey: Redis, rule: RateLimit, ip_address: str, *, now: datetime) -> None:
    """Raises `TooManyRequests` above `security.rateLimit` attempts from one address."""
    at = int(now.timestamp())
    key = f"rate:auth:{ip_address}:{at // rule.ttl}"
    try:
        async with valkey.pipeline(transaction=False) as pipe:
            pipe.incr(key)
            pipe.expire(key, 2 * rule.ttl)
            count, _ = await pipe.execute()
    except RedisError as fault:
        log.warning("requests_not_counted", reason=str(fault))
        return
    if int(count) > rule.limit:
        wait = rule.ttl - at % rule.ttl
        raise TooManyRequests(f"Too many attempts from your address. Try again in {wait} seconds.", retry_after=wait)


def _locked_out(seconds: int) -> LockedOut:
    minutes = max(-(-seconds // 60), 1)
    wait = f"{minutes} minute{'s' if minutes != 1 else ''}"
    return LockedOut(f"Too many wrong passwords. Try again in {wait}.", retry_after=max(seconds, 1))


def _failures(email: str) -> str:
    return f"failed:login:{email}"


def _locked(user_id: UUID) -> str:
    return f"account:locked:{user_id}"
