"""Whether names are true is looked at all the time, and mended; metrics and the doctor tell how they are."""

import os
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from hospes.entrypoints.doctor import Finding, all_findings
from hospes.modules.search import facade as search
from hospes.modules.search.naming import tending, watching
from hospes.modules.search.naming.live import LiveNames
from hospes.modules.search.naming.world import names_files
from hospes.modules.search.policies.repairing import Reason
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Settings
from tests.builders.booking import a_stay
from tests.search.names import ALL, called, known, opened, renamed
from tests.search.test_freshness import the_stays


def counted() -> tuple[float, float]:
    return float(watching.COMPARED._value.get()), float(watching.DRIFTED._value.get())


def rebuilds(reason: Reason) -> float:
    return float(watching.REBUILDS.labels(str(reason))._value.get())


async def test_names_that_drifted_are_found_counted_and_repaired(started: Runtime) -> None:
    live, stays = await opened(started), await the_stays(started)
    async with started.db.write() as tx:
        await called(tx, stays[0], "Torre Alta")
        await tx.run("UPDATE catalog.resource SET active = false WHERE id = %s", (stays[1].resource_id,))
        await called(tx, await a_stay(tx), "Palacio Real")
    assert known(live) == ALL  # the control: nothing has told, nobody has looked
    compared, drifted = counted()
    await tending.check_for_drift(live)
    assert known(live) == {"torre": ["Torre Alta"], "quinta": ["Quinta Nova"], "palacio": ["Palacio Real"]}
    assert counted() == (compared + 4, drifted + 3)
    await tending.check_for_drift(live)
    assert counted() == (compared + 8, drifted + 3)


async def test_what_was_different_is_named(started: Runtime) -> None:
    live, stays = await opened(started), await the_stays(started)
    ids = [stay.sellable.property_id for stay in stays]
    async with started.db.write() as tx:
        await called(tx, stays[0], "Torre Alta")
        await tx.run("UPDATE catalog.resource SET active = false WHERE id = %s", (stays[1].resource_id,))
        await tx.run("UPDATE catalog.resource SET rating_count = 50 WHERE id = %s", (stays[2].resource_id,))  # no event
    assert await live.drifted(ids) == {ids[0]: ("name",), ids[1]: ("live",)}
    assert await live.drifted(ids) == {}


async def test_what_events_will_tell_in_a_moment_is_no_drift_of_names(started: Runtime) -> None:
    live, stays = await opened(started), await the_stays(started)
    _, drifted = counted()
    await renamed(started, stays[0], "Torre Alta")
    await tending.check_for_drift(live)
    assert counted()[1] == drifted
    assert known(live)["torre"] == ["Torre Alta"]


async def test_a_name_is_right_again_also_in_what_is_just_being_gone_over_to(started: Runtime) -> None:
    live, stays = await opened(started), await the_stays(started)
    async with started.db.write() as tx:
        await called(tx, stays[0], "Torre Alta")
    live._also = set()
    await tending.check_for_drift(live)
    assert live._also == {stays[0].sellable.property_id}


async def test_when_many_names_are_wrong_all_are_read_anew(started: Runtime) -> None:
    live, before = await opened(started), rebuilds(Reason.DRIFT)
    async with started.db.write() as tx:
        for number in range(5):
            await called(tx, await a_stay(tx), f"Palacio {number}")
    await tending.check_for_drift(live)
    assert (live.held.generation, rebuilds(Reason.DRIFT) - before) == (1, 0)  # the control: five are few
    async with started.db.write() as tx:
        for number in range(6):
            await called(tx, await a_stay(tx), f"Torre {number}")
    await tending.check_for_drift(live)
    assert (live.held.generation, rebuilds(Reason.DRIFT) - before) == (2, 1)
    assert len(known(live)["torre"]) == 6


async def test_only_who_reads_all_anew_counts_it(started: Runtime) -> None:
    first, second, before = await opened(started), await opened(started), rebuilds(Reason.ASKED)
    await first.start_over(Reason.ASKED)
    await second.start_over(Reason.ASKED)  # there is a younger file already: nothing to build
    assert rebuilds(Reason.ASKED) - before == 1
    with second.held.files.building() as mine:
        assert mine
        await first.start_over(Reason.ASKED)  # somebody else is at it
    assert rebuilds(Reason.ASKED) - before == 1


# Metrics


async def test_the_metrics_of_names_say_what_this_process_knows(client: httpx.AsyncClient) -> None:
    rt: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    async with rt.db.write() as tx:
        stays = [await a_stay(tx) for _ in range(3)]
    live = rt.ports.names
    assert isinstance(live, LiveNames)
    await live.reload()
    await renamed(rt, stays[0], "Torre Alta")
    while await rt.ports.tail.poll():
        pass
    text = (await client.get("/metrics")).text
    said = {line.split()[0]: float(line.split()[1]) for line in text.splitlines() if not line.startswith("#")}
    names = {
        name.removeprefix("hospes_search_names_"): value for name, value in said.items() if "search_names_" in name
    }
    known_now = {name: names[name] for name in ("properties", "changed", "events_waiting", "generation", "age_seconds")}
    assert known_now == {"properties": 3, "changed": 1, "events_waiting": 0, "generation": 0, "age_seconds": 0}
    assert names["bytes"] == live.changed.shelf.nbytes > 0
    assert {"compared_total", "drift_total"} <= names.keys()
    assert said["hospes_search_index_generation"] == 0
    assert said["hospes_search_index_bytes"] > 0


# The doctor


async def searched(settings: Settings) -> Finding:
    [found] = [each for each in await all_findings(settings) if each.name == "search"]
    return found


async def test_the_doctor_tells_of_the_files_of_this_host(started: Runtime) -> None:
    settings = started.settings
    none = await searched(settings)
    assert (none.state, none.said) == ("ok", "no files yet: they begin with 0 listings")
    await search.rebuild_index(started)
    await search.rebuild_names(started)
    there = await searched(settings)
    assert there.state == "ok"
    assert there.said.startswith("listings: generation 1, ")
    assert "; names: generation 1, " in there.said
    assert there.said.endswith(" MB, 0 h old")


@pytest.mark.parametrize(("hours", "state"), [(47, "ok"), (49, "note")])
async def test_the_doctor_notes_a_file_that_nobody_renews(started: Runtime, hours: int, state: str) -> None:
    await search.rebuild_names(started)
    written = (datetime.now(UTC) - timedelta(hours=hours)).timestamp()
    os.utime(names_files(started.settings).path(1), (written, written))
    found = await searched(started.settings)
    assert (found.state, found.said.endswith(f" {hours} h old")) == (state, True)


async def test_the_doctor_says_when_there_is_no_place_for_files(started: Runtime) -> None:
    (started.settings.data_dir / "search").write_text("not a folder")
    found = await searched(started.settings)
    assert (found.state, found.mend) == ("wrong", "Make data_dir/search writable, or set search.folder.")
