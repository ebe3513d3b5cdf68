"""`hospes bench replay FILE`: read, build, run, check, report. Ends with 1 when an invariant is broken."""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bench.replay.commands import Outcome, Replay, run_all
from bench.replay.rows import Inventory, Row, implied_inventory, read_rows
from bench.replay.world import build
from hospes.entrypoints.invariants import INVARIANTS, breaches
from hospes.platform.db import Database
from hospes.platform.embedded import servers
from hospes.platform.migrating import migrate
from hospes.platform.sealing import Keyring

Results = dict[str, Any]


def main(args: list[str]) -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="hospes bench replay", description="Replay a history of hotel bookings.")
    parser.add_argument("file", type=Path, help="hotel_bookings.csv, or the same with .gz")
    parser.add_argument("--limit", type=int, help="only so many bookings, the earliest made")
    parser.add_argument("--json", type=Path, help="also write the results here")
    asked = parser.parse_args(args)
    console = Console()
    if not asked.file.is_file():
        parser.error(f"{asked.file} is not a file")
    rows, skipped = read_rows(asked.file, asked.limit)
    with tempfile.TemporaryDirectory(prefix="hospes-replay-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with servers(folder / "main") as (database, _):
            migrate(database)
            results = asyncio.run(replay(database, rows, console))
    results |= {
        "at": datetime.now(UTC).isoformat(),
        "skipped": dict(skipped),
        "rows": len(rows) + sum(skipped.values()),
    }
    _show(results, console)
    if asked.json:
        asked.json.write_text(json.dumps(results, indent=1, default=str) + "\n")
    if results["breaches"]:
        sys.exit(1)


async def replay(url: str, rows: Sequence[Row], console: Console | None = None) -> Results:
    """Build the hotels these bookings imply in an empty database, run everything, and look at what must hold."""
    secret = token_urlsafe(48)
    database = Database(url, max_write=4, max_read=2, keyring=Keyring([("replay", secret)], secret))
    await database.open()
    try:
        inventories = implied_inventory(rows)
        first, last = min(row.arrival for row in rows), max(row.departure for row in rows)
        async with database.write() as tx:
            hotels = await build(tx, inventories, first, last)
        replays = [
            Replay(database, hotel, [row for row in rows if row.hotel == name]) for name, hotel in hotels.items()
        ]
        with _progress(console) as progress:
            bar = progress.add_task("commands", total=sum(len(each.commands) for each in replays))
            outcome = await run_all(replays, lambda: progress.advance(bar))
        async with database.read() as tx:
            broken = await breaches(tx)
        return _results(inventories, outcome, broken)
    finally:
        await database.close()


def _results(
    inventories: dict[str, Inventory], outcome: Outcome, broken: dict[str, list[tuple[object, ...]]]
) -> Results:
    booked = outcome.done["booked and paid"]
    return {
        "hotels": {name: {"rooms": each.rooms, "sold_at_most": each.sold} for name, each in inventories.items()},
        "done": dict(outcome.done),
        "refused": dict(outcome.refused),
        "stays_that_happened_refused": outcome.lost_stays,
        "seconds": outcome.seconds,
        "commands_per_second": outcome.done.total() / outcome.seconds if outcome.seconds else 0.0,
        "bookings_per_second": booked / outcome.seconds if outcome.seconds else 0.0,
        "breaches": broken,
    }


def _progress(console: Console | None) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=console is None)


def _show(results: Results, console: Console) -> None:
    table = Table(title="hospes bench replay", title_justify="left", show_header=False)
    table.add_row("rows read", f"{results['rows']:,}")
    for why, count in results["skipped"].items():
        table.add_row(f"  left out: {why}", f"{count:,}")
    for name, each in results["hotels"].items():
        table.add_row(name, f"{each['rooms']} rooms, at most {each['sold_at_most']} promised for a night")
    for what, count in results["done"].items():
        table.add_row(what, f"{count:,}")
    for what, count in results["refused"].items():
        table.add_row(f"refused: {what}", f"{count:,}")
    table.add_row("stays that happened and were refused", f"{results['stays_that_happened_refused']:,}")
    table.add_row("commands a second", f"{results['commands_per_second']:.0f}")
    table.add_row("bookings a second, paid", f"{results['bookings_per_second']:.0f}")
    for name in INVARIANTS:
        broken = results["breaches"].get(name)
        table.add_row(name, f"[red]broken: {broken}[/]" if broken else "[green]holds[/]")
    console.print(table)
