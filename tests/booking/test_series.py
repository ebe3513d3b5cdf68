"""Series: the same on the wall every week, all or the free ones, cancelled in part or whole."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Actor, BookingStatus, Hours, Nights, Party, Repeat, Wish
from hospes.modules.booking.errors import BookingNotFound, NotAllowed, PriceChanged, SeriesInvalid, SeriesNotAvailable
from hospes.modules.booking.policies.wishes import repeated, wish_from, wish_json
from hospes.modules.inventory import facade as inventory
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from tests.booking.test_booking_api import a_world
from tests.builders.booking import Stay, a_stay
from tests.builders.identity import a_user
from tests.builders.inventory import live_claims
from tests.builders.schedules import with_schedule

PARIS = ZoneInfo("Europe/Paris")
FRIDAYS = Nights(date(2026, 7, 3), date(2026, 7, 5))
S = BookingStatus


async def a_doctor(tx: WriteTx) -> Stay:
    stay = await a_stay(tx, mode="timed", kind="DOCTOR_SLOT", rate={"base_amount": 6_000})
    await with_schedule(tx, stay.resource_id, slot_minutes=60, step_minutes=60, horizon_days=300)
    return stay


def at_nine(stay: Stay, day: date) -> Wish:
    start = datetime(day.year, day.month, day.day, 9, tzinfo=PARIS).astimezone(UTC)
    return Wish(stay.resource_id, Hours(start, start + timedelta(hours=1)), Party(1))


async def book(tx: WriteTx, stay: Stay, wish: Wish, repeat: Repeat, now: datetime, **more: Any) -> Any:
    return await facade.book_series(tx, wish, repeat, guest_id=stay.guest_id, provider="sandbox", now=now, **more)


async def test_nine_in_the_morning_stays_nine_when_the_clocks_change(tx: WriteTx, now: datetime) -> None:
    stay = await a_doctor(tx)
    made, refused = await book(tx, stay, at_nine(stay, date(2026, 10, 14)), Repeat(1, count=4), now)
    assert refused == []
    assert [each.check_in_at.astimezone(PARIS).strftime("%d.%m. %H:%M") for each in made] == [
        "14.10. 09:00",
        "21.10. 09:00",
        "28.10. 09:00",
        "04.11. 09:00",
    ]
    assert [each.check_in_at.hour for each in made] == [7, 7, 8, 8]
    assert {each.check_out_at - each.check_in_at for each in made} == {timedelta(hours=1)}
    assert len({each.series_id for each in made}) == 1
    assert {(each.status, each.total.amount, each.decide_by) for each in made} == {
        (S.PENDING_PAYMENT, 6_000, now + timedelta(hours=1))
    }
    for each in made:
        assert [claim.held_until for claim in await inventory.claims_of(tx, each.id)] == [now + timedelta(hours=1)]


@settings(max_examples=200)
@given(
    zone=st.sampled_from(["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Africa/Lagos", "Asia/Tehran"]),
    day=st.dates(date(2026, 1, 1), date(2030, 12, 31)),
    hour=st.integers(4, 22),
    weeks=st.integers(1, 4),
    count=st.integers(2, 30),
)
def test_the_clock_on_the_wall_is_the_same_at_every_repetition(
    zone: str, day: date, hour: int, weeks: int, count: int
) -> None:
    start = datetime(day.year, day.month, day.day, hour, 15, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    wish = Wish(new_id(), Hours(start, start + timedelta(minutes=50)), Party(1))
    made = repeated(wish, Repeat(weeks, count=count), zone)
    walls = [each.when.starts_at.astimezone(ZoneInfo(zone)) for _, each in made if isinstance(each.when, Hours)]
    assert {(wall.hour, wall.minute) for wall in walls} == {(hour, 15)}
    assert [wall.date() for wall in walls] == [day + timedelta(weeks=weeks * at) for at in range(count)]


async def test_stays_repeat_until_a_day_and_skip_others(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    repeat = Repeat(2, until=date(2026, 8, 14), skip=(date(2026, 7, 17),))
    quoted = await facade.quote_series(tx, Wish(stay.resource_id, FRIDAYS, Party(2)), repeat, now=now)
    assert [(each.day.isoformat(), each.refusal) for each in quoted] == [
        ("2026-07-03", None),
        ("2026-07-31", None),
        ("2026-08-14", None),
    ]
    made, _ = await book(tx, stay, Wish(stay.resource_id, FRIDAYS, Party(2)), repeat, now, expected_total=60_000)
    assert [(each.arrival.day, each.departure.day, each.total.amount) for each in made] == [
        (3, 5, 20_000),
        (31, 2, 20_000),
        (14, 16, 20_000),
    ]
    with pytest.raises(PriceChanged):
        await book(
            tx,
            await a_stay(tx),
            replace(Wish((await a_stay(tx)).resource_id, FRIDAYS, Party(2))),
            repeat,
            now,
            expected_total=1,
        )


async def test_when_one_is_taken_all_are_refused_or_the_free_ones_booked(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    rival = replace(stay, guest_id=(await a_user(tx)).id)
    wish = Wish(stay.resource_id, FRIDAYS, Party(2))
    taken = Wish(stay.resource_id, Nights(date(2026, 7, 11), date(2026, 7, 12)), Party(1))
    await facade.book_wish(tx, taken, guest_id=rival.guest_id, provider="sandbox", now=now)
    with pytest.raises(SeriesNotAvailable, match="2026-07-10") as refusal:
        async with tx.savepoint():
            await book(tx, stay, wish, Repeat(1, count=3), now)
    assert refusal.value.extra["refused"] == [
        {
            "day": "2026-07-10",
            "code": "not_available",
            "detail": "These dates have just been taken. Please choose others.",
        }
    ]
    assert await live_claims(tx, stay.resource_id) == 1
    quoted = await facade.quote_series(tx, wish, Repeat(1, count=3), now=now)
    assert [each.refusal.code if each.refusal else None for each in quoted] == [None, "not_available", None]
    made, refused = await book(tx, stay, wish, Repeat(1, count=3), now, only_free=True)
    assert ([each.arrival.day for each in made], [each.day.day for each in refused]) == ([3, 17], [10])
    assert await live_claims(tx, stay.resource_id) == 3


@pytest.mark.parametrize(
    "repeat",
    [
        Repeat(1),
        Repeat(1, count=1),
        Repeat(1, count=53),
        Repeat(1, count=2, until=date(2026, 8, 1)),
        Repeat(1, until=date(2026, 7, 4)),
        Repeat(1, count=2, skip=(date(2026, 7, 3), date(2026, 7, 10))),
    ],
)
def test_repetitions_that_make_no_sense_are_refused(repeat: Repeat) -> None:
    with pytest.raises(SeriesInvalid):
        repeated(Wish(new_id(), FRIDAYS, Party(1)), repeat, "Europe/Paris")


def test_a_wish_kept_as_json_is_the_same_afterwards() -> None:
    start = datetime(2026, 7, 1, 7, tzinfo=UTC)
    for when in (FRIDAYS, Hours(start, start + timedelta(hours=1))):
        wish = Wish(new_id(), when, Party(2, 1), 2, new_id(), (3,))
        assert wish_from(wish_json(wish)) == wish


@pytest.mark.parametrize(("scope", "days"), [("one", [10]), ("following", [10, 17]), ("all", [3, 10, 17])])
async def test_one_the_following_or_all_are_cancelled(tx: WriteTx, now: datetime, scope: Any, days: list[int]) -> None:
    stay = await a_stay(tx)
    made, _ = await book(tx, stay, Wish(stay.resource_id, FRIDAYS, Party(2)), Repeat(1, count=3), now)
    series_id = made[0].series_id
    done = await facade.cancel_series(
        tx,
        series_id=series_id,
        scope=scope,
        booking_id=made[1].id,
        actor=Actor.GUEST,
        actor_id=stay.guest_id,
        expected_refund=0,
        now=now,
    )
    assert [each.arrival.day for each, _ in done] == days
    assert await live_claims(tx, stay.resource_id) == 3 - len(days)
    if scope == "all":
        with pytest.raises(NotAllowed):
            await facade.cancel_series(
                tx,
                series_id=series_id,
                scope="all",
                booking_id=None,
                actor=Actor.GUEST,
                actor_id=stay.guest_id,
                now=now,
            )
    else:
        with pytest.raises(BookingNotFound):
            await facade.series_to_cancel(tx, series_id, scope, new_id(), actor=Actor.GUEST, now=now)


async def test_a_series_over_http_is_quoted_booked_once_seen_and_cancelled(client: httpx.AsyncClient) -> None:
    world = await a_world(client)
    body = {
        "resource_id": str(world.stay.resource_id),
        "arrival": "2026-07-03",
        "departure": "2026-07-05",
        "adults": 2,
        "count": 3,
    }
    quote = (await client.post("/api/v1/series/quote", json=body)).json()
    assert (quote["available"], quote["free"], quote["total"]) == (True, 3, {"amount": 60_000, "currency": "EUR"})
    headers = world.headers(world.guest)
    first = await client.post("/api/v1/series", json={**body, "expected_total": 60_000}, headers=headers)
    assert first.status_code == 201
    again = await client.post("/api/v1/series", json={**body, "expected_total": 60_000}, headers=headers)
    assert again.json() == first.json()
    made = first.json()
    assert [each["arrival"] for each in made["items"]] == ["2026-07-03", "2026-07-10", "2026-07-17"]
    assert {each["series_id"] for each in made["items"]} == {made["id"]}
    clash = await world.post("/series", body, world.host)
    assert (clash.status_code, clash.json()["code"]) == (409, "series_not_available")
    async with world.rt.db.write() as tx:
        stranger = await a_user(tx)
    assert (await world.get(f"/series/{made['id']}", world.host)).json()["id"] == made["id"]
    for path in (f"/series/{made['id']}", f"/series/{made['id']}/cancellation"):
        answer = await world.get(path, stranger)
        assert (answer.status_code, answer.json()["code"]) == (404, "series_not_found")
    wish = {"scope": "following", "booking_id": made["items"][1]["id"], "expected_refund": 0}
    shown = await world.get(f"/series/{made['id']}/cancellation?scope=following&booking_id={made['items'][1]['id']}")
    assert len(shown.json()["items"]) == 2
    cancelled = await world.post(f"/series/{made['id']}/cancel", wish)
    assert (cancelled.status_code, len(cancelled.json()["items"])) == (200, 2)
    left = (await world.get(f"/series/{made['id']}")).json()["items"]
    assert [each["status"] for each in left] == ["pending_payment", "cancelled", "cancelled"]
