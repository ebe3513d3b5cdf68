"""Whether the index is true is looked at all the time, and what is wrong is put right."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import httpx
import pytest

from hospes.modules.booking.contracts import Party as BookingParty
from hospes.modules.booking.use_cases.place_hold import place_hold
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import ClaimKind, SlotAsk, Window
from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.contracts import Rate
from hospes.modules.search import facade as search
from hospes.modules.search.keeping import upkeep
from hospes.modules.search.keeping.follow import LiveIndex
from hospes.modules.search.keeping.watching import COMPARED, DRIFTED, LISTINGS
from hospes.platform.ids import new_id
from hospes.platform.runtime import Runtime
from tests.builders.booking import Stay, a_stay
from tests.builders.identity import a_user
from tests.builders.schedules import HOUR, VERSAILLES, a_departure, with_schedule
from tests.conftest import NOW, Servers
from tests.search.test_freshness import afresh, rows_of, the_stays

FIRST = date(2026, 6, 10)


@pytest.fixture
async def live(runtime: Runtime) -> AsyncIterator[LiveIndex]:
    async with runtime.db.write() as tx:
        for units in (1, 2, 1, 1):
            await a_stay(tx, units=units)
    await runtime.ports.tail.mark()
    live = LiveIndex(runtime)
    await live.open()
    yield live
    await live.close()


async def unheard(rt: Runtime, stay: Stay) -> None:
    """Changes that no event tells of: a price, the nights, a name on the list of the living."""
    async with rt.db.write() as tx:
        await tx.run("UPDATE pricing.rate SET base_amount = 777 WHERE resource_id = %s", (stay.resource_id,))


def drifted() -> float:
    return float(DRIFTED._value.get())


async def test_what_drifted_is_found_counted_and_repaired(runtime: Runtime, live: LiveIndex) -> None:
    stays, before = await the_stays(runtime), drifted()
    await unheard(runtime, stays[0])
    async with runtime.db.write() as tx:
        await tx.run("UPDATE catalog.resource SET active = false WHERE id = %s", (stays[1].resource_id,))
        await a_stay(tx)
    right = await afresh(runtime)
    assert rows_of(live.index.columns) != right  # the control: nothing has told, nobody has looked
    compared = COMPARED._value.get()
    await upkeep.check_for_drift(live)
    assert rows_of(live.index.columns) == right
    assert drifted() - before == 3
    assert COMPARED._value.get() - compared == 5
    await upkeep.check_for_drift(live)
    assert drifted() - before == 3


async def test_what_was_different_is_named(runtime: Runtime, live: LiveIndex) -> None:
    stays = await the_stays(runtime)
    await unheard(runtime, stays[0])
    found = await live.drifted([stay.resource_id for stay in stays])
    assert found == {stays[0].resource_id: ("base", "euros", "score")}


async def test_fees_of_a_way_jobs_elsewhere_and_places_of_children_are_looked_at(
    runtime: Runtime, live: LiveIndex
) -> None:
    async with runtime.db.write() as tx:
        plumber = await a_stay(tx, mode="timed", kind="PROFESSIONAL")
        open_all_week = tuple(Window(day, time(9), time(17)) for day in range(7))
        await with_schedule(
            tx, plumber.resource_id, travel_mode="travel", home=VERSAILLES, radius_km=60.0, speed_kmh=5.0,
            windows=open_all_week,
        )  # fmt: skip
        tour = await a_stay(tx, mode="departure", kind="TOUR")
        await a_departure(tx, tour.resource_id)
    await live.reload()
    at = NOW + timedelta(days=1)
    async with runtime.db.write() as tx:
        await tx.run("UPDATE pricing.rate SET travel_fee = 9, child_amount = 7")
        for day in range(60):  # at home an hour after opening: too soon for somebody who is three hours away
            starts = at.replace(hour=8) + timedelta(days=day)
            ask = SlotAsk(plumber.resource_id, plumber.sellable.unit_ids, "Europe/Paris", starts, starts + HOUR)
            await inventory.claim(tx, replace(ask, home=VERSAILLES), kind=ClaimKind.BOOKING, owner_id=new_id(), now=NOW)
    found = await live.drifted([plumber.resource_id, tour.resource_id])
    assert found == {
        plumber.resource_id: ("hours elsewhere", "travel fees"), tour.resource_id: ("a child's place",)
    }  # fmt: skip
    assert await live.drifted([plumber.resource_id, tour.resource_id]) == {}


async def test_what_events_will_tell_in_a_moment_is_no_drift(runtime: Runtime, live: LiveIndex) -> None:
    stays, before = await the_stays(runtime), drifted()
    async with runtime.db.write() as tx:
        await pricing.put_rate(tx, stays[0].resource_id, Rate("EUR", 777), now=NOW)
    await upkeep.check_for_drift(live)
    assert drifted() == before
    assert rows_of(live.index.columns) == await afresh(runtime)


async def test_a_hold_that_has_just_run_out_is_no_drift(runtime: Runtime, live: LiveIndex) -> None:
    stays, before = await the_stays(runtime), drifted()
    async with runtime.db.write() as tx:
        guest = (await a_user(tx)).id
        await place_hold(
            tx, guest_id=guest, resource_id=stays[0].resource_id, arrival=FIRST, departure=FIRST + timedelta(2),
            party=BookingParty(1), now=NOW,
        )  # fmt: skip
    await runtime.ports.tail.poll()
    runtime.clock.at = NOW + timedelta(minutes=20)  # type: ignore[attr-defined]
    await upkeep.check_for_drift(live)
    assert drifted() == before
    assert rows_of(live.index.columns) == await afresh(runtime)


async def test_when_much_is_wrong_everything_is_read_anew(runtime: Runtime, live: LiveIndex) -> None:
    async with runtime.db.write() as tx:
        for _ in range(8):
            await a_stay(tx)
    index = live.index
    await upkeep.check_for_drift(live)
    assert live.index is not index
    assert rows_of(live.index.columns) == await afresh(runtime)


async def test_a_sample_is_of_the_index_and_of_the_database(runtime: Runtime, live: LiveIndex) -> None:
    """What one side does not have is found from the other."""
    stays = await the_stays(runtime)
    async with runtime.db.write() as tx:
        new = await a_stay(tx)
        await tx.run("UPDATE catalog.resource SET active = false WHERE id = %s", (stays[1].resource_id,))
    await upkeep.check_for_drift(live)
    assert live.index.columns.row_of(new.resource_id) is not None
    assert live.index.columns.row_of(stays[1].resource_id) is None
    assert LISTINGS._value.get() == 4


async def test_the_metrics_are_where_prometheus_looks(client: httpx.AsyncClient) -> None:
    text = (await client.get("/metrics")).text
    for name in (
        "hospes_search_index_listings ", "hospes_search_staleness_seconds ", "hospes_search_snapshot_age_seconds ",
        "hospes_search_drift_listings_total ", "hospes_search_compared_listings_total ",
    ):  # fmt: skip
        assert f"\n{name}" in text
    stale = next(line for line in text.splitlines() if line.startswith("hospes_search_staleness_seconds "))
    assert 0 <= float(stale.split()[1]) < 60


# From the command line


def hospes(settings: object, running: Servers, *words: str) -> subprocess.CompletedProcess[str]:
    given = {
        "DATABASE_URL": settings.database_url, "REDIS_URL": running.valkey,  # type: ignore[attr-defined]
        "HOSPES_DATA_DIR": str(settings.data_dir), "HOSPES_LOG_LEVEL": "error", "PATH": "/usr/bin:/bin",  # type: ignore[attr-defined]
    }  # fmt: skip
    command = [sys.executable, "-m", "hospes.entrypoints.cli", *words]
    return subprocess.run(
        command, env=given, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2]
    )


async def test_the_command_line_builds_checks_and_says_what_is_wrong(runtime: Runtime, running: Servers) -> None:
    async with runtime.db.write() as tx:
        stays = [await a_stay(tx) for _ in range(3)]
    none = hospes(runtime.settings, running, "search", "check")
    assert (none.returncode, "no_snapshot" in none.stdout) == (0, True)
    built = hospes(runtime.settings, running, "search", "rebuild")
    assert (built.returncode, "Generation 1" in built.stdout, "Names: generation 1" in built.stdout) == (0, True, True)
    good = hospes(runtime.settings, running, "search", "check")
    assert (good.returncode, "3 listings compared, 0 were not" in good.stdout) == (0, True)
    assert "3 names of properties compared, 0 were not" in good.stdout
    await unheard(runtime, stays[0])
    async with runtime.db.write() as tx:
        await pricing.put_rate(tx, stays[1].resource_id, Rate("EUR", 777), now=NOW)  # told: that is no drift
    bad = hospes(runtime.settings, running, "search", "check")
    assert bad.returncode == 1
    assert f"{stays[0].resource_id}: base, euros, score" in bad.stdout
    assert str(stays[1].resource_id) not in bad.stdout


async def test_running_processes_take_over_what_was_built(runtime: Runtime, live: LiveIndex) -> None:
    await unheard(runtime, (await the_stays(runtime))[0])
    generation, _ = await search.rebuild_index(runtime)
    assert (generation, live.held.generation) == (1, 0)
    await upkeep.take_over(live)
    assert live.held.generation == 1
    assert rows_of(live.index.columns) == await afresh(runtime)
    assert json.dumps(search.differences(await search.check_index(replace(runtime), told=lambda _: None))) == "[]"
