"""The live index under load: when the tail has caught up, it is what a fresh load would be, column by column."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from hospes.modules.booking.contracts import Actor, Booking
from hospes.modules.booking.contracts import Party as BookingParty
from hospes.modules.booking.use_cases.block_dates import block_dates, unblock_dates
from hospes.modules.booking.use_cases.cancel_booking import cancel_booking
from hospes.modules.booking.use_cases.create_booking import book_stay
from hospes.modules.booking.use_cases.place_hold import place_hold
from hospes.modules.catalog.contracts import AMENITIES, KINDS
from hospes.modules.catalog.states import PropertyAction
from hospes.modules.catalog.use_cases.review_property import review_property
from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.contracts import Rate
from hospes.modules.search import facade as search
from hospes.modules.search.contracts import Query
from hospes.modules.search.index.columns import ROW, Columns
from hospes.modules.search.index.search_index import SearchIndex
from hospes.modules.search.keeping import loader
from hospes.modules.search.keeping.follow import LiveIndex
from hospes.modules.search.policies.wall_clock import earliest_today
from hospes.platform.caller import Caller
from hospes.platform.db import Database, ReadTx, Row, WriteTx
from hospes.platform.errors import HospesError
from hospes.platform.runtime import Runtime
from tests.builders.booking import Stay, a_stay
from tests.builders.identity import a_user
from tests.conftest import NOW

TODAY = date(2026, 6, 1)
CHANGES = 200
WRITERS = 4


@pytest.fixture
async def live(runtime: Runtime) -> AsyncIterator[LiveIndex]:
    async with runtime.db.write() as tx:
        for units, pooled in ((1, False), (1, False), (3, False), (2, True), (1, False), (2, True)):
            await a_stay(tx, units=units, pooled=pooled, zone="Asia/Tokyo" if units == 3 else "Europe/Paris")
    await runtime.ports.tail.mark()
    opened = runtime.ports.index = await search.open_index(runtime)
    yield opened
    await search.close_index(opened)


def rows_of(columns: Columns) -> dict[bytes, dict[str, Any]]:
    """All that is known of each listing, codes spelt out."""
    assert ROW.names is not None
    found: dict[bytes, dict[str, Any]] = {}
    for row in range(columns.used):
        if columns["guests"][row]:
            known = {name: columns[name][row].item() for name in ROW.names}
            known["currency"] = columns.currencies[known["currency"]]
            known["clock"] = columns.clocks[known["clock"]]
            known["property"] = columns.properties.id_of(known["property"])
            known["calendar"] = columns.open_words(row)
            known["day_prices"] = columns.own.of(row) if known["own_prices"] else {}
            found[known.pop("id")] = known
    return found


async def afresh(rt: Runtime) -> dict[bytes, dict[str, Any]]:
    """What a process that starts now would know."""
    now = rt.clock.now()
    index = SearchIndex([each.code for each in KINDS], [each.code for each in AMENITIES], earliest_today(now))
    await loader.load_all(rt.db, index, now=now)
    return rows_of(index.columns)


class Changing:
    """Applies changes through the use cases, as hosts, guests and admins do."""

    def __init__(self, rt: Runtime, seed: int, stays: list[Stay]) -> None:
        self.rt, self.random, self.stays = rt, Random(seed), stays
        self.done: Counter[str] = Counter()
        self.booked: list[Booking] = []
        self.blocked: list[tuple[Stay, UUID]] = []

    async def once(self) -> bool:
        """One change; False when it was refused."""
        change: Callable[[WriteTx, Stay], Awaitable[None]] = self.random.choice(
            [self.book, self.hold, self.cancel, self.block, self.unblock, self.price, self.rate, self.review]
        )
        try:
            async with self.rt.db.write() as tx:
                await change(tx, self.random.choice(self.stays))
        except HospesError:
            return False
        self.done[change.__name__] += 1
        return True

    def nights(self) -> tuple[date, date]:
        first = TODAY + timedelta(days=self.random.randint(2, 60))
        return first, first + timedelta(days=self.random.randint(1, 4))

    async def book(self, tx: WriteTx, stay: Stay) -> None:
        arrival, departure = self.nights()
        guest = (await a_user(tx)).id
        self.booked.append(await book_stay(
            tx, guest_id=guest, resource_id=stay.resource_id, arrival=arrival, departure=departure,
            party=BookingParty(2), provider="sandbox", now=NOW,
        ))  # fmt: skip

    async def hold(self, tx: WriteTx, stay: Stay) -> None:
        arrival, departure = self.nights()
        guest = (await a_user(tx)).id
        await place_hold(
            tx, guest_id=guest, resource_id=stay.resource_id, arrival=arrival, departure=departure,
            party=BookingParty(1), now=NOW,
        )  # fmt: skip

    async def cancel(self, tx: WriteTx, stay: Stay) -> None:
        if self.booked:
            booking = self.booked.pop(0)
            await cancel_booking(tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=booking.guest_id, now=NOW)

    async def block(self, tx: WriteTx, stay: Stay) -> None:
        arrival, departure = self.nights()
        made = await block_dates(
            tx, caller=owner(stay), resource_id=stay.resource_id, arrival=arrival, departure=departure, now=NOW
        )
        self.blocked.append((stay, made.id))

    async def unblock(self, tx: WriteTx, stay: Stay) -> None:
        if self.blocked:
            place, block_id = self.blocked.pop(0)
            await unblock_dates(tx, caller=owner(place), resource_id=place.resource_id, block_id=block_id, now=NOW)

    async def price(self, tx: WriteTx, stay: Stay) -> None:
        amount = self.random.choice((None, 5_000, 25_000))
        days = {TODAY + timedelta(days=self.random.randint(0, 90)): amount for _ in range(5)}
        await pricing.set_day_prices(tx, stay.resource_id, days, now=NOW)

    async def rate(self, tx: WriteTx, stay: Stay) -> None:
        rate = Rate(self.random.choice(("EUR", "USD", "JPY")), self.random.randint(5_000, 30_000))
        await pricing.put_rate(tx, stay.resource_id, rate, now=NOW)

    async def review(self, tx: WriteTx, stay: Stay) -> None:
        action = self.random.choice((PropertyAction.SUSPEND, PropertyAction.APPROVE))
        await review_property(
            tx, property_id=stay.sellable.property_id, action=action, note="Please look again.", now=NOW
        )


def owner(stay: Stay) -> Caller:
    return Caller(stay.owner_id, "o@example.com", "O", frozenset({"host"}), "token")


async def apply(rt: Runtime, stays: list[Stay], seed: int) -> Counter[str]:
    """CHANGES of them, by several writers at once."""
    writers = [Changing(rt, seed + n, stays) for n in range(WRITERS)]

    async def write(changing: Changing) -> None:
        while changing.done.total() < CHANGES // WRITERS:
            await changing.once()

    await asyncio.gather(*(write(each) for each in writers))
    return sum((each.done for each in writers), Counter())


async def the_stays(rt: Runtime) -> list[Stay]:
    from hospes.modules.catalog.facade import get_sellable

    async with rt.db.read() as tx:
        rows = await tx.all("SELECT id FROM catalog.resource ORDER BY id")
        return [Stay(await get_sellable(tx, row["id"]), UUID(int=0)) for row in rows]


async def read_on(rt: Runtime, until: asyncio.Event) -> int:
    """Searches and polls until told to stop; answers how many searches were answered."""
    answered = 0
    while not until.is_set():
        query = Query(arrival=TODAY + timedelta(days=5), departure=TODAY + timedelta(days=7))
        results = search.search(rt, query)
        assert len(results.items) <= results.total
        answered += 1
        await rt.ports.tail.poll()
    return answered


@pytest.mark.parametrize("reloading", [False, True])
async def test_after_many_changes_the_index_is_what_a_fresh_load_would_be(
    runtime: Runtime, live: LiveIndex, reloading: bool
) -> None:
    stays, over = await the_stays(runtime), asyncio.Event()
    before = rows_of(live.index.columns)
    reading = asyncio.create_task(read_on(runtime, over))

    async def reload() -> None:
        while reloading and not over.is_set():
            await live.reload()

    again = asyncio.create_task(reload())
    done = await apply(runtime, stays, seed=1)
    over.set()
    answered = await reading
    await again
    while await runtime.ports.tail.poll():
        pass
    assert done.total() == CHANGES
    assert set(done) == {"book", "hold", "cancel", "block", "unblock", "price", "rate", "review"}
    assert answered > 0
    now_known = rows_of(live.index.columns)
    assert now_known == await afresh(runtime)
    assert now_known != before


class Gate:
    """A database whose first answer about prices is held back until the gate opens."""

    def __init__(self, db: Database) -> None:
        self.db, self.reached, self.opened = db, asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadTx]:
        async with self.db.read() as tx:
            yield Held(tx.conn, self)


class Held(ReadTx):
    def __init__(self, conn: Any, gate: Gate) -> None:
        super().__init__(conn)
        self.gate = gate

    async def in_binary(self, sql: Any, params: Any = ()) -> Row:
        row = await super().in_binary(sql, params)
        if "day_price" in sql and not self.gate.reached.is_set():
            self.gate.reached.set()
            await self.gate.opened.wait()
        return row


async def test_what_changes_while_everything_is_read_anew_is_not_forgotten(runtime: Runtime, live: LiveIndex) -> None:
    stays = await the_stays(runtime)
    gate = Gate(runtime.db)
    slow = LiveIndex(replace(runtime, db=gate))  # type: ignore[arg-type]
    stop = runtime.ports.tail.listen(slow.hear)
    reloading = asyncio.create_task(slow.reload())
    await gate.reached.wait()
    async with runtime.db.write() as tx:
        await review_property(
            tx, property_id=stays[0].sellable.property_id, action=PropertyAction.SUSPEND, note="No.", now=NOW
        )
        await pricing.put_rate(tx, stays[1].resource_id, Rate("EUR", 12_345), now=NOW)
    assert await runtime.ports.tail.poll() == 2
    gate.opened.set()
    await reloading
    stop()
    right = await afresh(runtime)
    assert rows_of(slow.index.columns) == right
    assert len(right) == len(stays) - 1


async def test_an_index_that_has_stopped_listening_drifts(runtime: Runtime, live: LiveIndex) -> None:
    """The control: the comparison sees what the listener would have brought."""
    stays = await the_stays(runtime)
    await live.close()
    await apply(runtime, stays, seed=2)
    while await runtime.ports.tail.poll():
        pass
    stale, right = rows_of(live.index.columns), await afresh(runtime)
    drifted = {key for key in stale.keys() | right.keys() if stale.get(key) != right.get(key)}
    assert len(drifted) >= 4
    await live.reload()
    assert rows_of(live.index.columns) == right
