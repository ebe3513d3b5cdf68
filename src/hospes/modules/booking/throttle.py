"""A counter in Valkey that keeps one address from keeping everything: 60 holds in 10 minutes.

Who is signed in keeps five places at most anyway (rows say so); this is against many accounts. While Valkey is away the
process counts by itself.
"""

from datetime import datetime

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from hospes.modules.booking.errors import TooManyHoldsFromHere
from hospes.platform.addresses import counted_as

HOLDS = 60
SECONDS = 600
log = structlog.get_logger(__name__)
_here: dict[str, int] = {}


async def count_hold(valkey: Redis, ip_address: str, *, now: datetime) -> None:
    """Raises `TooManyHoldsFromHere` above 60 holds of one address in ten minutes."""
    at = int(now.timestamp())
    key = f"rate:holds:{counted_as(ip_address)}:{at // SECONDS}"
    try:
        async with valkey.pipeline(transaction=False) as pipe:
            pipe.incr(key)
            pipe.expire(key, 2 * SECONDS)
            count = int((await pipe.execute())[0])
    except RedisError as fault:
        log.warning("holds_counted_here", reason=str(fault))
        count = _count_here(key, at // SECONDS)
    if count > HOLDS:
        wait = SECONDS - at % SECONDS
        raise TooManyHoldsFromHere(f"Too many places are being kept. Try again in {wait} seconds.", retry_after=wait)


def _count_here(key: str, window: int) -> int:
    for old in [each for each in _here if not each.endswith(f":{window}")]:
        del _here[old]
    _here[key] = _here.get(key, 0) + 1
    return _here[key]
