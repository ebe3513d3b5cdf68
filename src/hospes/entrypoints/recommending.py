"""`hospes recommend`: train now, and measure how good suggestions are (docs/recommendations.md)."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from hospes.platform.settings import load_settings, with_secrets

if TYPE_CHECKING:
    from hospes.modules.recommendations.policies.evaluating import Measured

app = typer.Typer(no_args_is_help=True, help="Suggestions to guests (docs/recommendations.md).")
console = Console()
LEARNED_DAYS = 90.0


@app.callback()
def _recommend() -> None:
    """Suggestions to guests."""


@app.command("train")
def train_now() -> None:
    """Learn from what people did, as the worker does four times a day."""
    from hospes.entrypoints.servers import reachable
    from hospes.entrypoints.wiring import open_runtime
    from hospes.modules.recommendations.use_cases.train import train

    async def run() -> str:
        with reachable(with_secrets(load_settings())) as settings:
            async with open_runtime(settings) as rt:
                learned = await train(rt)
        if learned is None:
            return "Nobody has looked at anything yet, or booked."
        return (
            f"Suggestions for {len(learned.suggested)} people, {len(learned.together)} places seen with others,"
            f" {len(learned.popular)} cities; {'with' if learned.factors else 'without'} factors."
        )

    console.print(asyncio.run(run()))


@app.command("evaluate")
def evaluate_now(
    database: Annotated[bool, typer.Option(help="With what people did here instead of a made-up world.")] = False,
    days: Annotated[int, typer.Option(min=1, max=179, help="With --database: how many of the last days to ask.")] = 30,
    listings: Annotated[int, typer.Option(min=100, max=50_000, help="Of the made-up world.")] = 4_000,
    cities: Annotated[int, typer.Option(min=1, help="Its largest cities are kept.")] = 15,
    people: Annotated[int, typer.Option(min=10, max=100_000, help="Who look around it.")] = 2_000,
    seed: Annotated[int, typer.Option(help="Another number makes another world.")] = 21,
    shuffled: Annotated[bool, typer.Option(help="The same looks by anybody: no tastes.")] = False,
    descriptions: Annotated[bool, typer.Option(help="Also what descriptions add to likeness.")] = False,
) -> None:
    """Recall and NDCG of each way of suggesting: what was learned before a day is asked for what people did later."""
    if descriptions:
        _check_the_extra()
    found = (
        _of_the_database(days, descriptions)
        if database
        else _of_a_world(listings, cities, people, seed, shuffled, descriptions)
    )
    if not found:
        console.print("There is too little to measure.")
        raise typer.Exit(1)
    console.print(_table(found))


def _check_the_extra() -> None:
    from hospes.modules.semantic import facade as semantic

    if not semantic.installed():
        console.print("Descriptions are compared by the extra hospes[semantic], which is not installed here.")
        raise typer.Exit(1)


def _of_the_database(days: int, descriptions: bool) -> "Mapping[str, Measured]":
    from hospes.entrypoints.servers import reachable
    from hospes.entrypoints.wiring import open_runtime
    from hospes.modules.recommendations.use_cases.measure import measure
    from hospes.modules.semantic import facade as semantic

    async def run() -> "Mapping[str, Measured]":
        with reachable(with_secrets(load_settings())) as settings:
            async with open_runtime(settings) as rt, rt.db.read() as tx:
                vectors = semantic.vectors_of if descriptions else None
                return await measure(tx, days=days, now=rt.clock.now(), vectors=vectors)

    return asyncio.run(run())


def _of_a_world(
    listings: int, cities: int, people: int, seed: int, shuffled: bool, descriptions: bool
) -> "Mapping[str, Measured]":
    from hospes.entrypoints.demo.tastes import busiest, look_around, places_of
    from hospes.entrypoints.demo.world import Builder
    from hospes.modules.catalog.contracts import AMENITY_BIT
    from hospes.modules.recommendations.policies.evaluating import evaluate
    from hospes.modules.semantic import facade as semantic

    now = datetime(2026, 6, 1, tzinfo=UTC)
    builder = Builder(seed, now.date(), now, "", frozenset(AMENITY_BIT))
    builder.people()
    world = builder.chunk(listings)
    places = busiest(places_of(world), cities)
    said = {row[0]: (row[2], row[3]) for row in world.property}
    vectors = semantic.embed([said[each] for each in places.ids]) if descriptions else None
    acts = look_around(places.traits, places.city, people=people, seed=seed)
    console.print(f"{len(places.ids)} places, {people} people, {len(acts.person)} looks and bookings in 120 days.")
    given = acts.shuffled(seed) if shuffled else acts
    return evaluate(places.traits, places.city, given, split=LEARNED_DAYS, asked=people, vectors=vectors)


def _table(found: "Mapping[str, Measured]") -> Table:
    asked = next(iter(found.values()))
    table = Table(title=f"{asked.people} people asked", title_justify="left")
    for name in ("", *(f"recall@{k}" for k in asked.recall), *(f"NDCG@{k}" for k in asked.ndcg)):
        table.add_column(name, justify="left" if not name else "right")
    for name, each in found.items():
        table.add_row(name, *(f"{value:.3f}" for value in (*each.recall.values(), *each.ndcg.values())))
    return table
