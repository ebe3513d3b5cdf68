"""Search with all filters and dates: the index in this process, and the same questions over HTTP."""

import itertools
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx
import psutil
import psycopg

from bench import searching_postgres, stage
from bench.load import request
from hospes.modules.catalog.contracts import AMENITIES as KNOWN
from hospes.modules.pricing.contracts import Party
from hospes.modules.search.contracts import Listing, Query
from hospes.modules.search.index.search_index import SearchIndex
from hospes.platform.embedded import servers, usable_port
from hospes.platform.migrating import migrate

AMENITIES = tuple(each.code for each in KNOWN[:20])
CITIES = 400
ZONES = ("Europe/Paris", "America/New_York", "Asia/Tokyo", "Australia/Sydney", "America/Sao_Paulo", "Asia/Kolkata")
Results = dict[str, Any]


def middles() -> list[tuple[float, float]]:
    """Where the cities are; the first are the largest."""
    draw = random.Random(7)
    return [(draw.uniform(-50, 60), draw.uniform(-170, 170)) for _ in range(CITIES)]


def listings(count: int) -> Iterator[Listing]:
    """Homes around 400 cities, the larger ones with more."""
    draw, cities = random.Random(8), middles()
    for _ in range(count):
        city = int(CITIES * draw.random() ** 2)
        lat, lon = cities[city]
        yield Listing(
            resource_id=UUID(int=draw.getrandbits(128)), latitude=lat + draw.gauss(0, 0.08),
            longitude=lon + draw.gauss(0, 0.1), kind="HOME", nightly=True,
            guests=draw.randint(1, 8), pets=draw.random() < 0.3, instant=draw.random() < 0.5,
            amenities=draw.getrandbits(20), rating=round(draw.uniform(3, 5), 2), rating_count=draw.randint(0, 300),
            currency="EUR", base_amount=draw.randint(3_000, 40_000),
            min_nights=draw.randint(1, 3), max_nights=90, notice_hours=draw.choice((0, 0, 24, 48)), horizon_days=365,
            open_words=(draw.getrandbits(512) | draw.getrandbits(512)).to_bytes(64, "little"),
            zone=ZONES[city % len(ZONES)],
        )  # fmt: skip


def questions(count: int) -> Iterator[Query]:
    """A place, dates, a party, a price range, an amenity and a rating; large cities are asked for more often."""
    draw, cities, today = random.Random(9), middles(), datetime.now(UTC).date()
    for _ in range(count):
        lat, lon = cities[int(CITIES * draw.random() ** 2)]
        first = today + timedelta(days=draw.randint(3, 200))
        yield Query(
            latitude=lat, longitude=lon, radius_km=20, arrival=first,
            departure=first + timedelta(days=draw.randint(1, 5)),
            party=Party(draw.randint(1, 3)), price_min=4_000, price_max=30_000, amenities=(draw.choice(AMENITIES),),
            rating_min=3.5,
        )  # fmt: skip


def measure(count: int, *, asked: int) -> Results:
    """In this process: p50 and p99, and bytes a listing."""
    now = datetime.now(UTC)
    index = SearchIndex(("HOME",), AMENITIES, now.date())
    started = time.perf_counter()
    index.load(listings(count))
    loaded = time.perf_counter() - started
    times, found = [], 0
    for query in questions(asked):
        started = time.perf_counter()
        found += index.find(query, now=now).total
        times.append(time.perf_counter() - started)
    times.sort()
    return {
        "listings": count, "load_seconds": loaded, "bytes_per_listing": index.columns.nbytes / count,
        "p50_ms": times[len(times) // 2] * 1000, "p99_ms": times[int(len(times) * 0.99)] * 1000, "found": found,
    }  # fmt: skip


def over_http(folder: Path, count: int, *, seconds: float) -> Results:
    """From the load generator's side, one question at a time and eight at once, against one worker."""
    folder.mkdir()
    found: Results = {"listings": count}
    with servers(folder) as (database, valkey):
        migrate(database)
        started = time.perf_counter()
        _fill(database, count)
        found["fill_seconds"] = time.perf_counter() - started
        env = stage.environment(folder, DATABASE_URL=database, REDIS_URL=valkey)
        asks = [_request(query) for query in questions(int(2_000 * seconds))]
        with _api(folder, env, 1) as (port, ready, _):
            found["built_seconds"] = ready
        with _api(folder, env, 1) as (port, ready, process):
            found["ready_seconds"] = ready
            found["rss_mb"] = process.memory_info().rss / 2**20
            found["private_mb"] = _own(process) / 2**20
            stage.drive(port, asks[:100], seconds=5, connections=2)
            found["one"] = stage.drive(port, asks[100:], seconds=seconds, connections=1)
            found["home"] = stage.drive(port, [request("GET", "/")] * 50, seconds=seconds, connections=1)
            few = list(itertools.islice(questions(300), 300))
            found["postgres"] = searching_postgres.measure(database, few)
            found["same_totals"] = _same(port, few, found["postgres"].pop("totals"))
        with _api(folder, env, 2) as (port, _, process):
            _settle(process)  # connections stay with the worker that took them
            stage.drive(port, asks[:100], seconds=5, connections=4)
            found["eight"] = stage.drive(port, asks[100:], seconds=seconds, connections=8)
    return found


@contextmanager
def _api(folder: Path, env: dict[str, str], workers: int) -> Iterator[tuple[int, float, psutil.Process]]:
    """The API, how long it took to be ready, and the process (with one worker)."""
    port = usable_port()
    command = [sys.executable, "-m", "hospes.entrypoints.cli", "api", "--port", str(port), "--workers", str(workers)]
    started = time.perf_counter()
    with (folder / "api.log").open("ab") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log, cwd=stage.ROOT)
    try:
        _wait(port, process, folder / "api.log")
        yield port, time.perf_counter() - started, psutil.Process(process.pid)
    finally:
        for each in (*psutil.Process(process.pid).children(recursive=True), process):
            each.kill()
        process.wait()


def _settle(process: psutil.Process) -> None:
    """Until every worker has started: none is at work for half a second; a minute at most."""
    workers = process.children(recursive=True)
    for _ in range(120):
        before = [sum(each.cpu_times()[:2]) for each in workers]
        time.sleep(0.5)
        if sum(sum(each.cpu_times()[:2]) for each in workers) - sum(before) < 0.1:
            return


def _own(process: psutil.Process) -> int:
    """Bytes no other process can share: pages of a mapped file count only where they have been written to."""
    if not hasattr(process, "memory_maps"):  # macOS
        return int(process.memory_full_info().uss)
    return sum(int(each.private_dirty) for each in process.memory_maps())


def _same(port: int, asked: list[Query], totals: list[int]) -> float:
    """The share of questions to which the API finds as many as PostgreSQL."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        told = [client.get(_request(query).split(" ", 2)[1]).json()["total"] for query in asked]
    return sum(one == other for one, other in zip(told, totals, strict=True)) / len(asked)


def rows(found: Results) -> list[tuple[str, str, str, bool | None]]:
    """What the table says."""
    one, many, plain = found["one"], found["eight"], found["postgres"]
    times = plain["p50_ms"] / one["p50_ms"]
    said = f"p50 {plain['p50_ms']:.1f}, p99 {plain['p99_ms']:.1f} ms: {times:.1f} times ours with HTTP"
    return [
        ("  the same over HTTP, one at a time", f"p50 {one['p50_ms']:.1f}, p99 {one['p99_ms']:.1f} ms", "p99 < 15 ms",
         one["p99_ms"] < 15),
        ("  two workers, eight at once", f"{many['per_second']:.0f}/s, p99 {many['p99_ms']:.1f} ms", "≥ 1000/s",
         many["per_second"] >= 1000),
        ("  the same in PostgreSQL", said, "", None),
        ("  as many found", f"{found['same_totals']:.0%} of questions", "100%", found["same_totals"] == 1),
        ("  a start from the mapped file", f"{found['ready_seconds']:.1f} s (first {found['built_seconds']:.0f} s)",
         "< 3 s", found["ready_seconds"] < 3),
        ("  an API process", f"{found['private_mb']:.0f} MB of its own, {found['rss_mb']:.0f} with what is shared", "",
         None),
    ]  # fmt: skip


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """As long as a large index takes to load: eight minutes at most."""
    for attempt in range(4):
        try:
            return stage.wait_ready(port, process, log)
        except RuntimeError:
            if attempt == 3 or process.poll() is not None:
                raise
    return None


def _request(query: Query) -> str:
    assert query.arrival is not None
    assert query.departure is not None
    said = {
        "lat": query.latitude, "lon": query.longitude, "radius_km": query.radius_km,
        "check_in": query.arrival.isoformat(), "check_out": query.departure.isoformat(), "adults": query.guests,
        "price_min": query.price_min, "price_max": query.price_max, "amenities": query.amenities[0],
        "rating_min": query.rating_min,
    }  # fmt: skip
    return request("GET", f"/api/v1/search?{urlencode(said)}")


def _fill(database: str, count: int) -> None:
    """The same homes as rows, one in ten with a few nights blocked."""
    now, draw = datetime.now(UTC), random.Random(10)
    stage.fill(database, 1)
    with psycopg.connect(database) as conn:
        conn.execute("SET session_replication_role = replica")  # the rows agree with each other
        _copy(conn, "catalog.property (id, business_id, name, city, country, latitude, longitude, zone, amenities,"
              " status, created_at, updated_at)",
              ((each.resource_id, stage.BUSINESS, "Home", "Town", "DE", each.latitude, each.longitude, each.zone,
                [code for bit, code in enumerate(AMENITIES) if each.amenities >> bit & 1], "approved", now, now)
               for each in listings(count)))  # fmt: skip
        _copy(conn, "catalog.resource (id, property_id, kind, mode, name, max_guests, instant, pets_allowed, min_nights,"
              " max_nights, notice_hours, horizon_days, rating_avg, rating_count, created_at, updated_at)",
              ((each.resource_id, each.resource_id, "HOME", "nightly", "Home", each.guests, each.instant, each.pets,
                each.min_nights, each.max_nights, each.notice_hours, each.horizon_days, each.rating,
                each.rating_count, now, now) for each in listings(count)))  # fmt: skip
        _copy(conn, "catalog.unit (id, resource_id, name)",
              ((each.resource_id, each.resource_id, "1") for each in listings(count)))  # fmt: skip
        _copy(conn, "pricing.rate (resource_id, currency, base_amount, updated_at)",
              ((each.resource_id, each.currency, each.base_amount, now) for each in listings(count)))  # fmt: skip
        firsts = ((each, now.date() + timedelta(days=draw.randint(3, 200))) for each in listings(count))
        _copy(conn, "inventory.claim (id, resource_id, unit_id, during, first_night, last_night, kind, owner_id,"
              " created_at)",
              ((each.resource_id, each.resource_id, each.resource_id, f"[{first} 12:00Z,{first + timedelta(3)} 12:00Z)",
                first, first + timedelta(2), "block", each.resource_id, now)
               for each, first in firsts if each.resource_id.int % 10 == 0))  # fmt: skip
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("VACUUM ANALYZE")


def _copy(conn: psycopg.Connection[Any], into: str, rows: Iterator[tuple[Any, ...]]) -> None:
    with conn.cursor().copy(f"COPY {into} FROM STDIN") as copy:  # type: ignore[arg-type]
        for row in rows:
            copy.write_row(row)
