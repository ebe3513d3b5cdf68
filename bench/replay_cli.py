"""`python -m bench.replay_cli FILE`: real bookings through the booking core by room type, and what must hold afterwards."""

import argparse
import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from bench.replay_checks import check, compare
from bench.replay_rows import Outcome, Room, Stay, expect, read, rooms_of, schedule
from bench.replay_run import Replay, furnish
from hospes.platform.db import Database
from hospes.platform.embedded import servers
from hospes.platform.migrating import migrate

Report = dict[str, Any]
console = Console()


def main(args: list[str]) -> None:
    """Replay the file; exits with 1 when an invariant is broken, with 2 when the file cannot be read."""
    asked = _parser().parse_args(args)
    try:
        stays, left_out, rows = read(asked.file, limit=asked.limit)
    except (OSError, ValueError, KeyError) as fault:
        console.print(f"{asked.file} cannot be replayed: {fault}", style="red", markup=False)
        sys.exit(2)
    if not stays:
        console.print(f"{asked.file} has no booking that can be replayed.", style="red", markup=False)
        sys.exit(2)
    with tempfile.TemporaryDirectory(prefix="hospes-replay-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with servers(folder / "servers") as (database, _):
            migrate(database)
            with _progress() as bar:
                task = bar.add_task("Replaying")
                report = asyncio.run(
                    replay(
                        database, stays, live=asked.capacity == "live", connections=asked.connections,
                        told=lambda done, total: bar.update(task, completed=done, total=total),
                    )
                )  # fmt: skip
    report = {
        "at": datetime.now(UTC).isoformat(), "file": asked.file.name, "limit": asked.limit,
        "capacity": asked.capacity, "connections": asked.connections,
        "rows": {"read": rows, "replayed": len(stays), "left_out": dict(left_out)}, **report,
    }  # fmt: skip
    show(report, console)
    file = asked.json or Path(__file__).with_name("results") / f"replay-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(report, indent=1) + "\n")
    console.print(f"Written to {file}", highlight=False)
    sys.exit(1 if breaches(report) else 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.replay_cli",
        description="Run real bookings through the booking core, and check what comes of it.",
    )
    parser.add_argument(
        "file", type=Path, help="CSV, or CSV with gzip, in the columns of the hotel booking demand data set"
    )
    parser.add_argument("--limit", type=_positive, help="only so many rows, spread evenly over the file")
    parser.add_argument(
        "--capacity", choices=("kept", "live"), default="kept",
        help="rooms: the most kept in a night, or the most ever booked for one, so that nobody is refused",
    )  # fmt: skip
    parser.add_argument("--connections", type=_positive, default=4, help="room types that are worked on at once")
    parser.add_argument("--json", type=Path, help="where to write the results, instead of bench/results")
    return parser


def _positive(said: str) -> int:
    if int(said) < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return int(said)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
        console=console,
    )  # fmt: skip


async def replay(
    url: str,
    stays: Sequence[Stay],
    *,
    live: bool = False,
    connections: int = 4,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Replay into this freshly migrated database and check it; the report as it is written to JSON.

    `live`: as many rooms as were ever booked at once, instead of as many as were kept.
    """
    rooms, commands, done = rooms_of(stays, live=live), schedule(stays), 0
    furnish(url, rooms.values())

    def moved(count: int) -> None:
        nonlocal done
        done += count
        told(done, len(commands))

    database = Database(url, max_write=connections, max_read=1)
    await database.open()
    try:
        run = Replay(database, rooms, connections=connections, told=moved)
        await run.run(commands)
    finally:
        await database.close()
    expected = expect(commands, rooms)
    with psycopg.connect(url) as conn:
        findings = check(conn)
        findings["ended_otherwise_than_counted"] = compare(conn, run.bookings, run.refusals, expected)
    return {
        "rooms": [{**asdict(room), "id": str(room.id)} for room in rooms.values()],
        **_measured(run),
        "bookings": _of_bookings(stays, rooms, run, expected.statuses),
        "invariants": {name: asdict(each) for name, each in findings.items()},
    }


def _measured(run: Replay) -> Report:
    commands = sum(run.ran.values())
    return {
        "seconds": run.seconds,
        "commands": {str(kind): run.ran[kind] for kind in sorted(run.ran)},
        "commands_total": commands,
        "moved_by_clock": run.moved_by_clock,
        "commands_per_second": commands / run.seconds,
        "bookings_per_second": len(run.bookings) / run.seconds,
        "milliseconds": {str(kind): _percentiles(run.seconds_of[kind]) for kind in sorted(run.seconds_of)},
        "refused": {f"{kind} {code}": count for (kind, code), count in sorted(run.refused.items())},
    }


def _percentiles(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {name: ordered[int(len(ordered) * share)] * 1000 for name, share in (("p50", 0.5), ("p99", 0.99))}


def _of_bookings(
    stays: Sequence[Stay], rooms: dict[tuple[str, str], Room], run: Replay, statuses: dict[int, str]
) -> Report:
    """How they ended, what the refused ones would have become, and their nights at the file's prices and at ours."""
    completed = [stay for stay in stays if statuses.get(stay.number) == "completed" and stay.number in run.bookings]
    by_adr = sum((stay.adr * len(stay.nights) for stay in completed), Decimal(0))
    return {
        "made": len(run.bookings),
        "ended": dict(Counter(statuses[stay.number] for stay in stays if stay.number in statuses)),
        "refused_by_what_they_became": dict(
            Counter(str(stay.outcome) for stay in stays if stay.number in run.refusals)
        ),
        "left_before_the_booked_day": sum(
            1 for stay in completed if stay.outcome is Outcome.STAYED and stay.ended < stay.departure
        ),
        "nights_of_stays_at_adr": float(by_adr),
        "nights_of_stays_at_our_rate": sum(rooms[stay.kind].rate * len(stay.nights) for stay in completed) / 100,
    }


def breaches(report: Report) -> list[str]:
    """The names of the invariants that do not hold."""
    return [name for name, each in report["invariants"].items() if each["breaches"]]


def show(report: Report, out: Console) -> None:
    """The report as tables."""
    rows, made = report["rows"], report["bookings"]
    table = Table(title="replay by room type", title_justify="left", show_header=False)
    table.add_row("rows read", f"{rows['read']:,}")
    for reason, count in sorted(rows["left_out"].items()):
        table.add_row(f"  left out: {reason}", f"{count:,}")
    rooms = sum(room["capacity"] for room in report["rooms"])
    table.add_row("room types and rooms", f"{len(report['rooms'])} and {rooms:,} ({report['capacity']})")
    for kind, count in report["commands"].items():
        spread = report["milliseconds"][kind]
        table.add_row(kind, f"{count:,} (p50 {spread['p50']:.1f}, p99 {spread['p99']:.1f} ms)")
    table.add_row("  moved by the clock", f"{report['moved_by_clock']:,}")
    table.add_row("seconds", f"{report['seconds']:.1f}")
    table.add_row("commands a second", f"{report['commands_per_second']:.0f}")
    table.add_row("bookings made a second", f"{report['bookings_per_second']:.0f}")
    table.add_row("bookings made", f"{made['made']:,} {made['ended']}")
    for reason, count in report["refused"].items():
        table.add_row(f"  refused: {reason}", f"{count:,}")
    table.add_row("  the refused became", f"{made['refused_by_what_they_became']}")
    out.print(table)
    checks = Table(title="invariants", title_justify="left")
    for name in ("what must not be", "found", "for example"):
        checks.add_column(name)
    for name, each in report["invariants"].items():
        said = "[green]0[/]" if not each["breaches"] else f"[red]{each['breaches']:,}[/]"
        checks.add_row(name, said, ", ".join(each["examples"]))
    out.print(checks)


if __name__ == "__main__":
    main(sys.argv[1:])
