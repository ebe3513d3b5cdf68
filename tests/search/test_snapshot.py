"""The file the index starts from: whole or not at all, shared between processes, never believed without a look."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from hospes.entrypoints.wiring import open_runtime
from hospes.modules.catalog.states import PropertyAction
from hospes.modules.catalog.use_cases.review_property import review_property
from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.contracts import Rate
from hospes.modules.search import facade as search
from hospes.modules.search.contracts import Query
from hospes.modules.search.keeping import building, loader
from hospes.modules.search.keeping.builders import build_apart, work_of
from hospes.modules.search.keeping.building import open_fit
from hospes.modules.search.keeping.container import UnfitSnapshot, open_container, write_container
from hospes.modules.search.keeping.follow import LiveIndex
from hospes.modules.search.keeping.snapshot import LISTINGS, Generations, code_version, listing_files
from hospes.modules.search.policies.repairing import Reason, Stand, why_lost, why_start_over
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Search as SearchSettings
from hospes.platform.settings import Settings
from tests.builders.booking import Stay, a_stay
from tests.conftest import NOW, FixedClock
from tests.search.test_freshness import afresh, rows_of

PIECES = {"columns": ({"a": np.arange(100_000), "b": np.array([(1, 2.5)], [("x", "u1"), ("y", "f8")])}, {"n": 3})}
STAND = Stand("1/1/16384/hospes", "0005", "100:100:", 100, 7, 1, NOW)


@pytest.fixture
async def started(settings: Settings, clock: FixedClock) -> AsyncIterator[Runtime]:
    """A process of a world that is always worth a snapshot, with three homes."""
    given = settings.model_copy(update={"search": SearchSettings(snapshot_from=0)})
    async with open_runtime(given, clock=clock) as rt:
        async with rt.db.write() as tx:
            for units in (1, 2, 1):
                await a_stay(tx, units=units)
        await rt.ports.tail.mark()
        yield rt


async def opened(rt: Runtime) -> LiveIndex:
    live = LiveIndex(rt)
    await live.open()
    return live


async def the_stays(rt: Runtime) -> list[Stay]:
    from tests.search.test_freshness import the_stays as all_of_them

    return await all_of_them(rt)


async def cheaper(rt: Runtime, stay: Stay, amount: int = 4_321) -> None:
    async with rt.db.write() as tx:
        await pricing.put_rate(tx, stay.resource_id, Rate("EUR", amount), now=NOW)


# The file


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    write_container(tmp_path / "f", {"who": "us"}, PIECES)
    found = open_container(tmp_path / "f")
    arrays, facts = found.pieces["columns"]
    assert found.facts == {"who": "us"}
    assert facts == {"n": 3}
    assert np.array_equal(arrays["a"], np.arange(100_000))
    assert arrays["b"].tolist() == [(1, 2.5)]
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


CHANGE_ALL = """
import sys
from pathlib import Path
from hospes.modules.search.keeping.container import open_container
a = open_container(Path(sys.argv[1])).pieces["columns"][0]["a"]
a[:] = 7
print(int(a.sum()))
"""
CHANGE_THE_FILE = CHANGE_ALL.replace(
    "a[:] = 7",
    "import mmap; f = open(sys.argv[1], 'r+b'); m = mmap.mmap(f.fileno(), 0)"
    "; m[len(m) // 2:] = bytes(len(m) - len(m) // 2)",
)


@pytest.mark.parametrize(("program", "untouched"), [(CHANGE_ALL, True), (CHANGE_THE_FILE, False)])
def test_what_a_process_changes_only_it_sees(tmp_path: Path, program: str, untouched: bool) -> None:
    """The control writes through a shared mapping: then the other process's memory changes too."""
    write_container(tmp_path / "f", {}, PIECES)
    ours = open_container(tmp_path / "f").pieces["columns"][0]["a"]
    ours[0] = 5
    said = subprocess.run([sys.executable, "-c", program, str(tmp_path / "f")], check=True, capture_output=True)
    if untouched:
        assert int(said.stdout) == 700_000
    assert (int(ours[1:].sum()) == sum(range(1, 100_000))) is untouched
    assert ours[0] == 5


KILLED = """
import sys, numpy as np
from pathlib import Path
from hospes.modules.search.keeping import container
plain = container._bytes_of
def slow(facts, pieces):
    for number, each in enumerate(plain(facts, pieces)):
        if number == 3:
            print("half", flush=True)
            sys.stdin.read()
        yield each
container._bytes_of = slow
container.write_container(Path(sys.argv[1]), {}, {"columns": ({"a": np.arange(100_000), "b": np.arange(9)}, {})})
"""


def test_a_writer_killed_half_way_leaves_nothing_that_counts(tmp_path: Path) -> None:
    files = Generations(tmp_path, LISTINGS)
    writer = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(files.path(1))], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"half\n"
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    assert [path.suffix for path in tmp_path.iterdir()] == [".part"]
    assert files.newest() == 0
    columns = loader.empty_index(NOW).columns
    assert files.save(columns, STAND) == 1
    assert [path.name for path in tmp_path.iterdir()] == [files.path(1).name]
    assert files.open(1).stand == STAND


FULL = """
import resource, signal, sys, numpy as np
from pathlib import Path
from hospes.modules.search.keeping.container import write_container
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    write_container(Path(sys.argv[1]), {}, {"columns": ({"a": np.arange(100_000)}, {})})
except OSError as fault:
    print(fault.strerror)
"""


def test_where_there_is_no_room_nothing_is_left_behind(tmp_path: Path) -> None:
    said = subprocess.run([sys.executable, "-c", FULL, str(tmp_path / "f")], check=True, capture_output=True, text=True)
    assert said.stdout == "File too large\n"
    assert list(tmp_path.iterdir()) == []


def test_a_file_with_a_changed_or_missing_byte_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "f"
    write_container(path, {"who": "us"}, {"columns": ({"a": np.arange(1_000), "b": np.arange(8)}, {})})
    whole = path.read_bytes()
    ends_at = len(whole.rstrip(b"\0"))
    for place in range(0, ends_at, 97):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        if not _only_padding(whole, place):
            with pytest.raises(UnfitSnapshot):
                open_container(path)
    for length in range(0, ends_at - 64, 499):
        path.write_bytes(whole[:length])
        with pytest.raises(UnfitSnapshot):
            open_container(path)
    path.write_bytes(whole)
    assert open_container(path).pieces["columns"][0]["b"].tolist() == list(range(8))


def _only_padding(whole: bytes, place: int) -> bool:
    header_ends = 16 + int.from_bytes(whole[8:12], "little")
    return header_ends <= place < header_ends + -header_ends % 64


def test_without_the_check_a_changed_byte_would_be_taken_for_a_price(tmp_path: Path) -> None:
    """The control: the bytes of the file are the numbers."""
    path = tmp_path / "f"
    write_container(path, {}, {"columns": ({"a": np.full(8, 1_000)}, {})})
    whole = bytearray(path.read_bytes())
    whole[-64] ^= 1
    assert np.frombuffer(bytes(whole[-64:]), np.int64).tolist() == [1_001, *[1_000] * 7]


def test_other_code_never_opens_our_file(tmp_path: Path) -> None:
    ours, other = Generations(tmp_path, LISTINGS, "a" * 16), Generations(tmp_path, LISTINGS, "b" * 16)
    ours.save(loader.empty_index(NOW).columns, STAND)
    assert (ours.newest(), other.newest()) == (1, 0)
    ours.path(1).rename(other.path(1))
    with pytest.raises(UnfitSnapshot) as unfit:
        other.open(1)
    assert unfit.value.reason is Reason.FOREIGN_VERSION


def test_files_of_other_code_go_after_two_days(tmp_path: Path) -> None:
    ours, other = Generations(tmp_path, LISTINGS, "a" * 16), Generations(tmp_path, LISTINGS, "b" * 16)
    columns = loader.empty_index(NOW).columns
    other.save(columns, STAND)
    ours.save(columns, STAND)
    assert other.newest() == 1
    long_ago = time.time() - 3 * 86_400
    os.utime(other.path(1), (long_ago, long_ago))
    ours.save(columns, STAND)
    assert (ours.newest(), other.newest()) == (2, 0)


def test_one_process_of_a_host_builds(tmp_path: Path) -> None:
    with Generations(tmp_path, LISTINGS).building() as mine, Generations(tmp_path, LISTINGS).building() as theirs:
        assert (mine, theirs) == (True, False)
    with Generations(tmp_path, LISTINGS).building() as again:
        assert again


async def test_an_older_generation_goes_and_who_maps_it_keeps_it(started: Runtime) -> None:
    live = await opened(started)
    before, known = live.index, rows_of(live.index.columns)
    await live.renew(from_scratch=True)
    assert [path.name for path in live.held.files.folder.glob("*.index")] == [live.held.files.path(2).name]
    assert live.index is not before
    assert rows_of(before.columns) == rows_of(live.index.columns) == known


# When the events since do not tell everything

LATER = replace(STAND, position="200:200:", next_xid=200, last_event=9, at=NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, None),
        ({"database": "1/2/16384/hospes"}, Reason.FOREIGN_DATABASE),
        ({"revision": "0006"}, Reason.OTHER_SCHEMA),
        ({"next_xid": 99}, Reason.WENT_BACK),
        ({"last_event": 6}, Reason.WENT_BACK),
        ({"at": NOW - timedelta(hours=1)}, Reason.WENT_BACK),
        ({"at": NOW + timedelta(days=3, seconds=1)}, Reason.TOO_OLD),
        ({"first_kept": 8}, None),
        ({"first_kept": 9}, Reason.PRUNED),
        ({"first_kept": None}, Reason.PRUNED),
        ({"first_kept": None, "last_event": 7}, None),
    ],
)
def test_why_a_snapshot_cannot_be_brought_up_to_date(changed: dict[str, object], reason: Reason | None) -> None:
    assert why_start_over(STAND, replace(LATER, **changed)) is reason  # type: ignore[arg-type]
    still = reason in (None, Reason.PRUNED, Reason.OTHER_SCHEMA)
    assert why_lost(STAND, replace(LATER, **changed)) is (None if still else reason)  # type: ignore[arg-type]


# Starting


async def test_the_second_process_starts_from_the_file_of_the_first(started: Runtime) -> None:
    first = await opened(started)
    second = await opened(started)
    assert (first.held.generation, second.held.generation) == (1, 1)
    assert rows_of(second.index.columns) == rows_of(first.index.columns) == await afresh(started)
    assert len(second.index) == 3


async def test_what_changed_after_the_snapshot_is_known_at_the_start(started: Runtime) -> None:
    first = await opened(started)
    stays = await the_stays(started)
    await cheaper(started, stays[0])
    async with started.db.write() as tx:
        place = stays[1].sellable.property_id
        await review_property(tx, property_id=place, action=PropertyAction.SUSPEND, note="No.", now=NOW)
        new = await a_stay(tx)
    await cheaper(started, new)
    second = await opened(started)
    right = await afresh(started)
    assert second.held.generation == 1
    assert rows_of(second.index.columns) == right
    assert rows_of(first.held.files.open(1).holds) != right  # the control: the file alone does not know


async def test_a_snapshot_from_before_the_events_kept_is_built_anew(started: Runtime) -> None:
    await opened(started)
    await cheaper(started, (await the_stays(started))[0])
    async with started.db.write() as tx:
        await tx.run("DELETE FROM platform.outbox")
    second = await opened(started)
    assert second.held.generation == 2
    assert rows_of(second.index.columns) == await afresh(started)


async def test_too_many_changes_are_not_read_one_by_one(started: Runtime) -> None:
    await opened(started)
    stays = await the_stays(started)
    for amount in (5_000, 6_000, 7_000):
        await cheaper(started, stays[0], amount)
    index, then, stands, _ = await open_fit(started.db, listing_files(started.settings), now=NOW)
    with pytest.raises(UnfitSnapshot) as unfit:
        await loader.catch_up(started.db, index, then, stands, most_events=2)
    assert unfit.value.reason is Reason.TOO_MANY
    assert await loader.catch_up(started.db, index, then, stands, most_events=3) == 1


async def test_the_snapshot_of_another_database_is_not_taken(started: Runtime, running: object) -> None:
    first = await opened(started)
    found = first.held.files.open(1)
    first.held.files.save(found.holds, replace(found.stand, database="another"))
    await cheaper(started, (await the_stays(started))[0])
    second = await opened(started)
    assert second.held.generation == 3
    assert rows_of(second.index.columns) == await afresh(started)


async def test_a_torn_snapshot_is_built_anew(started: Runtime) -> None:
    first = await opened(started)
    os.truncate(first.held.files.path(1), 4_000)
    second = await opened(started)
    assert second.held.generation == 2
    assert rows_of(second.index.columns) == await afresh(started)


async def test_without_a_place_for_files_a_process_runs_all_the_same(started: Runtime) -> None:
    (started.settings.data_dir / "search").write_text("not a folder")
    live = await opened(started)
    assert (live.held.generation, len(live.index)) == (0, 3)
    assert rows_of(live.index.columns) == await afresh(started)


async def test_a_small_world_is_read_without_a_file(runtime: Runtime) -> None:
    async with runtime.db.write() as tx:
        await a_stay(tx)
    await runtime.ports.tail.mark()
    live = await opened(runtime)
    assert (live.held.generation, len(live.index)) == (0, 1)
    assert not (runtime.settings.data_dir / "search").exists()


async def test_who_starts_while_another_builds_waits_for_it(started: Runtime) -> None:
    files = Generations(started.settings.data_dir / "search", LISTINGS)
    index, stand = await loader.load_fresh(started.db, now=NOW)
    with files.building():
        starting = asyncio.create_task(opened(started))
        await asyncio.sleep(0.5)
        assert not starting.done()
        files.save(index.columns, stand)
        live = await asyncio.wait_for(starting, 10)
    assert live.held.generation == 1


# Going over to another generation


async def test_searches_see_one_generation_or_the_other_never_a_mixture(started: Runtime) -> None:
    """Every price changes at once with every new generation: whoever saw two prices saw a mixture."""
    live, stays = await opened(started), await the_stays(started)
    started.ports.index = live
    over, seen = asyncio.Event(), set()

    async def look() -> None:
        while not over.is_set():
            found = live.index.find(Query(limit=10), now=NOW)
            seen.add(tuple(sorted(hit.nightly for hit in found.hits)))
            search.search(started, Query(limit=10))
            await asyncio.sleep(0.005)

    looking = asyncio.create_task(look())
    for amount in range(5_000, 13_000, 1_000):
        async with started.db.write() as tx:
            for stay in stays:
                await pricing.put_rate(tx, stay.resource_id, Rate("EUR", amount), now=NOW)
        await live.renew(from_scratch=amount % 2_000 == 0)
    over.set()
    await looking
    assert live.held.generation == 9
    assert len(seen) > 1
    assert all(len(set(prices)) == 1 for prices in seen)


async def test_another_process_goes_over_and_keeps_what_it_heard(started: Runtime) -> None:
    first, second = await opened(started), await opened(started)
    stays = await the_stays(started)
    await cheaper(started, stays[0])
    await first.renew(from_scratch=False)
    await cheaper(started, stays[1])
    while await started.ports.tail.poll():
        pass
    assert (first.held.generation, second.held.generation) == (2, 1)
    await second.adopt()
    assert second.held.generation == 2
    assert rows_of(first.index.columns) == rows_of(second.index.columns) == await afresh(started)


async def test_a_builder_of_its_own_process_makes_the_next_generation(started: Runtime) -> None:
    code_version.cache_clear()
    live = await opened(started)
    await cheaper(started, (await the_stays(started))[0])
    work = work_of(started, live.held.files)
    assert await build_apart(building.__name__, work)
    assert live.held.files.newest() == 2
    assert rows_of(live.held.files.open(2).holds) == await afresh(started)
    assert not await build_apart(building.__name__, replace(work, version="0" * 16))  # newer code
    assert live.held.files.newest() == 2
