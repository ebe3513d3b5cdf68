"""How often somebody may do something: counts by key and window of time, shared by all processes through Valkey.

An ordinary request is counted in this process and asks nobody: `Limits.take`. What was counted goes to Valkey every
100 ms, together for all keys, and the answer says what all processes have counted. So one process is exact, and of P
processes each may let through what it receives of a key between two of its exchanges (100 ms and a round trip) before
it knows of the others: at most (P − 1) × what arrives in that time above the limit, and never more than P × the limit.
Where that is too much (passwords, codes, payments) `take_strictly` asks Valkey first and is exact among all processes.

While Valkey is away each process counts by itself. Windows are those of the clock (`rate_limit:{who}:{what}:{end}` in
Valkey, gone when the window is over); what is refused is not counted. Memory is bounded: of too many keys the ones
used longest ago leave, and are learned again from Valkey.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

MOST_KEYS = 20_000
EXCHANGED_EVERY = 0.1
AWAY = 1.0
_AT_ONCE = 1_000
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rule:
    """`limit` times in `seconds`, counted by network address, or by person for those who are signed in.

    `strict` rules are exact among all processes; those `apart` do not count towards what an address or a person may do
    altogether.
    """

    name: str
    limit: int
    seconds: int = 60
    each: Literal["address", "person"] = "address"
    strict: bool = False
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How one key stands after a request: `left` more until the window ends, in `wait` whole seconds (≥ 1)."""

    rule: Rule
    left: int
    wait: int
    refused: bool

    @property
    def headers(self) -> dict[str, str]:
        """`RateLimit` and `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers-10."""
        rule = self.rule
        return {
            "RateLimit": f'"{rule.name}";r={self.left};t={self.wait}',
            "RateLimit-Policy": f'"{rule.name}";q={rule.limit};w={rule.seconds}',
        }


@dataclass(slots=True)
class _Count:
    """One key in one window: `known` is the sum of all processes as last heard, `fresh` what Valkey was not told."""

    end: int
    lasts: int
    known: int = 0
    fresh: int = 0


class Limits:
    """The counts of one process. `start` begins the exchange with Valkey, `stop` ends it."""

    def __init__(self, valkey: Redis, *, most_keys: int = MOST_KEYS) -> None:
        self._valkey = valkey
        self._most = most_keys
        self._counts: OrderedDict[str, _Count] = OrderedDict()
        self._untold: dict[str, _Count] = {}
        self._told = asyncio.Event()
        self._away_until = 0.0
        self._ending = False
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._counts)

    @property
    def untold(self) -> int:
        """How many keys have counts that Valkey was not told."""
        return len(self._untold)

    def start(self) -> None:
        """Exchange counts with Valkey from now on."""
        self._task = asyncio.create_task(self._exchange_for_ever(), name="limits")

    async def stop(self) -> None:
        """Tell Valkey what it was not told, and end."""
        if self._task is not None:
            self._ending = True  # a cancellation alone can be lost in the midst of an exchange
            self._told.set()
            self._task.cancel()
            await asyncio.wait({self._task})
            await self.exchange()

    def take(self, key: str, rule: Rule, at: float) -> Standing:
        """Count one more unless that is above the limit; asks nobody. `at` is the time in seconds since 1970."""
        count = self._count(key, rule, at)
        wait = max(count.end - int(at), 1)
        left = rule.limit - count.known - count.fresh
        if left <= 0:
            return Standing(rule, 0, wait, refused=True)
        count.fresh += 1
        if not self._untold:
            self._told.set()
        self._untold[f"{key}:{count.end}"] = count
        return Standing(rule, left - 1, wait, refused=False)

    async def take_strictly(self, key: str, rule: Rule, at: float) -> Standing:
        """Like `take`, with all processes' count asked for first; by this process's alone while Valkey is away."""
        count = self._count(key, rule, at)
        loop = asyncio.get_running_loop()
        if count.known + count.fresh >= rule.limit or loop.time() < self._away_until:
            return self.take(key, rule, at)
        try:
            async with self._valkey.pipeline(transaction=False) as pipe:
                pipe.incr(f"{key}:{count.end}")
                pipe.expire(f"{key}:{count.end}", rule.seconds + 5)
                count.known = int((await pipe.execute())[0])
        except RedisError as fault:
            self._note_away(fault)
            return self.take(key, rule, at)
        refused = count.known + count.fresh > rule.limit
        left = max(rule.limit - count.known - count.fresh, 0)
        return Standing(rule, left, max(count.end - int(at), 1), refused)

    async def exchange(self) -> bool:
        """Tell Valkey what was counted here and hear the sums; False while it is away, nothing is lost then."""
        while self._untold:
            batch = [(key, count, count.fresh) for key, count in list(self._untold.items())[:_AT_ONCE]]
            for key, count, fresh in batch:
                del self._untold[key]
                count.known, count.fresh = count.known + fresh, 0
            try:
                async with self._valkey.pipeline(transaction=False) as pipe:
                    for key, count, fresh in batch:
                        pipe.incrby(key, fresh)
                        pipe.expire(key, count.lasts + 5)
                    sums = (await pipe.execute())[::2]
            except RedisError as fault:
                self._note_away(fault)
                for key, count, fresh in batch:
                    self._take_back(key, count, fresh)
                return False
            for (_, count, _), total in zip(batch, sums, strict=True):
                count.known = int(total)
        return True

    async def _exchange_for_ever(self) -> None:
        while not self._ending:
            await self._told.wait()
            self._told.clear()
            await asyncio.sleep(EXCHANGED_EVERY)
            if not await self.exchange():
                self._told.set()
                await asyncio.sleep(AWAY)

    def _count(self, key: str, rule: Rule, at: float) -> _Count:
        end = (int(at) // rule.seconds + 1) * rule.seconds
        count = self._counts.get(key)
        if count is None or count.end != end:
            if count is not None:
                self._untold.pop(f"{key}:{count.end}", None)
            count = self._counts[key] = self._untold.get(f"{key}:{end}") or _Count(end, rule.seconds)
        self._counts.move_to_end(key)
        if len(self._counts) > self._most:
            self._counts.popitem(last=False)
        return count

    def _take_back(self, key: str, count: _Count, fresh: int) -> None:
        """What could not be told waits, as long as its key is among those that are kept."""
        count.known, count.fresh = count.known - fresh, count.fresh + fresh
        if self._counts.get(key.rpartition(":")[0]) is count:
            self._untold[key] = count

    def _note_away(self, fault: RedisError) -> None:
        self._away_until = asyncio.get_running_loop().time() + AWAY
        log.warning("limits_counted_here", reason=str(fault))
