"""Changes under rivals: guests into the same nights, changing against cancelling, paying, and the clock."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from hospes.modules.booking import facade, queries, store
from hospes.modules.booking.contracts import (
    Actor,
    Booking,
    BookingStatus,
    Change,
    ChangeStatus,
    Extra,
    Nights,
    Party,
    WaitStatus,
    Wish,
)
from hospes.modules.booking.policies.asks import asks_of
from hospes.modules.booking.use_cases.quote_wish import quote_wish
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import ClaimKind
from hospes.platform.db import Database, WriteTx
from tests.builders.booking import ARRIVAL, DEPARTURE, Stay, a_booking, a_stay, take_payment
from tests.builders.catalog import a_resource
from tests.builders.identity import a_user
from tests.builders.inventory import counted, live_claims, oversold_nights
from tests.builders.pricing import a_rate
from tests.race.rivals import many_connections, race

pytestmark = pytest.mark.race
S = BookingStatus
GUESTS = 24
INTO = Change(arrival=date(2026, 9, 1), departure=date(2026, 9, 4))


@pytest.fixture
async def crowd(clone_url: str) -> AsyncIterator[Database]:
    async with many_connections(clone_url, GUESTS * 2) as database:
        yield database


async def change(tx: WriteTx, booking: Booking, wanted: Change, now: datetime) -> Any:
    return await facade.change_booking(
        tx,
        booking_id=booking.id,
        change=wanted,
        actor=Actor.GUEST,
        actor_id=booking.guest_id,
        provider="sandbox",
        now=now,
    )


async def refunded(tx: Any, paid_for: UUID) -> list[int]:
    rows = await tx.all(
        "SELECT a.amount FROM payments.attempt AS a JOIN payments.payment AS p ON p.id = a.payment_id"
        " WHERE p.booking_id = %s AND a.kind = 'refund'",
        (paid_for,),
    )
    return [row["amount"] for row in rows]


async def neighbours(tx: WriteTx, count: int, **given: Any) -> tuple[Stay, list[Booking]]:
    """One home, `count` guests one after the other in July and August."""
    stay = await a_stay(tx, **given)
    made = []
    for number in range(count):
        first = ARRIVAL + timedelta(days=2 * number)
        guest = replace(stay, guest_id=(await a_user(tx)).id)
        last = first + timedelta(days=2)
        made.append(await a_booking(tx, guest, status=S.CONFIRMED, arrival=first, departure=last))
    return stay, made


async def test_of_many_who_change_into_the_same_nights_one_wins_and_the_others_keep_theirs(
    crowd: Database, now: datetime
) -> None:
    async with crowd.write() as tx:
        stay, made = await neighbours(tx, GUESTS)
    into = Change(arrival=date(2026, 9, 1), departure=date(2026, 9, 3))
    outcome = await race(crowd, GUESTS, lambda tx, number: change(tx, made[number], into, now))
    assert outcome == {"won": 1, "not_available": GUESTS - 1}
    async with crowd.read() as tx:
        assert await live_claims(tx, stay.resource_id) == GUESTS
        assert await oversold_nights(tx) == 0
        moved = [each for each in made if (await facade.get_booking(tx, each.id)).arrival == into.arrival]
        assert len(moved) == 1
        for each in made:
            claim = (await inventory.claims_of(tx, each.id))[0]
            booking = await facade.get_booking(tx, each.id)
            assert (claim.first_night, claim.departure) == (booking.arrival, booking.departure)


async def test_control_looking_first_and_writing_dates_without_a_claim_sells_the_nights_twice(
    crowd: Database, now: datetime
) -> None:
    async with crowd.write() as tx:
        stay, made = await neighbours(tx, 6)
    barrier = asyncio.Barrier(6)

    async def unguarded(tx: WriteTx, number: int) -> None:
        wish = Wish(stay.resource_id, Nights(date(2026, 9, 1), date(2026, 9, 3)), Party(2))
        quote = await quote_wish(tx, wish, now=now)
        await barrier.wait()
        assert quote.available
        booking = replace(made[number], arrival=quote.arrival, departure=quote.departure)
        await store.update_booking(tx, booking, booking.version, now=now)

    assert await race(crowd, 6, unguarded) == {"won": 6}
    async with crowd.read() as tx:
        arrivals = [(await facade.get_booking(tx, each.id)).arrival for each in made]
    assert arrivals.count(date(2026, 9, 1)) == 6


async def test_guests_who_swap_nights_never_deadlock(crowd: Database, now: datetime) -> None:
    async with crowd.write() as tx:
        _, made = await neighbours(tx, 12, units=2)
        _, counted_ones = await neighbours(tx, 12, units=1, pooled=True)
    everyone = [*made, *counted_ones]

    async def swap(tx: WriteTx, number: int) -> None:
        other = everyone[number ^ 1]
        await change(tx, everyone[number], Change(arrival=other.arrival, departure=other.departure), now)

    outcome = await race(crowd, 24, swap)
    assert set(outcome) <= {"won", "not_available"}
    assert sum(outcome.values()) == 24
    async with crowd.read() as tx:
        assert await oversold_nights(tx) == 0
        assert max(await counted(tx, counted_ones[0].resource_id)) == 1


async def test_counted_nights_are_changed_and_booked_at_once_without_deadlock_or_oversale(
    crowd: Database, now: datetime
) -> None:
    async with crowd.write() as tx:
        stay, made = await neighbours(tx, 12, units=2, pooled=True)
        guests = [(await a_user(tx)).id for _ in range(12)]
    first, last = ARRIVAL, ARRIVAL + timedelta(days=24)

    async def act(tx: WriteTx, number: int) -> None:
        if number < 12:
            booking = made[number]
            await change(
                tx,
                booking,
                Change(
                    arrival=booking.arrival + timedelta(days=3 - number % 7),
                    departure=booking.departure + timedelta(days=3 - number % 7),
                ),
                now,
            )
        else:
            wish = Wish(stay.resource_id, Nights(first, last), Party(1))
            await facade.book_wish(tx, wish, guest_id=guests[number - 12], provider="sandbox", now=now)

    outcome = await race(crowd, 24, act)
    assert set(outcome) <= {"won", "not_available", "arrival_in_past", "change_refused"}
    async with crowd.read() as tx:
        assert max(await counted(tx, stay.resource_id)) <= 2
        rows = await tx.all(
            "SELECT n.night FROM inventory.night_count AS n WHERE n.resource_id = %s AND n.claimed <> (SELECT"
            " COALESCE(sum(c.quantity), 0) FROM inventory.claim AS c WHERE c.resource_id = n.resource_id"
            " AND c.released_at IS NULL AND n.night BETWEEN c.first_night AND c.last_night)",
            (stay.resource_id,),
        )
        assert rows == []


async def test_changing_against_cancelling_ends_cancelled_with_nothing_held_and_all_money_back(
    crowd: Database, now: datetime
) -> None:
    async with crowd.write() as tx:
        bookings = [await a_booking(tx, await a_stay(tx, policy="flexible"), status=S.CONFIRMED) for _ in range(12)]

    async def act(tx: WriteTx, number: int) -> None:
        booking = bookings[number // 2]
        if number % 2:
            await change(tx, booking, Change(departure=date(2026, 7, 3)), now)
        else:
            await facade.cancel_booking(
                tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=booking.guest_id, now=now
            )

    outcome = await race(crowd, 24, act)
    assert set(outcome) <= {"won", "not_allowed_now"}
    assert outcome["won"] >= 12
    async with crowd.read() as tx:
        for booking in bookings:
            assert (await facade.get_booking(tx, booking.id)).status is S.CANCELLED
            assert await live_claims(tx, booking.resource_id) == 0
            assert sum(await refunded(tx, booking.id)) == 30_000


async def test_paying_for_a_change_against_a_rival_for_its_nights_ends_made_or_refunded(
    crowd: Database, now: datetime
) -> None:
    late = now + timedelta(hours=1)
    async with crowd.write() as tx:
        rival_id = (await a_user(tx)).id
        stays = [await a_stay(tx) for _ in range(12)]
        bookings = [await a_booking(tx, stay, status=S.CONFIRMED) for stay in stays]
        requests = []
        for booking in bookings:
            asked = await change(tx, booking, Change(departure=date(2026, 7, 6)), now)
            await take_payment(tx, asked.request.id, now=now)
            requests.append(asked.request)

    async def act(tx: WriteTx, number: int) -> None:
        at = number // 2
        if number % 2:
            await facade.apply_paid_change(tx, change_id=requests[at].id, now=late)
        else:
            wish = Wish(stays[at].resource_id, Nights(DEPARTURE, date(2026, 7, 6)), Party(1))
            await facade.book_wish(tx, wish, guest_id=rival_id, provider="sandbox", now=late)

    outcome = await race(crowd, 24, act)
    assert set(outcome) <= {"won", "not_available"}
    async with crowd.read() as tx:
        assert await oversold_nights(tx) == 0
        for booking, request in zip(bookings, requests, strict=True):
            seen = await facade.get_booking(tx, booking.id)
            status = (await queries.list_changes(tx, booking.id))[0].status
            back = await refunded(tx, request.id)
            assert (status, back, seen.departure.day) in (
                (ChangeStatus.APPLIED, [], 6),
                (ChangeStatus.REFUNDED, [20_000], 4),
            )
            assert seen.status is S.CONFIRMED


async def test_a_change_told_of_its_payment_many_times_is_made_once(crowd: Database, now: datetime) -> None:
    async with crowd.write() as tx:
        booking = await a_booking(tx, await a_stay(tx), status=S.CONFIRMED)
        asked = await change(tx, booking, Change(departure=date(2026, 7, 6)), now)
        await take_payment(tx, asked.request.id, now=now)

    async def tell(tx: WriteTx, _: int) -> None:
        await facade.apply_paid_change(tx, change_id=asked.request.id, now=now)

    assert await race(crowd, 10, tell) == {"won": 10}
    async with crowd.read() as tx:
        steps = [each.action for each in await queries.list_history(tx, booking.id)]
        assert steps == ["create", "ask_change", "change"]
        assert await refunded(tx, asked.request.id) == []
        assert await live_claims(tx, booking.resource_id) == 1


async def test_taking_an_offer_against_its_end_books_once_or_passes_it_on(crowd: Database, now: datetime) -> None:
    async with crowd.write() as tx:
        entries, stays = [], []
        for _ in range(8):
            stay = await a_stay(tx)
            booking = await a_booking(tx, stay)
            wish = Wish(stay.resource_id, Nights(ARRIVAL, DEPARTURE), Party(2))
            pair = []
            for _ in range(2):
                guest = (await a_user(tx)).id
                pair.append(await facade.join_waitlist(tx, wish, guest_id=guest, now=now))
            await facade.cancel_booking(tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=stay.guest_id, now=now)
            await facade.offer_places(tx, stay.resource_id, now=now)
            stays.append(stay)
            entries.append(pair)
    over = now + timedelta(minutes=30)

    async def act(tx: WriteTx, number: int) -> None:
        first, stay = entries[number // 3][0], stays[number // 3]
        if number % 3 == 0:  # just in time by this process's clock
            await facade.accept_offer(
                tx,
                guest_id=first.guest_id,
                entry_id=first.id,
                provider="sandbox",
                now=over - timedelta(seconds=1),
            )
        elif number % 3 == 1:
            await facade.expire_due(tx, limit=20, now=over)
        else:
            await facade.offer_places(tx, stay.resource_id, now=over)

    outcome = await race(crowd, 24, act)
    assert set(outcome) <= {"won", "hold_expired"}
    async with crowd.write() as tx:
        await facade.expire_due(tx, limit=20, now=over)
        for pair, stay in zip(entries, stays, strict=True):
            await facade.offer_places(tx, stay.resource_id, now=over)
            found = [await queries.find_entry(tx, each.id, each.guest_id) for each in pair]
            assert [each.status for each in found if each] in (["booked", "waiting"], ["lapsed", "offered"])
            assert await live_claims(tx, stay.resource_id) == 1


async def test_many_offerings_at_once_offer_each_place_once(crowd: Database, now: datetime) -> None:
    async with crowd.write() as tx:
        stay = await a_stay(tx, units=3, pooled=True)
        bookings = [await a_booking(tx, replace(stay, guest_id=(await a_user(tx)).id)) for _ in range(3)]
        wish = Wish(stay.resource_id, Nights(ARRIVAL, DEPARTURE), Party(2))
        entries = [await facade.join_waitlist(tx, wish, guest_id=(await a_user(tx)).id, now=now) for _ in range(6)]
        for each in bookings:
            await facade.cancel_booking(tx, booking_id=each.id, actor=Actor.GUEST, actor_id=each.guest_id, now=now)

    async def offering(tx: WriteTx, _: int) -> None:
        await facade.offer_places(tx, stay.resource_id, now=now)

    assert await race(crowd, 10, offering) == {"won": 10}
    async with crowd.read() as tx:
        found = [await queries.find_entry(tx, each.id, each.guest_id) for each in entries]
        assert [each.status for each in found if each] == ["offered"] * 3 + ["waiting"] * 3
        assert await live_claims(tx, stay.resource_id) == 3


async def test_control_without_the_queues_lock_and_a_claim_a_place_is_offered_to_all(
    crowd: Database, now: datetime
) -> None:
    async with crowd.write() as tx:
        stay = await a_stay(tx)
        wish = Wish(stay.resource_id, Nights(ARRIVAL, DEPARTURE), Party(2))
    barrier, offers = asyncio.Barrier(6), []

    async def unguarded(tx: WriteTx, number: int) -> None:
        free = (await quote_wish(tx, wish, now=now)).available
        await barrier.wait()
        if free:
            offers.append(number)

    await race(crowd, 6, unguarded)
    assert len(offers) == 6


async def test_control_a_change_that_does_not_lock_its_booking_holds_nights_for_a_cancelled_one(
    crowd: Database, now: datetime
) -> None:
    async with crowd.write() as tx:
        booking = await a_booking(tx, await a_stay(tx, policy="flexible"), status=S.CONFIRMED)
    cancelled = asyncio.Event()

    async def act(tx: WriteTx, number: int) -> None:
        if number:
            await facade.cancel_booking(
                tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=booking.guest_id, now=now
            )
            await tx.conn.commit()
            cancelled.set()
            return
        seen = await facade.get_booking(tx, booking.id)
        await cancelled.wait()
        assert seen.status is S.CONFIRMED
        ask = replace(asks_of(seen)[0], departure=date(2026, 7, 3))
        await inventory.release(tx, seen.id, now=now)
        await inventory.claim(tx, ask, kind=ClaimKind.BOOKING, owner_id=seen.id, now=now)

    assert await race(crowd, 2, act) == {"won": 2}
    async with crowd.read() as tx:
        assert (await facade.get_booking(tx, booking.id)).status is S.CANCELLED
        assert await live_claims(tx, booking.resource_id) == 1


async def test_control_a_paid_change_written_without_claiming_shares_its_nights_with_a_rival(
    crowd: Database, now: datetime
) -> None:
    late = now + timedelta(hours=1)
    async with crowd.write() as tx:
        stay = await a_stay(tx)
        booking = await a_booking(tx, stay, status=S.CONFIRMED)
        rival_id = (await a_user(tx)).id

    async def act(tx: WriteTx, number: int) -> None:
        if number:
            longer = replace(booking, departure=date(2026, 7, 6))
            await store.update_booking(tx, longer, booking.version, now=late)
        else:
            wish = Wish(stay.resource_id, Nights(DEPARTURE, date(2026, 7, 6)), Party(1))
            await facade.book_wish(tx, wish, guest_id=rival_id, provider="sandbox", now=late)

    assert await race(crowd, 2, act) == {"won": 2}
    async with crowd.read() as tx:
        rival = (await queries.list_bookings_of_guest(tx, rival_id))[0]
        assert (await facade.get_booking(tx, booking.id)).departure > rival.arrival


async def test_control_an_offer_taken_without_its_claim_is_passed_on_all_the_same(
    crowd: Database, now: datetime
) -> None:
    async with crowd.write() as tx:
        stay = await a_stay(tx)
        booking = await a_booking(tx, stay)
        wish = Wish(stay.resource_id, Nights(ARRIVAL, DEPARTURE), Party(2))
        first, second = [
            await facade.join_waitlist(tx, wish, guest_id=(await a_user(tx)).id, now=now) for _ in range(2)
        ]
        await facade.cancel_booking(tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=stay.guest_id, now=now)
        await facade.offer_places(tx, stay.resource_id, now=now)
    over = now + timedelta(minutes=30)
    read = asyncio.Event()

    async def act(tx: WriteTx, number: int) -> None:
        if number:
            entry = await queries.find_entry(tx, first.id, first.guest_id)
            assert entry is not None
            read.set()
            await store.move_entry(tx, entry, WaitStatus.BOOKED, now=over)
        else:
            await read.wait()
            await facade.expire_due(tx, now=over)

    assert await race(crowd, 2, act) == {"won": 2}
    async with crowd.write() as tx:
        await facade.offer_places(tx, stay.resource_id, now=over)
        found = [await queries.find_entry(tx, each.id, each.guest_id) for each in (first, second)]
        assert [each.status for each in found if each] == ["booked", "offered"]


async def test_changing_rooms_against_bookings_of_both_rooms_never_deadlocks(crowd: Database, now: datetime) -> None:
    async with crowd.write() as tx:
        stay = await a_stay(tx, units=3)
        other = await a_resource(tx, property_id=stay.sellable.property_id, units=3, name="The tower")
        await a_rate(tx, other.resource_id)
        rooms, made = [stay.resource_id, other.resource_id], []
        for number in range(6):
            guest = (await a_user(tx)).id
            wish = Wish(rooms[number % 2], Nights(ARRIVAL, DEPARTURE), Party(2))
            booking = await facade.book_wish(tx, wish, guest_id=guest, provider="sandbox", now=now)
            await take_payment(tx, booking.id, now=now)
            made.append(await facade.confirm_paid(tx, booking_id=booking.id, now=now))
        guests = [(await a_user(tx)).id for _ in range(18)]

    async def act(tx: WriteTx, number: int) -> None:
        if number < 6:
            await change(tx, made[number], Change(resource_id=rooms[(number + 1) % 2]), now)
        elif number < 8:
            booking = made[number - 6]
            await facade.cancel_booking(
                tx, booking_id=booking.id, actor=Actor.GUEST, actor_id=booking.guest_id, now=now
            )
        else:
            main, along = rooms if number % 2 else rooms[::-1]
            wish = Wish(main, Nights(ARRIVAL, DEPARTURE), Party(2), extras=(Extra(along),))
            await facade.book_wish(tx, wish, guest_id=guests[number - 8], provider="sandbox", now=now)

    outcome = await race(crowd, 24, act)
    assert set(outcome) <= {"won", "not_available", "not_allowed_now"}
    async with crowd.read() as tx:
        assert await oversold_nights(tx) == 0
        for booking in made:
            seen = await facade.get_booking(tx, booking.id)
            claims = await inventory.claims_of(tx, booking.id)
            expected = [] if seen.status is S.CANCELLED else [seen.resource_id]
            assert [each.resource_id for each in claims] == expected
