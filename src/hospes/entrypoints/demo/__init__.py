"""The demo world: real places, believable listings, drawn pictures; the same seed gives the same world."""

import asyncio
from datetime import UTC, datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from hospes.entrypoints.demo.bookings import book_some
from hospes.entrypoints.demo.load import load_world
from hospes.entrypoints.demo.looks import look_at_some
from hospes.entrypoints.demo.rates import put_rates
from hospes.platform.settings import Settings
from hospes.platform.storage import Storage


def seed(settings: Settings, *, listings: int, seed: int, console: Console, now: datetime | None = None) -> None:
    """Fill an empty database, with a progress bar; writes the demo password to `demo.json` in the data folder.

    The world is as of `now`; left out: this moment."""
    moment = (now or datetime.now(UTC)).replace(microsecond=0)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Building the demo world", total=listings)
        storage = Storage(settings.storage_url, settings.data_dir / "media")

        async def run() -> None:
            ids = await load_world(
                settings,
                storage,
                listings=listings,
                seed=seed,
                now=moment,
                advance=lambda done: progress.update(task, completed=done),
            )
            await put_rates(settings, moment.date())
            await book_some(settings, ids, now=moment)
            await look_at_some(settings, ids, seed=seed, now=moment)

        asyncio.run(run())
