"""Counters in Valkey against guessing codes: ten that do not exist in ten minutes, from one account or address.

While Valkey is away the process counts by itself.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

import structlog
from fastapi import Request
from redis.exceptions import RedisError

from hospes.modules.promotions.errors import CouponNotFound, TooManyCodes
from hospes.platform.addresses import client_address, counted_as
from hospes.platform.caller import find_caller
from hospes.platform.runtime import runtime

GUESSES = 10
SECONDS = 600
log = structlog.get_logger(__name__)
_here: dict[str, int] = {}


@asynccontextmanager
async def watched(request: Request, codes: Sequence[str]) -> AsyncIterator[None]:
    """Look codes up inside: one that does not exist is counted, above ten in ten minutes raises `TooManyCodes`."""
    if not codes:
        yield
        return
    now = runtime(request).clock.now()
    keys = _keys(request, now)
    if max([await _count(request, key, 0, now) for key in keys]) >= GUESSES:
        wait = SECONDS - int(now.timestamp()) % SECONDS
        raise TooManyCodes(f"Too many codes were tried. Try again in {-(-wait // 60)} minutes.", retry_after=wait)
    try:
        yield
    except CouponNotFound:
        for key in keys:
            await _count(request, key, 1, now)
        raise


def _keys(request: Request, now: datetime) -> list[str]:
    window = int(now.timestamp()) // SECONDS
    caller = find_caller(request)
    user_id: UUID | None = caller.user_id if caller else None
    address = counted_as(client_address(request))
    return [f"rate:codes:{each}:{window}" for each in (user_id, address) if each]


async def _count(request: Request, key: str, more: int, now: datetime) -> int:
    try:
        async with runtime(request).valkey.pipeline(transaction=False) as pipe:
            pipe.incrby(key, more)
            pipe.expire(key, 2 * SECONDS)
            return int((await pipe.execute())[0])
    except RedisError as fault:
        log.warning("codes_counted_here", reason=str(fault))
    window = key.rsplit(":", 1)[1]
    for old in [each for each in _here if not each.endswith(f":{window}")]:
        del _here[old]
    _here[key] = _here.get(key, 0) + more
    return _here[key]
