"""`hospes search`: look at the index of this host, or make it anew."""

import asyncio
from collections.abc import Callable
from functools import partial
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
        """Compare every listing and every name with the database; ends with status 1 when some are not the same."""
        raise typer.Exit(_check(settings_in_force(), show))

    @app.command()
    def rebuild() -> None:
        """Make index and names anew from the database; running processes of this host go over to them in seconds."""
        raise typer.Exit(_rebuild(settings_in_force()))

    return app


def _check(given: Settings, show: int) -> int:
    from hospes.entrypoints.servers import reachable
    from hospes.entrypoints.wiring import open_runtime
    from hospes.modules.search.facade import Checked, CheckedNames, check_index, check_names, differences

    async def run(settings: Settings) -> tuple[Checked, CheckedNames]:
        async with open_runtime(settings) as rt:
            index = await check_index(rt, told=partial(_seen, "listings"))
            return index, await check_names(rt, told=partial(_seen, "names"))

    with reachable(given) as settings:
        index, names = asyncio.run(run(settings))
    wrong = 0
    for what, done in (("listings", index), ("names of properties", names)):
        if done.unfit:
            console.print(f"No {what} to compare: there is no snapshot that can be used ({done.unfit}).")
            continue
        lines = differences(done)
        wrong += len(lines)
        console.print(f"{done.compared:,} {what} compared, {len(lines)} were not as in the database.")
        for line in lines[:show]:
            console.print(f"  {line}", highlight=False)
    return 1 if wrong else 0


def _seen(what: str, count: int) -> None:
    console.print(f"{count:,} {what} compared", end="\r")


def _rebuild(given: Settings) -> int:
    from hospes.entrypoints.servers import reachable
    from hospes.entrypoints.wiring import open_runtime
    from hospes.modules.search.facade import rebuild_index, rebuild_names

    async def run(settings: Settings) -> tuple[tuple[int, float], tuple[int, float]]:
        async with open_runtime(settings) as rt:
            return await rebuild_index(rt), await rebuild_names(rt)

    try:
        with reachable(given) as settings:
            (generation, seconds), (of_names, more) = asyncio.run(run(settings))
    except OSError as fault:
        Console(stderr=True).print(f"The index cannot be written: {fault}", style="red", highlight=False)
        return 1
    console.print(f"Generation {generation} was built in {seconds:.1f} s.")
    console.print(f"Names: generation {of_names} was built in {more:.1f} s.")
    return 0
