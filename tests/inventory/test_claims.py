"""Claims one after another: what is taken is refused, what has expired gives way, what is let go is free."""

from datetime import date, datetime, timedelta

import pytest

from hospes.modules.inventory import facade
from hospes.modules.inventory.contracts import ClaimKind
from hospes.modules.inventory.errors import BlockNotFound, HoldExpired, NotAvailable
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from tests.builders.inventory import JULY_1, JULY_4, an_ask, counted, live_claims

BOOKING = ClaimKind.BOOKING
HOLD = ClaimKind.HOLD


async def test_a_taken_unit_is_refused_and_touching_nights_are_not(tx: WriteTx, now: datetime) -> None:
    ask = an_ask()
    await facade.claim(tx, ask, kind=BOOKING, owner_id=new_id(), now=now)
    overlapping = an_ask(
        resource_id=ask.resource_id, units=ask.unit_ids, first_night=date(2026, 7, 3), departure=date(2026, 7, 9)
    )
    with pytest.raises(NotAvailable):
        await facade.claim(tx, overlapping, kind=BOOKING, owner_id=new_id(), now=now)
    touching = an_ask(resource_id=ask.resource_id, units=ask.unit_ids, first_night=JULY_4, departure=date(2026, 7, 9))
    claim = await facade.claim(tx, touching, kind=BOOKING, owner_id=new_id(), now=now)
    assert claim.unit_id == ask.unit_ids[0]
    assert await live_claims(tx, ask.resource_id) == 2


async def test_units_are_taken_in_order_until_none_is_left(tx: WriteTx, now: datetime) -> None:
    ask = an_ask(units=3)
    taken = [(await facade.claim(tx, ask, kind=BOOKING, owner_id=new_id(), now=now)).unit_id for _ in range(3)]
    assert taken == list(ask.unit_ids)
    with pytest.raises(NotAvailable):
        await facade.claim(tx, ask, kind=BOOKING, owner_id=new_id(), now=now)


async def test_a_resource_without_units_has_nothing_to_sell(tx: WriteTx, now: datetime) -> None:
    for pooled in (False, True):
        with pytest.raises(NotAvailable):
            await facade.claim(tx, an_ask(units=0, pooled=pooled), kind=BOOKING, owner_id=new_id(), now=now)


@pytest.mark.parametrize("pooled", [False, True])
async def test_a_hold_blocks_until_its_time_is_up_and_then_gives_way(tx: WriteTx, now: datetime, pooled: bool) -> None:
    ask, held_until = an_ask(pooled=pooled), now + timedelta(minutes=15)
    await facade.claim(tx, ask, kind=HOLD, owner_id=new_id(), held_until=held_until, now=now)
    just_before = held_until - timedelta(seconds=1)
    assert not await facade.is_available(tx, ask, now=just_before)
    with pytest.raises(NotAvailable):
        await facade.claim(tx, ask, kind=BOOKING, owner_id=new_id(), now=just_before)
    assert await facade.is_available(tx, ask, now=held_until)
    await facade.claim(tx, ask, kind=BOOKING, owner_id=new_id(), now=held_until)
    assert await live_claims(tx, ask.resource_id) == 1
    if pooled:
        assert await counted(tx, ask.resource_id) == [1, 1, 1]


async def test_an_expired_hold_stays_when_a_firm_claim_is_in_the_way_anyway(tx: WriteTx, now: datetime) -> None:
    ask = an_ask(departure=date(2026, 7, 2))
    hold = new_id()
    await facade.claim(tx, ask, kind=HOLD, owner_id=hold, held_until=now, now=now)
    later = an_ask(
        resource_id=ask.resource_id, units=ask.unit_ids, first_night=date(2026, 7, 2), departure=date(2026, 7, 3)
    )
    await facade.claim(tx, later, kind=BOOKING, owner_id=new_id(), now=now)
    with pytest.raises(NotAvailable):
        await facade.claim(
            tx,
            an_ask(resource_id=ask.resource_id, units=ask.unit_ids),
            kind=BOOKING,
            owner_id=new_id(),
            now=now + timedelta(hours=1),
        )
    assert len(await facade.claims_of(tx, hold)) == 1


async def test_pooled_places_are_counted_night_by_night(tx: WriteTx, now: datetime) -> None:
    ask = an_ask(units=2, pooled=True)
    first = new_id()
    await facade.claim(tx, ask, kind=BOOKING, owner_id=first, now=now)
    longer = an_ask(resource_id=ask.resource_id, units=ask.unit_ids, pooled=True, departure=date(2026, 7, 6))
    await facade.claim(tx, longer, kind=BOOKING, owner_id=new_id(), now=now)
    assert await counted(tx, ask.resource_id) == [2, 2, 2, 1, 1]
    with pytest.raises(NotAvailable):
        await facade.claim(tx, longer, kind=BOOKING, owner_id=new_id(), now=now)
    assert await counted(tx, ask.resource_id) == [2, 2, 2, 1, 1]
    assert await facade.release(tx, first, now=now) == 1
    assert await counted(tx, ask.resource_id) == [1, 1, 1, 1, 1]
    assert await facade.release(tx, first, now=now) == 0
    assert await counted(tx, ask.resource_id) == [1, 1, 1, 1, 1]


async def test_a_hold_is_handed_over_without_letting_go(tx: WriteTx, now: datetime) -> None:
    ask, hold, booking = an_ask(), new_id(), new_id()
    held = await facade.claim(tx, ask, kind=HOLD, owner_id=hold, held_until=now, now=now)
    given = await facade.hand_over(tx, hold, booking, kind=BOOKING, held_until=None, now=now)
    assert [(each.id, each.kind, each.owner_id) for each in given] == [(held.id, BOOKING, booking)]
    with pytest.raises(HoldExpired):
        await facade.hand_over(tx, hold, booking, kind=BOOKING, now=now)


async def test_a_claim_made_firm_never_expires_and_one_released_cannot_be(tx: WriteTx, now: datetime) -> None:
    ask, owner = an_ask(), new_id()
    await facade.claim(tx, ask, kind=BOOKING, owner_id=owner, held_until=now, now=now)
    assert await facade.make_firm(tx, owner, now=now)
    assert await facade.release_expired(tx, limit=10, now=now + timedelta(days=1)) == []
    with pytest.raises(NotAvailable):
        await facade.claim(tx, ask, kind=BOOKING, owner_id=new_id(), now=now + timedelta(days=1))
    await facade.release(tx, owner, now=now)
    assert not await facade.make_firm(tx, owner, now=now)


async def test_the_sweeper_lets_go_of_what_has_expired_and_of_nothing_else(tx: WriteTx, now: datetime) -> None:
    expired, alive = an_ask(units=2, pooled=True), an_ask()
    await facade.claim(tx, expired, kind=HOLD, owner_id=new_id(), held_until=now, now=now)
    await facade.claim(tx, alive, kind=HOLD, owner_id=new_id(), held_until=now + timedelta(seconds=1), now=now)
    assert await facade.release_expired(tx, limit=10, now=now) == [expired.resource_id]
    assert await counted(tx, expired.resource_id) == [0, 0, 0]
    assert await live_claims(tx, alive.resource_id) == 1


async def test_a_block_takes_a_place_and_only_a_block_can_be_removed(tx: WriteTx, now: datetime) -> None:
    ask, booking = an_ask(units=2), new_id()
    await facade.claim(tx, ask, kind=BOOKING, owner_id=booking, now=now)
    block = await facade.block(tx, ask, note="Painting", now=now)
    with pytest.raises(NotAvailable):
        await facade.claim(tx, ask, kind=BOOKING, owner_id=new_id(), now=now)
    with pytest.raises(BlockNotFound):
        await facade.unblock(tx, booking, now=now)
    await facade.unblock(tx, block.owner_id, now=now)
    assert await facade.is_available(tx, ask, now=now)


@pytest.mark.parametrize("pooled", [False, True])
async def test_the_calendar_says_how_many_are_free_each_night(tx: WriteTx, now: datetime, pooled: bool) -> None:
    ask = an_ask(units=2, pooled=pooled, departure=date(2026, 7, 3))
    await facade.claim(tx, ask, kind=BOOKING, owner_id=new_id(), now=now)
    await facade.block(
        tx,
        an_ask(resource_id=ask.resource_id, units=ask.unit_ids, pooled=pooled, departure=date(2026, 7, 2)),
        now=now,
    )
    nights = await facade.calendar(
        tx,
        ask.resource_id,
        pooled=pooled,
        capacity=2,
        unit_ids=ask.unit_ids,
        first=date(2026, 6, 30),
        last=date(2026, 7, 3),
        now=now,
    )
    assert [(each.night.day, each.available, each.blocked) for each in nights] == [
        (30, 2, False),
        (1, 0, True),
        (2, 1, False),
        (3, 2, False),
    ]


async def test_several_things_are_taken_together_and_answered_in_the_order_asked(tx: WriteTx, now: datetime) -> None:
    asks = [an_ask(), an_ask(), an_ask(units=2, pooled=True)]
    claims = await facade.claim_all(tx, asks, kind=BOOKING, owner_id=new_id(), now=now)
    assert [each.resource_id for each in claims] == [each.resource_id for each in asks]


async def test_nights_of_a_pooled_type_follow_its_units_but_never_below_what_is_sold(
    tx: WriteTx, now: datetime
) -> None:
    from hospes.modules.inventory import store

    ask = an_ask(units=3, pooled=True)
    for _ in range(2):
        await facade.claim(tx, ask, kind=BOOKING, owner_id=new_id(), now=now)
    await store.set_capacity(tx, ask.resource_id, 1, JULY_1)
    rows = await tx.all(
        "SELECT capacity, claimed FROM inventory.night_count WHERE resource_id = %s ORDER BY night", (ask.resource_id,)
    )
    assert [(row["capacity"], row["claimed"]) for row in rows] == [(2, 2)] * 3
