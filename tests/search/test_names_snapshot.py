"""The file names are started from: shared by all processes of a host, brought up to date, never just believed."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import AsyncCursor

from hospes.modules.catalog.states import PropertyAction
from hospes.modules.search import facade as search
from hospes.modules.search.keeping.builders import build_apart, work_of
from hospes.modules.search.keeping.snapshot import code_version
from hospes.modules.search.naming import keeping
from hospes.modules.search.naming.keeping import build_names
from hospes.modules.search.naming.ranking import Asker
from hospes.modules.search.naming.suggesting import suggestions
from hospes.modules.search.naming.world import names_files, read_names
from hospes.modules.search.policies.repairing import Reason
from hospes.platform.db import Database, ReadTx
from hospes.platform.outbox import publish
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Search as SearchSettings
from tests.builders.booking import a_stay
from tests.builders.keys import KEYRING
from tests.conftest import NOW, FixedClock
from tests.search.names import ALL, NAMES, called, known, opened, renamed, reviewed, told
from tests.search.test_freshness import the_stays

OVER_ALL = ("GROUP BY 1, 2", "p.id >")  # what reads every property, a batch at a time or at once


class Noting(Database):
    """A database that notes what is asked of it, and can be away."""

    def __init__(self, url: str) -> None:
        super().__init__(url, keyring=KEYRING)
        self.said: list[str] = []
        self.away = False

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadTx]:
        if self.away:
            raise psycopg.OperationalError("nobody there")
        said = self.said

        class Cursor(AsyncCursor[Any]):
            async def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
                said.append(str(query))
                return await super().execute(query, params, **more)

        async with super().read() as tx:
            tx.conn.cursor_factory = Cursor
            yield tx

    def over_all(self) -> list[str]:
        """Statements that read all properties."""
        return [said for said in self.said if any(part in said for part in OVER_ALL)]


@pytest.fixture
async def noting(started: Runtime) -> AsyncIterator[Noting]:
    db = Noting(started.db.url)
    await db.open()
    yield db
    await db.close()


# Starting


async def test_the_second_process_starts_from_the_file_and_asks_for_nothing_of_all(
    started: Runtime, noting: Noting
) -> None:
    first = await opened(started, noting)
    assert (first.held.generation, known(first)) == (1, ALL)
    assert len(noting.over_all()) == 4  # the control: ids twice, all cities, those on the home page
    noting.said.clear()
    second = await opened(started, noting)
    assert (second.held.generation, known(second)) == (1, ALL)
    assert noting.over_all() == []
    assert second.destinations.all() == first.destinations.all()
    assert [slug for slug, _, _ in second.destinations.all()] == ["paris-fr"]
    assert list(second.popular) == list(first.popular)


async def test_search_as_a_whole_starts_without_reading_all(started: Runtime, noting: Noting) -> None:
    for asks_for_all in (True, False):
        noting.said.clear()
        rt = replace(started, db=noting)
        live = await search.open_index(rt)
        try:
            assert [row["city"] for row in live.world.cities] == ["Paris"]
            assert [slug for slug, _, _ in await search.destinations(rt)] == ["paris-fr"]
            assert live.world.found.total == 3
        finally:
            await search.close_index(live)
        assert bool(noting.over_all()) is asks_for_all


async def test_what_changed_after_the_file_is_known_at_the_start(started: Runtime, noting: Noting) -> None:
    first = await opened(started)
    stays = await the_stays(started)
    await renamed(started, stays[0], "Torre Alta")
    await reviewed(started, stays[1], PropertyAction.SUSPEND)
    async with started.db.write() as tx:
        new = await a_stay(tx)
        await called(tx, new, "Palacio Real")
    await reviewed(started, new, PropertyAction.SUSPEND)
    await reviewed(started, new, PropertyAction.APPROVE)
    async with started.db.write() as tx:
        for said in ("nobody", 7, None, [str(stays[2].sellable.property_id)]):  # what nobody can read harms nobody
            await publish(tx, "property.changed", stays[2].sellable.property_id, {"property_id": said}, now=NOW)
    second = await opened(started, noting)
    assert second.held.generation == 1
    assert noting.over_all() == []
    now = {"torre": ["Torre Alta"], "quinta": ["Quinta Nova"], "palacio": ["Palacio Real"]}
    assert known(second) == now
    await second.recount_when_due()
    assert second.destinations.all()[0][2] == 3  # not counted anew before some seconds have gone by ...
    await second.recount()
    assert second.destinations.all()[0][2] == 3
    assert known(first) == ALL  # the control: nobody has told the first, and the file alone does not know
    held = first.held.files.open(1).holds.properties
    assert [held.place(number).name for number in range(len(held))] == list(NAMES)
    await first.reload()
    assert known(first) == now


@pytest.mark.parametrize(
    ("otherwise", "reason"),
    [
        ({}, None),
        ({"database": "another"}, Reason.FOREIGN_DATABASE),
        ({"revision": "0000"}, Reason.OTHER_SCHEMA),
        ({"next_xid": 2**60}, Reason.WENT_BACK),
        ({"at": NOW - timedelta(days=3, seconds=1)}, Reason.TOO_OLD),
        ({"last_event": 0}, Reason.PRUNED),
    ],
)
async def test_a_file_that_cannot_be_brought_up_to_date_is_made_anew(
    started: Runtime, otherwise: dict[str, Any], reason: Reason | None
) -> None:
    first = await opened(started)
    stays = await the_stays(started)
    if reason is Reason.PRUNED:
        for name in ("Torre Alta", "Moinho Novo"):
            await renamed(started, stays[0], name)
        async with started.db.write() as tx:
            await tx.run("DELETE FROM platform.outbox WHERE id < (SELECT max(id) FROM platform.outbox)")
    held = await read_names(started.db, now=NOW)
    first.held.files.save(held[0], replace(held[1], **otherwise))
    async with started.db.write() as tx:
        await called(tx, stays[1], "Palacio Real")  # nothing tells: only who reads all anew knows
    second = await opened(started)
    assert second.held.generation == (2 if reason is None else 3)
    assert ("palacio" in known(second)) is (reason is not None)


async def test_a_torn_file_is_made_anew(started: Runtime) -> None:
    first = await opened(started)
    whole = first.held.files.path(1).read_bytes()
    assert b"casa do sol" in whole
    first.held.files.path(1).write_bytes(whole.replace(b"casa do sol", b"caza do sol", 1))
    second = await opened(started)
    assert (second.held.generation, known(second)) == (2, ALL)
    os.truncate(first.held.files.path(2), 4_000)
    third = await opened(started)
    assert (third.held.generation, known(third)) == (3, ALL)


async def test_too_many_changes_are_not_read_one_by_one(started: Runtime) -> None:
    from hospes.modules.search.keeping.container import UnfitSnapshot
    from hospes.modules.search.naming.telling import told_since

    first = await opened(started)
    stays = await the_stays(started)
    for stay in stays:
        await renamed(started, stay, "Torre Alta")
        await renamed(started, stay, "Torre Velha")
    assert first.stand is not None
    assert await told_since(started.db, first.stand.position, most=3) == {
        stay.sellable.property_id for stay in stays
    }  # fmt: skip
    with pytest.raises(UnfitSnapshot) as unfit:
        await told_since(started.db, first.stand.position, most=2)
    assert unfit.value.reason is Reason.TOO_MANY


async def test_two_processes_that_start_together_make_one_file(started: Runtime, noting: Noting) -> None:
    first, second = await asyncio.gather(opened(started, noting), opened(started, noting))
    assert (first.held.generation, second.held.generation, first.held.files.newest()) == (1, 1, 1)
    assert known(first) == known(second) == ALL
    assert len(noting.over_all()) == 4  # as one alone


async def test_without_a_place_for_files_names_are_read_from_the_database(started: Runtime, noting: Noting) -> None:
    (started.settings.data_dir / "search").write_text("not a folder")
    live = await opened(started, noting)
    assert (live.held.generation, known(live)) == (0, ALL)
    assert len(noting.over_all()) == 4
    await live.start_over(Reason.ASKED)  # nor later
    assert (live.held.generation, known(live)) == (0, ALL)


async def test_a_small_world_is_read_without_a_file(started: Runtime) -> None:
    settings = started.settings.model_copy(update={"search": SearchSettings(snapshot_from=4)})
    live = await opened(replace(started, settings=settings))
    assert (live.held.generation, known(live)) == (0, ALL)
    assert not (started.settings.data_dir / "search").exists()


# Going over to another generation


async def test_a_change_while_the_next_file_is_made_is_not_lost(started: Runtime) -> None:
    live = await opened(started)
    stays = await the_stays(started)
    held, stand = await read_names(started.db, now=NOW)
    await renamed(started, stays[0], "Torre Alta")
    await reviewed(started, stays[1], PropertyAction.SUSPEND)
    await told(live, started)
    live.held.files.save(held, stand)
    assert await live.adopt()
    assert (live.held.generation, live.stand) == (2, stand)
    assert known(live) == {"torre": ["Torre Alta"], "quinta": ["Quinta Nova"]}
    names = [held.properties.place(number).name for number in range(len(held.properties))]
    assert names == list(NAMES)  # the control: the file does not know


async def test_changes_in_the_midst_of_going_over_are_not_lost(started: Runtime) -> None:
    live, stays = await opened(started), await the_stays(started)
    for number in range(8):
        change = asyncio.create_task(renamed(started, stays[0], f"Torre {number}"))
        await asyncio.gather(live.start_over(Reason.ASKED), change, told(live, started))
        await told(live, started)
        assert known(live)["torre"] == [f"Torre {number}"]
    assert live.held.generation == 9


async def test_another_process_goes_over_and_keeps_what_it_heard(started: Runtime) -> None:
    first, second = await opened(started), await opened(started)
    stays = await the_stays(started)
    await first.start_over(Reason.ASKED)
    await renamed(started, stays[0], "Torre Alta")
    await told(second, started)
    assert (first.held.generation, second.held.generation) == (2, 1)
    assert await second.adopt()
    assert not await second.adopt()
    assert second.held.generation == 2
    assert known(second) == {"torre": ["Torre Alta"], "moinho": ["Moinho Velho"], "quinta": ["Quinta Nova"]}
    assert [path.name for path in first.held.files.folder.iterdir() if path.suffix == ".index"] == [
        first.held.files.path(2).name
    ]


async def test_ratings_are_counted_anew_after_a_day(started: Runtime, clock: FixedClock) -> None:
    live, stays = await opened(started), await the_stays(started)
    async with started.db.write() as tx:
        for stay in stays[:2]:
            await called(tx, stay, "Casa")
        await tx.run("UPDATE catalog.resource SET rating_count = 50 WHERE id = %s", (stays[1].resource_id,))
    for hours in (0, 24):
        clock.at = NOW + timedelta(hours=hours)
        await live.renew_when_due()
        assert live.held.generation == 1
    clock.at = NOW + timedelta(hours=24, seconds=1)
    await live.renew_when_due()
    assert live.held.generation == 2
    found = suggestions(live, "casa", asker=Asker(), kinds=["property"], limit=8)
    assert [place.resource_id for place in found] == [stays[1].resource_id, stays[0].resource_id]


async def test_another_database_behind_the_same_address_is_read_anew(started: Runtime) -> None:
    live, stays = await opened(started), await the_stays(started)
    async with started.db.write() as tx:
        await called(tx, stays[0], "Torre Alta")
    await live.look_for_loss()
    assert live.held.generation == 1  # the control: all is well
    assert live.seen is not None
    live.seen = replace(live.seen, database="another")
    await live.look_for_loss()
    assert (live.held.generation, known(live)["torre"]) == (2, ["Torre Alta"])


async def test_what_is_told_while_the_database_is_away_is_read_when_it_is_back(
    started: Runtime, noting: Noting
) -> None:
    live, stays = await opened(started, noting), await the_stays(started)
    await renamed(started, stays[0], "Torre Alta")
    noting.away = True
    await told(live, started)  # the tail has delivered it, and will not do so again
    assert known(live) == ALL
    noting.away = False
    noting.said.clear()
    await live.keep_up()
    assert known(live)["torre"] == ["Torre Alta"]
    assert noting.over_all() == []


async def test_a_builder_of_its_own_process_makes_the_next_file(started: Runtime) -> None:
    code_version.cache_clear()
    live = await opened(started)
    await renamed(started, (await the_stays(started))[0], "Torre Alta")
    work = work_of(started, live.held.files)
    assert await build_apart(keeping.__name__, work)
    assert await live.adopt()
    assert (live.held.generation, known(live)["torre"]) == (2, ["Torre Alta"])
    assert not await build_apart(keeping.__name__, replace(work, version="0" * 16))  # newer code than ours
    assert live.held.files.newest() == 2


# From the command line


async def test_a_name_that_nobody_told_of_is_named_by_the_check(started: Runtime) -> None:
    stays = await the_stays(started)
    nothing = await search.check_names(started, told=lambda _: None)
    assert (nothing.unfit, nothing.compared) == (Reason.NONE_THERE, 0)
    assert (await search.rebuild_names(started))[0] == 1
    await renamed(started, stays[2], "Torre Alta")  # told: no drift
    good = await search.check_names(started, told=lambda _: None)
    assert (good.unfit, good.compared, good.drifted) == (None, 3, {})
    async with started.db.write() as tx:
        await called(tx, stays[0], "Palacio Real")
        await tx.run("UPDATE catalog.property SET status = 'suspended' WHERE id = %s", (stays[1].sellable.property_id,))
        new = await a_stay(tx)
    bad = await search.check_names(started, told=lambda _: None)
    right: dict[UUID, tuple[str, ...]] = {
        stays[0].sellable.property_id: ("name",), stays[1].sellable.property_id: ("live",),
        new.sellable.property_id: ("live",),
    }  # fmt: skip
    assert (bad.compared, bad.drifted) == (3, right)
    assert await build_names(started.db, names_files(started.settings), now=NOW) == 2
    assert (await search.check_names(started, told=lambda _: None)).drifted == {}
