"""The last use of a coupon, and one person's credit, under rivals."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Nights, Party, Wish
from hospes.modules.promotions import facade as promotions
from hospes.modules.promotions.store import coupons
from hospes.platform.db import Database, WriteTx
from hospes.platform.ids import new_id
from hospes.platform.money import Money
from tests.builders.booking import ARRIVAL, DEPARTURE, Stay, a_stay
from tests.builders.identity import a_user
from tests.builders.promotions import a_coupon, a_credit
from tests.race.rivals import many_connections, race

pytestmark = pytest.mark.race
RIVALS = 50


@pytest.fixture
async def crowd(clone_url: str) -> AsyncIterator[Database]:
    async with many_connections(clone_url, RIVALS) as database:
        yield database


async def stays_of(db: Database, count: int) -> list[Stay]:
    async with db.write() as tx:
        return [await a_stay(tx) for _ in range(count)]


async def hold(tx: WriteTx, stay: Stay, guest_id: UUID, now: datetime, *, use_credit: bool = False) -> None:
    codes = () if use_credit else ("TEN",)
    wish = Wish(stay.resource_id, Nights(ARRIVAL, DEPARTURE), Party(2), coupons=codes, use_credit=use_credit)
    await facade.hold_wish(tx, wish, guest_id=guest_id, now=now)


async def counted(db: Database) -> tuple[int, int]:
    async with db.read() as tx:
        row = await tx.find(
            "SELECT (SELECT max(used) FROM promotions.coupon) AS used,"
            " (SELECT count(*) FROM promotions.coupon_use WHERE status = 'reserved') AS uses"
        )
    assert row is not None
    return row["used"], row["uses"]


async def test_of_fifty_rivals_for_the_last_use_exactly_one_gets_it(crowd: Database, now: datetime) -> None:
    stays = await stays_of(crowd, RIVALS)
    async with crowd.write() as tx:
        await a_coupon(tx, global_limit=1)
    outcome = await race(crowd, RIVALS, lambda tx, n: hold(tx, stays[n], stays[n].guest_id, now))
    assert outcome == {"won": 1, "coupon_used_up": RIVALS - 1}
    assert await counted(crowd) == (1, 1)


async def test_of_fifty_rivals_for_a_use_that_has_run_out_exactly_one_gets_it(crowd: Database, now: datetime) -> None:
    stays = await stays_of(crowd, RIVALS + 1)
    async with crowd.write() as tx:
        await a_coupon(tx, global_limit=1)
        await hold(tx, stays[RIVALS], stays[RIVALS].guest_id, now)
    later = now + timedelta(minutes=20)
    outcome = await race(crowd, RIVALS, lambda tx, n: hold(tx, stays[n], stays[n].guest_id, later))
    assert outcome == {"won": 1, "coupon_used_up": RIVALS - 1}
    assert await counted(crowd) == (1, 1)


async def test_control_who_looks_first_and_does_not_count_gets_it_too(crowd: Database, now: datetime) -> None:
    """Without the counter's conditional update: everybody sees a free use and takes it."""
    stays = await stays_of(crowd, RIVALS)
    async with crowd.write() as tx:
        coupon = await a_coupon(tx, global_limit=1)

    async def look_and_take(tx: WriteTx, number: int) -> None:
        guest = stays[number].guest_id
        wish = Wish(stays[number].resource_id, Nights(ARRIVAL, DEPARTURE), Party(2), coupons=("TEN",))
        quote = await facade.quote_wish(tx, wish, guest_id=guest, now=now)
        assert quote.price.total == 27_000
        await coupons.insert_use(
            *(tx, coupon.discount, Money(3000, "EUR")),
            user_id=guest,
            owner_id=new_id(),
            until=now + timedelta(minutes=15),
            now=now,
        )

    assert (await race(crowd, RIVALS, look_and_take))["won"] > 1


async def test_one_guest_in_ten_places_at_once_uses_it_once(crowd: Database, now: datetime) -> None:
    stays = await stays_of(crowd, 10)
    async with crowd.write() as tx:
        await a_coupon(tx, per_user_limit=1)
        guest = (await a_user(tx)).id

    async def book(tx: WriteTx, number: int) -> None:
        wish = Wish(stays[number].resource_id, Nights(ARRIVAL, DEPARTURE), Party(2), coupons=("TEN",))
        await facade.book_wish(tx, wish, guest_id=guest, provider="sandbox", now=now)

    assert await race(crowd, 10, book) == {"won": 1, "coupon_already_used": 9}


async def test_credit_is_spent_once_by_ten_bookings_at_once(crowd: Database, now: datetime) -> None:
    stays = await stays_of(crowd, 10)
    async with crowd.write() as tx:
        guest = (await a_user(tx)).id
        await a_credit(tx, guest, 5000)

    async def book(tx: WriteTx, number: int) -> None:
        wish = Wish(stays[number].resource_id, Nights(ARRIVAL, DEPARTURE), Party(2), use_credit=True)
        await facade.book_wish(tx, wish, guest_id=guest, expected_total=25_000, provider="sandbox", now=now)

    outcome = await race(crowd, 10, book)
    assert outcome["won"] == 1
    assert outcome["won"] + outcome["credit_changed"] + outcome["price_changed"] == 10
    async with crowd.read() as tx:
        assert await promotions.credit_of(tx, guest, "EUR", now) == 0
