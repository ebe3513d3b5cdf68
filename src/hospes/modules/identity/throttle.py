"""Counters in Valkey that slow down guessing, and cannot be used to keep somebody out.

- `failed:login:{email}` counts wrong passwords for an address for `security.lockout.duration` (15 minutes); the fifth
  locks: `account:locked:{userId}`. Each further lock of a day lasts twice as long, at most 16 times. Addresses without
  an account are treated alike, so nobody learns which exist.
- `failed:from:{address}` counts those that came from one network address, for whichever accounts: trying one password
  on many accounts is slowed down after `SPRAYED` of them.
- A browser that this person has signed in with before is counted by itself (`failed:device:{hash}`): neither lock
  concerns it. So who keeps guessing locks out strangers, the owner's own browsers never; a new password, set by mail,
  ends the lock for all.
- `rate:auth:{ip}:{window}` counts attempts of one address.

While Valkey is away none of this is counted and nobody is refused (the edge still counts requests, in each process).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from hospes.modules.identity.errors import LockedOut, TooManyRequests
from hospes.platform.addresses import counted_as
from hospes.platform.settings import Lockout, RateLimit

SPRAYED = 6  # times `security.lockout.attempts`, from one address
_DOUBLED_AT_MOST = 4
_DAY = 86_400
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try to sign in: for which email address (in small letters) and account, from where. `device` is the mark of a
    browser that this account was signed in with before, empty for any other."""

    email: str
    user_id: UUID | None = None
    came_from: str = ""
    device: str = ""

    @property
    def counters(self) -> list[str]:
        """What counts its failure, what decides about the account first."""
        if self.device:
            return [f"failed:device:{self.device}"]
        return [_failures(self.email), *([_from(self.came_from)] if self.came_from else [])]

    @property
    def lock(self) -> str:
        """What says that the account is locked; an address without one has such a key too, so that it takes as long."""
        return _locked(self.user_id) if self.user_id else f"account:locked:{self.email}"


async def refuse_if_locked(valkey: Redis, rule: Lockout, attempt: Attempt) -> None:
    """Raises `LockedOut` after 5 wrong passwords, for 15 minutes or more, and after many from one address."""
    keys = attempt.counters
    most = {keys[0]: rule.attempts, keys[-1]: rule.attempts * (SPRAYED if len(keys) == 2 else 1)}
    if not attempt.device:
        keys.append(attempt.lock)
    try:
        said = await valkey.mget(keys)
        over = [key for key, count in zip(keys, said, strict=True) if count and int(count) >= most.get(key, 1)]
        if not over:
            return
        seconds = max([int(await valkey.ttl(key)) for key in over])
    except RedisError as fault:
        log.warning("login_not_throttled", reason=str(fault))
        return
    raise _locked_out(seconds)


async def count_failure(valkey: Redis, rule: Lockout, attempt: Attempt) -> bool:
    """One more wrong password. True for the one that locks the account, if its owner was not told that day; those
    after it raise `LockedOut`."""
    keys = attempt.counters
    try:
        async with valkey.pipeline(transaction=True) as pipe:
            for key in keys:
                pipe.set(key, 0, ex=rule.duration, nx=True)
                pipe.incr(key)
            counts = (await pipe.execute())[1::2]
        if int(counts[0]) == rule.attempts and not attempt.device:
            return await _lock(valkey, rule, attempt)
    except RedisError as fault:
        log.warning("login_not_throttled", reason=str(fault))
        return False
    if int(counts[0]) > rule.attempts:
        raise _locked_out(rule.duration)
    return False


async def forget_failures(valkey: Redis, attempt: Attempt) -> None:
    """The right password was given. What came from the address stays: else one's own account would wipe it clean."""
    try:
        await valkey.delete(attempt.counters[0])
    except RedisError as fault:
        log.warning("login_not_throttled", reason=str(fault))


async def end_lock(valkey: Redis, email: str, user_id: UUID) -> None:
    """The owner has shown that they are, by a new password set from their mail. Raises `RedisError`."""
    await valkey.delete(_failures(email), _locked(user_id), f"locked:times:{email}")


async def count_request(valkey: Redis, rule: RateLimit, ip_address: str, *, now: datetime) -> None:
    """Raises `TooManyRequests` above `security.rateLimit` attempts from one address."""
    at = int(now.timestamp())
    key = f"rate:auth:{counted_as(ip_address)}:{at // rule.ttl}"
    try:
        async with valkey.pipeline(transaction=False) as pipe:
            pipe.incr(key)
            pipe.expire(key, 2 * rule.ttl)
            count, _ = await pipe.execute()
    except RedisError as fault:
        log.warning("requests_not_counted", reason=str(fault))
        return
    if int(count) > rule.allowed:
        wait = rule.ttl - at % rule.ttl
        raise TooManyRequests(f"Too many attempts from your address. Try again in {wait} seconds.", retry_after=wait)


async def _lock(valkey: Redis, rule: Lockout, attempt: Attempt) -> bool:
    async with valkey.pipeline(transaction=True) as pipe:
        pipe.set(f"locked:times:{attempt.email}", 0, ex=_DAY, nx=True)
        pipe.incr(f"locked:times:{attempt.email}")
        pipe.set(f"locked:told:{attempt.email}", 1, ex=_DAY, nx=True)
        _, times, first = await pipe.execute()
    lasts = rule.duration * 2 ** min(int(times) - 1, _DOUBLED_AT_MOST)
    await valkey.expire(_failures(attempt.email), lasts)
    await valkey.set(attempt.lock, "1", ex=lasts)
    return bool(first)


def _locked_out(seconds: int) -> LockedOut:
    minutes = max(-(-seconds // 60), 1)
    wait = f"{minutes} minute{'s' if minutes != 1 else ''}"
    return LockedOut(
        f"Too many wrong passwords. Try again in {wait}, from a browser you have signed in with before, or set a new"
        " password.",
        retry_after=max(seconds, 1),
    )


def _failures(email: str) -> str:
    return f"failed:login:{email}"


def _from(address: str) -> str:
    return f"failed:from:{counted_as(address)}"


def _locked(user_id: UUID) -> str:
    return f"account:locked:{user_id}"
