"""What no event tells, and what was told to nobody: holds that run out, gaps, a database that is away or went back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from psycopg import OperationalError
from psycopg.errors import CheckViolation

from hospes.modules.booking.contracts import Party as BookingParty
from hospes.modules.booking.use_cases.place_hold import place_hold
from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.contracts import Rate
from hospes.modules.search import facade as search
from hospes.modules.search.index.columns import NIGHTS
from hospes.modules.search.keeping import upkeep
from hospes.modules.search.keeping.follow import LiveIndex
from hospes.modules.search.policies.repairing import Reason
from hospes.platform.db import Database, ReadTx
from hospes.platform.runtime import Runtime
from tests.builders.booking import Stay, a_stay
from tests.builders.identity import a_user
from tests.conftest import NOW
from tests.search.test_freshness import TODAY, afresh, apply, rows_of, the_stays


@pytest.fixture
async def live(runtime: Runtime) -> AsyncIterator[LiveIndex]:
    """Followed by nothing but the test."""
    async with runtime.db.write() as tx:
        for units, pooled in ((1, False), (1, False), (3, False), (2, True), (1, False), (2, True)):
            await a_stay(tx, units=units, pooled=pooled)
    await runtime.ports.tail.mark()
    opened = LiveIndex(runtime)
    await opened.open()
    yield opened
    await opened.close()


async def test_missed_events_are_noticed_and_mended(runtime: Runtime, live: LiveIndex) -> None:
    """The control is in it: the tail goes on, all looks well, and the index stays wrong until the gap is seen."""
    stays = await the_stays(runtime)
    async with runtime.db.write() as tx:
        await pricing.put_rate(tx, stays[0].resource_id, Rate("EUR", 777), now=NOW)
    await runtime.ports.tail.mark()  # the process looks away
    async with runtime.db.write() as tx:
        await pricing.put_rate(tx, stays[1].resource_id, Rate("EUR", 888), now=NOW)
    assert await runtime.ports.tail.poll() == 1
    right = await afresh(runtime)
    assert rows_of(live.index.columns) != right
    assert await live.mend_gap() == 1
    assert rows_of(live.index.columns) == right
    assert await live.mend_gap() == 0


async def test_where_nothing_was_missed_nothing_is_mended(runtime: Runtime, live: LiveIndex) -> None:
    await apply(runtime, await the_stays(runtime), seed=3)
    while await runtime.ports.tail.poll():
        pass
    assert await live.mend_gap() == 0


async def test_a_hold_that_runs_out_opens_its_nights_though_nobody_sweeps(runtime: Runtime, live: LiveIndex) -> None:
    stay = (await the_stays(runtime))[0]
    arrival = TODAY + timedelta(days=20)
    async with runtime.db.write() as tx:
        guest = (await a_user(tx)).id
        await place_hold(
            tx, guest_id=guest, resource_id=stay.resource_id, arrival=arrival, departure=arrival + timedelta(days=2),
            party=BookingParty(1), now=NOW,
        )  # fmt: skip
    open_before = nights_of(live, stay)
    await runtime.ports.tail.poll()
    held = nights_of(live, stay)
    assert held != open_before
    await upkeep.keep_up(live)
    assert nights_of(live, stay) == held
    runtime.clock.at = NOW + timedelta(minutes=16)  # type: ignore[attr-defined]
    assert await runtime.ports.tail.poll() == 0
    assert nights_of(live, stay) == held  # the control: no event tells of it
    await upkeep.keep_up(live)
    assert nights_of(live, stay) == open_before


async def test_a_hold_that_runs_out_while_no_process_runs_is_open_at_the_start(
    runtime: Runtime, live: LiveIndex
) -> None:
    stay = (await the_stays(runtime))[0]
    await search.rebuild_index(runtime)
    async with runtime.db.write() as tx:
        guest = (await a_user(tx)).id
        await place_hold(
            tx, guest_id=guest, resource_id=stay.resource_id, arrival=TODAY + timedelta(days=20),
            departure=TODAY + timedelta(days=22), party=BookingParty(1), now=NOW,
        )  # fmt: skip
    await search.rebuild_index(runtime)
    runtime.clock.at = NOW + timedelta(minutes=16)  # type: ignore[attr-defined]
    await live.adopt()
    assert live.held.generation == 2
    assert rows_of(live.index.columns) == await afresh(runtime)


def nights_of(live: LiveIndex, stay: Stay) -> bytes:
    row = live.index.columns.row_of(stay.resource_id)
    assert row is not None
    return live.index.columns.open_words(row)


class Away:
    """A database that cannot be reached for a while."""

    def __init__(self, db: Database) -> None:
        self.db, self.away = db, False

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadTx]:
        if self.away:
            raise OperationalError("the server is gone")
        async with self.db.read() as tx:
            yield tx


async def test_what_could_not_be_read_is_owed_and_read_later(runtime: Runtime, live: LiveIndex) -> None:
    away = Away(runtime.db)
    other = LiveIndex(replace(runtime, db=away))  # type: ignore[arg-type]
    await other.open()
    stays = await the_stays(runtime)
    away.away = True
    async with runtime.db.write() as tx:
        await pricing.put_rate(tx, stays[0].resource_id, Rate("EUR", 777), now=NOW)
    assert await runtime.ports.tail.poll() == 1
    assert rows_of(other.index.columns) != (right := await afresh(runtime))
    assert await runtime.ports.tail.poll() == 0
    assert other.stale_since() < runtime.ports.tail.delivered.at
    with pytest.raises(OperationalError):
        await upkeep.keep_up(other)
    away.away = False
    await upkeep.keep_up(other)
    assert rows_of(other.index.columns) == right
    assert other.stale_since() == runtime.ports.tail.delivered.at
    await other.close()


async def test_a_listing_that_cannot_be_understood_does_not_hide_the_others(runtime: Runtime, live: LiveIndex) -> None:
    stays = await the_stays(runtime)
    live.index.columns.kinds = tuple(each for each in live.index.columns.kinds if each != "DESK")
    async with runtime.db.write() as tx:
        await tx.run("UPDATE catalog.resource SET kind = 'DESK' WHERE id = %s", (stays[0].resource_id,))
        for stay in stays[:2]:
            await pricing.put_rate(tx, stay.resource_id, Rate("EUR", 777), now=NOW)
    assert await runtime.ports.tail.poll() == 2
    row = live.index.columns.row_of(stays[1].resource_id)
    assert live.index.columns["base"][row] == 777


async def test_a_database_that_went_back_is_read_anew(runtime: Runtime, live: LiveIndex) -> None:
    assert await live.why_lost() is None
    assert live.stand_seen is not None
    live.stand_seen = replace(live.stand_seen, last_event=live.stand_seen.last_event + 5)
    async with runtime.db.write() as tx:
        await tx.run("UPDATE pricing.rate SET base_amount = 777")
    assert await live.mend_gap() == 0
    assert rows_of(live.index.columns) != (right := await afresh(runtime))  # the control: no event tells of a restore
    await upkeep.look_for_gaps(live)
    assert rows_of(live.index.columns) == right
    assert await live.why_lost() is None


async def test_a_process_that_was_suspended_for_days_reads_everything_anew(runtime: Runtime, live: LiveIndex) -> None:
    """The events it slept through may be deleted by now."""
    assert await live.why_lost() is None
    async with runtime.db.write() as tx:
        await tx.run("UPDATE pricing.rate SET base_amount = 777")
    runtime.clock.at = NOW + timedelta(days=4)  # type: ignore[attr-defined]
    assert await live.why_lost() is Reason.TOO_OLD
    assert rows_of(live.index.columns) != (right := await afresh(runtime))
    await upkeep.look_for_gaps(live)
    assert rows_of(live.index.columns) == right
    assert await live.why_lost() is None


async def test_after_midnight_the_far_end_comes_into_view(runtime: Runtime, live: LiveIndex) -> None:
    first = live.index.columns.first_night
    runtime.clock.at = NOW + timedelta(days=1)  # type: ignore[attr-defined]
    await upkeep.renew_when_due(live)
    assert live.index.columns.first_night == first + timedelta(days=1)
    assert rows_of(live.index.columns) == await afresh(runtime)


async def test_the_calendar_reaches_a_week_beyond_what_any_listing_sells(runtime: Runtime, live: LiveIndex) -> None:
    """500 days from the latest today anywhere, which is two days after the earliest."""
    async with runtime.db.write() as tx:
        await tx.run("UPDATE catalog.resource SET horizon_days = 500")
        with pytest.raises(CheckViolation):
            async with tx.savepoint():
                await tx.run("UPDATE catalog.resource SET horizon_days = 501")
    assert NIGHTS - (500 + 2) >= 7
