"""Counts of several processes, with and without Valkey."""

import asyncio
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from hospes.platform.limits import Limits, Rule
from hospes.platform.runtime import Runtime
from tests.conftest import Servers

TEN = Rule("ten", 10)
AT = 1_780_300_830.0  # 30 seconds into a minute
KEY = "rate_limit:198.51.100.1:/api/v1/things"


def nowhere() -> Redis:
    return Redis.from_url("redis://127.0.0.1:1", socket_connect_timeout=0.2, retry=Retry(NoBackoff(), 0))


class Sometimes:
    """A client of a Valkey that can go away and come back."""

    def __init__(self, there: Redis) -> None:
        self.now, self.there = nowhere(), there

    def pipeline(self, transaction: bool = True) -> Any:
        return self.now.pipeline(transaction)


def take(limits: Limits, times: int, *, key: str = KEY, at: float = AT) -> list[bool]:
    return [not limits.take(key, TEN, at).refused for _ in range(times)]


def flood(limits: Limits) -> None:
    for number in range(500):
        take(limits, 1, key=f"rate_limit:198.51.100.{number}:/")


async def test_one_process_is_exact(runtime: Runtime) -> None:
    limits = Limits(runtime.valkey)
    assert take(limits, 12) == [True] * 10 + [False] * 2
    assert take(limits, 1, key=KEY + "/others") == [True]
    first = limits.take(KEY + "/told", TEN, AT)
    assert (first.left, first.wait) == (9, 30)
    assert first.headers == {"RateLimit": '"ten";r=9;t=30', "RateLimit-Policy": '"ten";q=10;w=60'}


async def test_the_next_minute_starts_anew(runtime: Runtime) -> None:
    limits = Limits(runtime.valkey)
    assert take(limits, 11).count(True) == 10
    assert take(limits, 1, at=AT + 29.9) == [False]
    assert take(limits, 11, at=AT + 30).count(True) == 10


async def test_what_is_refused_is_not_counted(runtime: Runtime) -> None:
    limits = Limits(runtime.valkey)
    take(limits, 1_000)
    await limits.exchange()
    assert await runtime.valkey.get(f"{KEY}:1780300860") == "10"
    assert 60 <= await runtime.valkey.ttl(f"{KEY}:1780300860") <= 65


async def test_processes_learn_of_each_other_when_they_exchange(runtime: Runtime) -> None:
    one, other = Limits(runtime.valkey), Limits(runtime.valkey)
    assert take(one, 6).count(True) == 6
    assert await one.exchange()
    assert take(other, 3).count(True) == 3
    assert await other.exchange()  # six and three
    assert take(other, 3) == [True, False, False]


async def test_before_they_exchange_each_lets_through_its_own_and_never_more(runtime: Runtime) -> None:
    """The bound that is promised; two processes at their worst, and exact from the next exchange on."""
    one, other = Limits(runtime.valkey), Limits(runtime.valkey)
    assert take(one, 50).count(True) + take(other, 50).count(True) == 20
    assert await one.exchange()
    assert await other.exchange()
    assert take(one, 1) == take(other, 1) == [False]


async def test_strict_counts_are_exact_among_processes(runtime: Runtime, running: Servers) -> None:
    patient = Redis.from_url(running.valkey, decode_responses=True)  # who does not wait counts by itself
    processes = [Limits(patient) for _ in range(4)]
    found = await asyncio.gather(*(processes[n % 4].take_strictly(KEY, TEN, AT) for n in range(40)))
    assert sum(not each.refused for each in found) == 10
    loose = [Limits(runtime.valkey) for _ in range(4)]  # the control: the same without asking first
    assert sum(not loose[n % 4].take(KEY + "/loose", TEN, AT).refused for n in range(40)) == 40
    await patient.aclose()


async def test_without_valkey_each_process_counts_by_itself_and_tells_it_later(runtime: Runtime) -> None:
    valkey = Sometimes(runtime.valkey)
    limits = Limits(valkey)  # type: ignore[arg-type]
    assert take(limits, 12).count(True) == 10
    assert not await limits.exchange()
    assert take(limits, 1) == [False]
    strictly = [await limits.take_strictly(KEY + "/strict", TEN, AT) for _ in range(12)]
    assert [each.refused for each in strictly] == [False] * 10 + [True] * 2
    valkey.now = valkey.there
    assert await limits.exchange()
    assert await runtime.valkey.get(f"{KEY}:1780300860") == "10"
    assert await runtime.valkey.get(f"{KEY}/strict:1780300860") == "10"


async def test_memory_is_bounded_and_what_left_is_learned_again(runtime: Runtime) -> None:
    limits = Limits(runtime.valkey, most_keys=100)
    assert take(limits, 10).count(True) == 10
    flood(limits)
    assert take(limits, 1) == [False]  # what Valkey was not told is not forgotten
    assert await limits.exchange()
    flood(limits)
    assert len(limits) == 100
    assert take(limits, 1) == [True]  # now it is
    assert await limits.exchange()
    assert take(limits, 1) == [False]


async def test_without_valkey_memory_is_bounded_too() -> None:
    limits = Limits(nowhere(), most_keys=100)
    flood(limits)
    assert not await limits.exchange()
    assert (len(limits), limits.untold) == (100, 100)


async def test_counts_travel_by_themselves(runtime: Runtime) -> None:
    limits = Limits(runtime.valkey)
    limits.start()
    take(limits, 4)
    for _ in range(100):
        if await runtime.valkey.get(f"{KEY}:1780300860") == "4":
            break
        await asyncio.sleep(0.05)
    else:
        pytest.fail("Valkey was never told")
    take(limits, 2)
    await limits.stop()
    assert await runtime.valkey.get(f"{KEY}:1780300860") == "6"
