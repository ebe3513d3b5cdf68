"""`hospes search`: look at the index of this host, or make it anew."""

import asyncio
from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import Console

from hospes.platform.settings import Settings

console = Console()


def commands(settings_in_force: Callable[[], Settings]) -> typer.Typer:
    """The commands, for `hospes`."""
    app = typer.Typer(no_args_is_help=True, help="The index of search (docs/search-operations.md).")

    @app.callback()
    def _search() -> None:
        """The index of search."""

    @app.command()
    def check(show: Annotated[int, typer.Option(help="At most so many listings are named.")] = 50) -> None:
        """Compare every listing of the index with the database; ends with status 1 when some are not the same."""
        raise typer.Exit(_check(settings_in_force(), show))

    @app.command()
    def rebuild() -> None:
        """Make the index anew from the database; running processes of this host go over to it within seconds."""
        raise typer.Exit(_rebuild(settings_in_force()))

    return app


def _check(given: Settings, show: int) -> int:
    from hospes.entrypoints.servers import reachable
    from hospes.entrypoints.wiring import open_runtime
    from hospes.modules.search.facade import Checked, check_index, differences

    async def run(settings: Settings) -> Checked:
        async with open_runtime(settings) as rt:
            return await check_index(rt, told=lambda seen: console.print(f"{seen:,} listings compared", end="\r"))

    with reachable(given) as settings:
        done = asyncio.run(run(settings))
    if done.unfit:
        console.print(f"Nothing to compare: there is no snapshot that can be used ({done.unfit}).")
        return 0
    lines = differences(done)
    console.print(f"{done.compared:,} listings compared, {len(lines)} were not as in the database.")
    for line in lines[:show]:
        console.print(f"  {line}", highlight=False)
    return 1 if lines else 0


def _rebuild(given: Settings) -> int:
    from hospes.entrypoints.servers import reachable
    from hospes.entrypoints.wiring import open_runtime
    from hospes.modules.search.facade import rebuild_index

    async def run(settings: Settings) -> tuple[int, float]:
        async with open_runtime(settings) as rt:
            return await rebuild_index(rt)

    try:
        with reachable(given) as settings:
            generation, seconds = asyncio.run(run(settings))
    except OSError as fault:
        Console(stderr=True).print(f"The index cannot be written: {fault}", style="red", highlight=False)
        return 1
    console.print(f"Generation {generation} was built in {seconds:.1f} s.")
    return 0
