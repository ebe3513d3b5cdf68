"""`hospes bench`: one run, one table, one JSON file."""

import argparse
import asyncio
import gc
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import psycopg
from rich.console import Console
from rich.table import Table

from bench import bare, calendars, freshness, ledger, naming, searching, security, stage, webhooks
from bench.load import request
from hospes.platform.embedded import servers, usable_port
from hospes.platform.migrating import migrate

Results = dict[str, Any]
console = Console()


def main(args: list[str]) -> None:
    """Run what the command line asks for; `replay FILE` has a command line of its own."""
    if args[:1] == ["replay"]:
        from bench.replay.cli import main as replay

        replay(args[1:])
        return
    parser = argparse.ArgumentParser(prog="hospes bench", description="Measure against the bars of the design.")
    parser.add_argument("--quick", action="store_true", help="short, and 100 000 listings only")
    parser.add_argument(
        "--only",
        default="booking,rivals,calendars,webhooks,ledger,security,freshness,search,text,web,start",
        help="parts, separated by commas",
    )
    asked = parser.parse_args(args)
    parts, results = set(asked.only.split(",")), Results(at=datetime.now(UTC).isoformat(), quick=asked.quick)
    with tempfile.TemporaryDirectory(prefix="hospes-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        _on_servers(folder / "main", parts, asked.quick, results)
        if "search" in parts:
            for count in (100_000,) if asked.quick else (100_000, 1_000_000):
                results[f"search_{count}"] = _search(folder / f"search-{count}", count, asked.quick)
        if "text" in parts:
            console.print("Suggestions over the names of the world and 100,000 properties …")
            results["text"] = naming.measure(folder / "text", asked=500 if asked.quick else 2_000)
        if parts & {"web", "start"}:
            console.print("Demo world: start, pages and search over HTTP …")
            results["up"] = _up(folder / "up", 3_000 if asked.quick else 20_000, asked.quick)
    _show(results)
    folder = Path(__file__).with_name("results")
    folder.mkdir(exist_ok=True)
    file = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    file.write_text(json.dumps(results, indent=1) + "\n")
    console.print(f"Written to {file}", highlight=False)


def _on_servers(folder: Path, parts: set[str], quick: bool, results: Results) -> None:
    if not parts & {"booking", "rivals", "calendars", "webhooks", "ledger", "security", "freshness"}:
        return
    listings = 2_000 if quick else 10_000
    with servers(folder) as (database, valkey):
        migrate(database)
        stage.fill(database, listings)
        if "booking" in parts:
            seconds = 3 if quick else 8
            results["booking"] = _booking(folder, database, valkey, listings, seconds)
        if "rivals" in parts:
            console.print("500 rivals for one night …")
            with stage.api(folder, database, valkey) as api:
                results["rivals"] = _rivals(api)
        if "calendars" in parts:
            console.print("Slots, a hotel's calendar, 500 rivals for one slot …")
            results["calendars"] = calendars.measure(folder, database, valkey)
        if "ledger" in parts:
            entries = 100_000 if quick else 1_000_000
            console.print(f"The ledger explorer over {entries:,} entries …")
            results["ledger"] = ledger.measure(folder, database, valkey, entries=entries)
        if "security" in parts:
            console.print("Sessions, and twenty log-ins at once …")
            results["security"] = security.measure(folder, database, valkey, seconds=3 if quick else 8)
        if "freshness" in parts:
            console.print("Changes, until two processes know them …")
            _empty(database)
            results["freshness"] = freshness.measure(
                folder, database, valkey, listings=listings, seconds=5 if quick else 20
            )
        if "webhooks" in parts:
            console.print("Webhooks, from HTTP in to the guest's screen …")
            _empty(database)
            results["webhooks"] = webhooks.measure(
                folder, database, valkey, listings=listings, seconds=5 if quick else 20
            )


def _booking(folder: Path, database: str, valkey: str, listings: int, seconds: int) -> Results:
    console.print("pgbench: the bare transaction …")
    found: Results = {"bare": bare.pgbench(database, folder, bare.BARE, listings=listings, seconds=seconds, given={})}
    _empty(database)
    console.print("pgbench: the statements of a booking …")
    script, given = asyncio.run(bare.own_statements(database))
    _empty(database)
    found["own"] = bare.pgbench(database, folder, script, listings=listings, seconds=seconds, given=given)
    _empty(database)
    console.print("Bookings over HTTP …")
    token = stage.token()
    wishes = random.Random(1).sample(range(listings * stage.NIGHTS), 2_000 * (seconds + 1))
    asks = [
        request(
            "POST", "/api/v1/bookings", token=token, key=str(uuid4()),
            body=stage.stay(wish // stage.NIGHTS + 1, wish % stage.NIGHTS),
        )
        for wish in wishes
    ]  # fmt: skip
    with stage.api(folder, database, valkey) as api:
        stage.drive(api.port, asks[:400], seconds=2, connections=12)
        found["http"] = stage.drive(api.port, asks[400:], seconds=seconds, connections=12)
        found["rss_mb"] = _largest(api.pid)
    good = found["http"]["statuses"].get("201", 0)
    found["http_per_second"] = good / found["http"]["seconds"]
    found["of_bare"], found["of_own"] = (
        found["http_per_second"] / found["bare"],
        found["http_per_second"] / found["own"],
    )
    return found


def _largest(pid: int) -> float:
    """The memory in MB of the largest among a process and its children."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return max(float(each.memory_info().rss) for each in family) / 2**20


def _search(folder: Path, count: int, quick: bool) -> Results:
    console.print(f"Search over {count:,} listings, in this process …")
    found = searching.measure(count, asked=300 if quick else 1_000)
    gc.collect()
    console.print(f"Search over {count:,} listings, over HTTP …")
    return {**found, "http": searching.over_http(folder, count, seconds=3 if quick else 8)}


def _empty(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("SET session_replication_role = replica")  # documents and entries are never removed otherwise
        conn.execute(
            "TRUNCATE inventory.claim, booking.booking, booking.item, booking.history, payments.payment,"
            " platform.outbox, platform.idempotency CASCADE"
        )
        conn.execute("CHECKPOINT")


def _rivals(api: stage.Api) -> Results:
    """A server that has been at work: its pools are open and its statements prepared."""
    token, path = stage.token(), "/api/v1/bookings"
    before = [
        request("POST", path, token=token, key=str(uuid4()), body=stage.stay(2 + n, stage.NIGHTS)) for n in range(200)
    ]
    stage.drive(api.port, before, seconds=60, connections=32)
    body = stage.stay(1, stage.NIGHTS + 5)
    asks = [request("POST", path, token=token, key=str(uuid4()), body=body) for _ in range(500)]
    return stage.drive(api.port, asks, seconds=60, connections=500)


def _up(folder: Path, listings: int, quick: bool) -> Results:
    from hospes.entrypoints import demo
    from hospes.platform.settings import load_settings, with_secrets

    folder.mkdir()
    with servers(folder) as (database, valkey):
        migrate(database)
        given = with_secrets(load_settings(environ=stage.environment(folder), database_url=database, redis_url=valkey))
        demo.seed(given, listings=listings, seed=1, console=console)
    port = usable_port()
    command = [sys.executable, "-m", "hospes.entrypoints.cli", "up", "--port", str(port)]
    started = time.perf_counter()
    with (folder / "up.log").open("ab") as log:
        process = subprocess.Popen(command, env=stage.environment(folder), stdout=log, stderr=log, cwd=stage.ROOT)
    try:
        stage.wait_ready(port, process, folder / "up.log")
        found: Results = {"listings": listings, "ready_seconds": time.perf_counter() - started}
        found["first_page"] = stage.drive(port, [request("GET", "/")], seconds=20, connections=1)
        found["search"] = _searches(port, 3 if quick else 8)
        found["search_one"] = _searches(port, 3 if quick else 8, connections=1)
        found["rss_mb"] = max(
            (
                each.memory_info().rss / 2**20
                for each in psutil.Process(process.pid).children()
                if "api" in each.cmdline()
            ),
            default=0.0,
        )
        return found
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.wait(30)


def _searches(port: int, seconds: int, connections: int = 8) -> Results:
    cities = ("Paris", "Berlin", "Tokyo", "London", "Rome", "Madrid", "Lisbon", "New%20York", "Sydney", "Vienna")
    draw, today = random.Random(3), datetime.now(UTC).date().toordinal()
    asks = []
    for _ in range(1_000 * seconds):
        first = datetime.fromordinal(today + draw.randint(3, 200)).date()
        last = datetime.fromordinal(first.toordinal() + draw.randint(1, 5)).date()
        wish = f"check_in={first}&check_out={last}&adults={draw.randint(1, 3)}&price_max=40000&amenities=wifi"
        asks.append(request("GET", f"/api/v1/search?q={draw.choice(cities)}&{wish}"))
    stage.drive(port, asks[:50], seconds=3, connections=2)
    return stage.drive(port, asks, seconds=seconds, connections=connections)


def _rows(results: Results) -> list[tuple[str, str, str, bool | None]]:
    rows: list[tuple[str, str, str, bool | None]] = []
    if booking := results.get("booking"):
        http, bare_rate, own = booking["http_per_second"], booking["bare"], booking["own"]
        rows += [
            ("bookings over HTTP, of bare pgbench", f"{http:.0f}/s of {bare_rate:.0f}/s = {booking['of_bare']:.2f}",
             "≥ 0.20", booking["of_bare"] >= 0.2),
            ("bookings over HTTP, of their own statements", f"{http:.0f}/s of {own:.0f}/s = {booking['of_own']:.2f}",
             "≥ 0.50", booking["of_own"] >= 0.5),
            ("  a booking, p50 and p99", f"{booking['http']['p50_ms']:.1f} and {booking['http']['p99_ms']:.1f} ms", "", None),
            ("API worker, small index", f"{booking['rss_mb']:.0f} MB", "< 150 MB", booking["rss_mb"] < 150),
        ]  # fmt: skip
    if rivals := results.get("rivals"):
        one = rivals["statuses"] == {"201": 1, "409": 499}
        rows += [
            ("500 rivals for one night", f"{rivals['statuses']}", "one 201, 499 × 409", one),
            ("  p99", f"{rivals['p99_ms']:.0f} ms", "< 1000 ms", rivals["p99_ms"] < 1000),
        ]
    if found := results.get("calendars"):
        rows += calendars.rows(found)
    if found := results.get("ledger"):
        rows += ledger.rows(found)
    if found := results.get("security"):
        rows += security.rows(found)
    if found := results.get("freshness"):
        rows += freshness.rows(found)
    if found := results.get("webhooks"):
        rows += webhooks.rows(found)
    for name in ("search_100000", "search_1000000"):
        if found := results.get(name):
            label = f"search, {found['listings']:,} listings, in process"
            said = f"p50 {found['p50_ms']:.2f}, p99 {found['p99_ms']:.2f} ms"
            rows.append((label, said, "p99 < 5 ms", found["p99_ms"] < 5))
            size = found["bytes_per_listing"] - 64
            rows.append(("  index", f"{size:.0f} bytes a listing, and 64 of calendar", "< 150", size < 150))
            rows += searching.rows(found["http"])
    if found := results.get("text"):
        rows += naming.rows(found)
    if up := results.get("up"):
        rows += _rows_up(up)
    return rows


def _rows_up(up: Results) -> list[tuple[str, str, str, bool | None]]:
    one, many, page = up["search_one"], up["search"], up["first_page"]["p50_ms"]
    return [
        (f"search over HTTP, {up['listings']:,} listings, one at a time",
         f"p50 {one['p50_ms']:.1f}, p99 {one['p99_ms']:.1f} ms {one['statuses']}", "p99 < 15 ms", one["p99_ms"] < 15),
        ("  eight at once", f"{many['per_second']:.0f}/s, p99 {many['p99_ms']:.1f} ms", "", None),
        ("`hospes up` again, until ready", f"{up['ready_seconds']:.2f} s", "< 5 s", up["ready_seconds"] < 5),
        ("  first page, cold", f"{page:.0f} ms", "< 50 ms", page < 50),
        ("  API worker with its index", f"{up['rss_mb']:.0f} MB", "", None),
    ]  # fmt: skip


def _show(results: Results) -> None:
    table = Table(title="hospes bench", title_justify="left")
    for name in ("what", "measured", "bar", "reached"):
        table.add_column(name)
    for label, said, bar, reached in _rows(results):
        table.add_row(label, said, bar, "" if reached is None else "[green]yes[/]" if reached else "[red]no[/]")
    console.print(table)
