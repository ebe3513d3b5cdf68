"""The command line: `hospes up` runs everything, the other commands run or examine parts."""

import asyncio
import gc
import json
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from hospes.entrypoints import searching
from hospes.entrypoints.recommending import app as recommending
from hospes.platform.settings import Settings, SettingsError, load_settings, with_secrets

PROJECT = Path(__file__).parents[3]

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Hospes: a booking platform.", pretty_exceptions_enable=False
)
console = Console()

Port = Annotated[int | None, typer.Option(help="Port of the web address.")]
Host = Annotated[str | None, typer.Option(help="Address to listen on.")]


def _settings(**given: Any) -> Settings:
    try:
        return with_secrets(load_settings(**{key: value for key, value in given.items() if value is not None}))
    except SettingsError as fault:
        _give_up(f"A setting cannot be used:\n{fault}")


def _give_up(why: str) -> NoReturn:
    Console(stderr=True).print(why, style="red", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(1)


@app.command()
def up(
    host: Host = None,
    port: Port = None,
    workers: Annotated[int, typer.Option(help="API processes.")] = 1,
    demo: Annotated[bool, typer.Option(help="Fill an empty database with the demo world.")] = True,
    verbose: Annotated[bool, typer.Option(help="Show the logs here instead of writing them to files.")] = False,
) -> None:
    """Run everything: servers, migrations, demo world, web, API and worker."""
    from hospes.entrypoints.up import CannotStart, Wishes
    from hospes.entrypoints.up import up as run_up

    try:
        run_up(_settings(host=host, port=port), Wishes(demo=demo, workers=workers, verbose=verbose), console)
    except CannotStart as why:
        _give_up(str(why))


@app.command()
def api(
    host: Host = None,
    port: Port = None,
    workers: Annotated[int, typer.Option(help="Processes that share the port.")] = 1,
    modules: Annotated[str, typer.Option(help="Only these modules, separated by commas.")] = "",
) -> None:
    """Serve the web pages and the API (needs the servers to be there; see `up`)."""
    gc.disable()  # until everything is loaded: a fifth of the start would go into looking for garbage
    from hospes.entrypoints.serving import serve

    chosen = tuple(name.strip() for name in modules.split(",") if name.strip()) or None
    settings = _settings(host=host, port=port, modules=chosen)
    _need_addresses(settings)
    serve(settings, workers=workers)


@app.command()
def worker(
    queues: Annotated[str, typer.Option(help="Only these queues, separated by commas.")] = "",
    concurrency: Annotated[int, typer.Option(help="Jobs at once.")] = 8,
) -> None:
    """Relay events, run jobs and periodic work."""
    gc.disable()  # as `api`
    from hospes.entrypoints.worker import run_worker
    from hospes.platform.logs import configure_logs

    settings = _settings()
    _need_addresses(settings)
    configure_logs(settings.log_level, service="worker")
    chosen = [name.strip() for name in queues.split(",") if name.strip()]
    asyncio.run(run_worker(settings, queues=chosen, concurrency=concurrency))


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    from hospes.entrypoints.servers import reachable
    from hospes.entrypoints.upgrading import upgrade

    with reachable(_settings()) as settings:
        sealed = upgrade(settings)
    console.print("The database has the newest schema.")
    if sealed:
        console.print(f"The personal data of {sealed} accounts is sealed now.")


@app.command()
def doctor() -> None:
    """Check everything Hospes stands on, and say how to mend what is wrong."""
    from hospes.entrypoints.doctor import examine
    from hospes.entrypoints.servers import reachable
    from hospes.platform.embedded import EmbeddedError

    try:
        with reachable(_settings()) as settings:
            healthy = asyncio.run(examine(settings, console))
    except EmbeddedError as fault:
        _give_up(str(fault))
    raise typer.Exit(0 if healthy else 1)


keys = typer.Typer(no_args_is_help=True, help="The keys that seal personal data (docs/keys.md).")
app.add_typer(keys, name="keys")


@keys.callback()
def _keys() -> None:
    """The keys that seal personal data."""


@keys.command("rotate")
def rotate_keys() -> None:
    """Seal with the current key what older keys have sealed; after that they can be taken out of the settings."""
    from hospes.entrypoints.servers import reachable
    from hospes.entrypoints.wiring import open_runtime, sealed_columns
    from hospes.platform.key_rotation import rotate_keys as rotate
    from hospes.platform.sealing import SealBroken

    async def run(settings: Settings) -> tuple[int, str]:
        async with open_runtime(settings) as rt:
            return await rotate(rt.db, sealed_columns()), rt.keyring.current

    try:
        with reachable(_settings()) as settings:
            count, current = asyncio.run(run(settings))
    except SealBroken as fault:
        _give_up(f"{fault} Put the key back into auth.pii_keys and try again.")
    console.print(f"{count} values were sealed anew; everything is under the key {current}.")


rates = typer.Typer(no_args_is_help=True, help="Exchange rates, for showing amounts in other currencies.")
app.add_typer(rates, name="rates")


@rates.callback()
def _rates() -> None:
    """Exchange rates."""


@rates.command("import")
def import_rates(
    file: Annotated[Path, typer.Argument(help="eurofxref-daily.xml or -hist.xml of the European Central Bank.")],
) -> None:
    """Take exchange rates over from a file."""
    from hospes.entrypoints.servers import reachable
    from hospes.entrypoints.wiring import open_runtime
    from hospes.modules.ledger.facade import import_rates as take_over
    from hospes.platform.errors import HospesError

    async def run(settings: Settings) -> int:
        async with open_runtime(settings) as rt:
            return await take_over(rt, file)

    try:
        with reachable(_settings()) as settings:
            count = asyncio.run(run(settings))
    except HospesError as fault:
        _give_up(fault.detail)
    console.print(f"{count} exchange rates are on file.")


app.add_typer(recommending, name="recommend")
books = typer.Typer(no_args_is_help=True, help="The ledger.")
app.add_typer(books, name="ledger")


@books.callback()
def _books() -> None:
    """The ledger."""


@books.command("backfill")
def backfill(
    settled_before: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="What hosts earned with stays that began before this day was paid to them by other means already."
            " Left out: all of it is owed to them, and will be paid out.",
        ),
    ] = None,
) -> None:
    """Post what moved before there was a ledger. It can be stopped and begun again: nothing is posted twice."""
    from hospes.entrypoints.servers import reachable
    from hospes.entrypoints.wiring import open_runtime
    from hospes.modules.payouts.use_cases.backfill_ledger import Backfilled, backfill_ledger

    day = settled_before.replace(tzinfo=UTC) if settled_before else None

    def say(done: Backfilled) -> None:
        console.print(f"{done.movements} movements and {done.bookings} bookings looked at", end="\r")

    async def run(settings: Settings) -> Backfilled:
        async with open_runtime(settings) as rt:
            return await backfill_ledger(rt, settled_before=day, told=say)

    with reachable(_settings()) as settings:
        done = asyncio.run(run(settings))
    console.print(f"The ledger has every movement; {done.bookings} bookings were looked at.")


app.add_typer(searching.commands(_settings), name="search")


@app.command()
def openapi(file: Annotated[Path | None, typer.Argument(help="Where to write it; else it is printed.")] = None) -> None:
    """The OpenAPI document of the API."""
    from hospes.entrypoints.app import create_app

    text = json.dumps(create_app(_settings()).openapi(), indent=2, ensure_ascii=False)
    if file:
        file.write_text(text + "\n", encoding="utf-8")
    else:
        sys.stdout.write(text + "\n")


def _need_addresses(settings: Settings) -> None:
    if not (settings.database_url and settings.redis_url):
        from hospes.entrypoints.servers import running

        noted = running(settings.data_dir)
        hint = f" `hospes up` runs as process {noted['pid']} and has these parts already." if noted else ""
        _give_up(f"Set DATABASE_URL and REDIS_URL (or `database` in config.yml), or use `hospes up`.{hint}")


@app.command()
def seed(
    listings: Annotated[int, typer.Option(help="How many listings.")] = 3_000,
    number: Annotated[int, typer.Option("--seed", help="Another number makes another world.")] = 1,
) -> None:
    """Fill the database with a demo world of real places."""
    from hospes.entrypoints.servers import reachable

    with reachable(_settings()) as settings:
        import_module("hospes.entrypoints.demo").seed(settings, listings=listings, seed=number, console=console)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True}, add_help_option=False)
def bench(context: typer.Context) -> None:
    """Measure against the bars of the design; see `hospes bench --help`."""
    sys.path.insert(0, str(PROJECT))  # the benchmarks lie beside the package, not in it
    import_module("bench.cli").main(context.args)


def main() -> None:
    """Where the installed command starts."""
    app()


if __name__ == "__main__":
    main()
