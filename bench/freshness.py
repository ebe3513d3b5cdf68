"""How soon a change is in the index of every process: two processes that follow, one that books, blocks and prices.

From the moment a change begins, before its commit, to the moment after which every search of the process sees it.
"""

import asyncio
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from bench import stage
from hospes.entrypoints.wiring import open_runtime
from hospes.modules.booking.contracts import Party
from hospes.modules.booking.use_cases.block_dates import block_dates
from hospes.modules.booking.use_cases.create_booking import book_stay
from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.contracts import Rate
from hospes.modules.search.keeping.follow import LiveIndex
from hospes.modules.search.keeping.upkeep import tend
from hospes.modules.search.queries.standing import some_resources
from hospes.platform.caller import Caller
from hospes.platform.db import WriteTx
from hospes.platform.errors import HospesError
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from hospes.platform.settings import load_settings, with_secrets

Results = dict[str, Any]
PER_SECOND = 200
WRITERS = 12
OWNER = Caller(stage.OWNER, "o@bench.example", "O", frozenset({"host"}), "token")


def measure(folder: Path, database: str, valkey: str, *, listings: int, seconds: float) -> Results:
    """Over listings that `stage.fill` has made."""
    with psycopg.connect(database) as conn:
        conn.execute(
            "INSERT INTO catalog.business_member (business_id, user_id, role) VALUES (%s, %s, 'owner')"
            " ON CONFLICT DO NOTHING",
            (stage.BUSINESS, stage.OWNER),
        )
    env = stage.environment(folder, DATABASE_URL=database, REDIS_URL=valkey)
    command = [sys.executable, "-m", "bench.freshness"]
    watchers = [
        subprocess.Popen([*command, "watch"], env=env, cwd=stage.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    try:
        for each in watchers:
            assert each.stdout is not None
            while each.stdout.readline().strip() != b"ready":
                if each.poll() is not None:
                    raise RuntimeError("a process that follows ended at once")
        write = [*command, "write", str(listings), str(seconds)]
        done = subprocess.run(write, env=env, cwd=stage.ROOT, check=True, capture_output=True, text=True)
        time.sleep(2)
        said = [json.loads(each.communicate()[0].splitlines()[-1]) for each in watchers]
    finally:
        for each in watchers:
            each.kill()
    return {"listings": listings, "written": json.loads(done.stdout.splitlines()[-1]), "processes": said}


def rows(found: Results) -> list[tuple[str, str, str, bool | None]]:
    """For the table."""
    worst = max(each["p99_ms"] for each in found["processes"])
    middle = max(each["p50_ms"] for each in found["processes"])
    wrong = sum(each["wrong"] for each in found["processes"])
    rate = found["written"]["per_second"]
    return [
        (f"a change in the index of two processes, {rate:.0f}/s", f"p50 {middle:.0f}, p99 {worst:.0f} ms",
         "p99 < 1000 ms", worst < 1_000),
        ("  listings that were wrong afterwards", str(wrong), "0", wrong == 0),
    ]  # fmt: skip


async def _watch() -> None:
    lags: list[float] = []

    async def note(events: Sequence[Event]) -> None:
        """Called after the index has heard the same events."""
        now = time.time()
        lags.extend(now - event.occurred_at.timestamp() for event in events)

    async with open_runtime(with_secrets(load_settings())) as rt:
        await rt.ports.tail.mark()
        live = LiveIndex(rt)
        await live.open()
        tend(live)
        rt.ports.tail.listen(note)
        await rt.ports.tail.start()
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        async with rt.db.read() as tx:
            ids = await some_resources(tx, 2_000, of=2_000)
        wrong = await live.drifted(ids)
        await rt.ports.tail.stop()
        await live.close()
    lags.sort()
    print(json.dumps({
        "events": len(lags), "p50_ms": _at(lags, 0.5), "p99_ms": _at(lags, 0.99), "most_ms": _at(lags, 1),
        "wrong": len(wrong), "compared": len(ids),
    }))  # fmt: skip


def _at(lags: Sequence[float], share: float) -> float:
    return lags[min(int(len(lags) * share), len(lags) - 1)] * 1000 if lags else 0.0


async def _write(listings: int, seconds: float) -> None:
    done: Counter[str] = Counter()
    async with open_runtime(with_secrets(load_settings())) as rt:
        started = time.perf_counter()
        await asyncio.gather(*(_writer(rt, n, listings, seconds, started, done) for n in range(WRITERS)))
        spent = time.perf_counter() - started
    changed = sum(count for kind, count in done.items() if not kind.startswith("refused"))
    print(json.dumps({"per_second": changed / spent, "changes": done}))


async def _writer(rt: Runtime, number: int, listings: int, seconds: float, started: float, done: Counter[str]) -> None:
    draw, count = random.Random(number), 0
    while time.perf_counter() - started < seconds:
        kind = draw.choice(("book", "block", "price", "nights"))
        try:
            async with rt.db.write() as tx:
                await _change(tx, kind, draw, listings)
            done[kind] += 1
        except HospesError as refusal:
            done[f"refused: {refusal.code}"] += 1
        count += 1
        await asyncio.sleep(max(0.0, started + count * WRITERS / PER_SECOND - time.perf_counter()))


async def _change(tx: WriteTx, kind: str, draw: random.Random, listings: int) -> None:
    now = datetime.now(UTC)
    resource = stage.resource_id(draw.randint(1, listings))
    first = (now + timedelta(days=draw.randint(3, 300))).date()
    stay = {"resource_id": resource, "arrival": first, "departure": first + timedelta(days=draw.randint(1, 3))}
    match kind:
        case "book":
            await book_stay(tx, guest_id=stage.GUEST, party=Party(1), provider="sandbox", now=now, **stay)
        case "block":
            await block_dates(tx, caller=OWNER, now=now, **stay)
        case "price":
            await pricing.put_rate(tx, resource, Rate("EUR", draw.randint(5_000, 30_000)), now=now)
        case _:
            days: dict[Any, int | None] = {first + timedelta(days=n): draw.randint(5_000, 30_000) for n in range(3)}
            await pricing.set_day_prices(tx, resource, days, now=now)


if __name__ == "__main__":
    if sys.argv[1] == "watch":
        asyncio.run(_watch())
    else:
        asyncio.run(_write(int(sys.argv[2]), float(sys.argv[3])))
