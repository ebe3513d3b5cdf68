"""Hours, departures and who comes to the guest, asked over HTTP; what events tell is seen by the next search."""

from datetime import date, timedelta

import httpx
import pytest

from hospes.modules.booking import facade as booking
from hospes.modules.booking.contracts import Actor, Hours, Leaving, Party, Wish
from hospes.modules.booking.use_cases.block_dates import unblock_dates
from hospes.modules.booking.use_cases.block_hours import block_hours
from hospes.modules.booking.use_cases.expire_due import expire_due
from hospes.modules.identity import facade as identity
from hospes.modules.identity.contracts import User
from hospes.modules.search.keeping.follow import LiveIndex
from hospes.platform.caller import Caller
from hospes.platform.db import ReadTx
from hospes.platform.runtime import Runtime
from tests.builders.booking import Stay, a_stay
from tests.builders.identity import a_user
from tests.builders.schedules import MORNING, PARIS, VERSAILLES, a_departure, with_schedule
from tests.catalog.signed_in import bearer, runtime_of
from tests.conftest import FixedClock

NOW = MORNING - timedelta(days=1)
HALF_AN_HOUR = timedelta(minutes=30)
AT_NINE = Hours(MORNING, MORNING + HALF_AN_HOUR)
WEDNESDAY = {"day": "2026-07-01"}
DATES = {"check_in": "2026-07-01", "check_out": "2026-07-04"}
TOUR = {"starts_at": "2026-07-03T09:00:00+02:00", "ends_at": "2026-07-03T12:00:00+02:00", "capacity": 10}
MIDDLE = {"lat": PARIS.latitude, "lon": PARIS.longitude}


@pytest.fixture
def rt(client: httpx.AsyncClient, clock: FixedClock) -> Runtime:
    clock.at = NOW
    return runtime_of(client)


@pytest.fixture
async def dentist(rt: Runtime) -> Stay:
    """Half-hours from nine to five, on weekdays, at 60 euros an hour."""
    async with rt.db.write() as tx:
        stay = await a_stay(tx, mode="timed", kind="DOCTOR_SLOT", rate={"base_amount": 6_000})
        await with_schedule(tx, stay.resource_id)
    await reload(rt)
    return stay


@pytest.fixture
async def tour(rt: Runtime) -> tuple[Stay, Leaving]:
    """Ten places at nine on Wednesday."""
    async with rt.db.write() as tx:
        stay = await a_stay(tx, mode="departure", kind="TOUR", max_guests=2, rate={"base_amount": 4_500})
        _, departure_id = await a_departure(tx, stay.resource_id)
    await reload(rt)
    return stay, Leaving(departure_id)


async def reload(rt: Runtime) -> None:
    live = rt.ports.index
    assert isinstance(live, LiveIndex)
    await live.reload()


async def found(client: httpx.AsyncClient, **params: object) -> list[str]:
    """The first start of each one found, in UTC."""
    await runtime_of(client).ports.tail.poll()
    response = await client.get("/api/v1/search", params=params)
    assert response.status_code == 200, response.text
    return [(item["starts_at"] or "none")[:16] for item in response.json()["items"]]


async def test_a_dentist_free_on_wednesday_after_four(client: httpx.AsyncClient, dentist: Stay) -> None:
    assert await found(client, **WEDNESDAY) == ["2026-07-01T07:00"]
    assert await found(client, **WEDNESDAY, since="16:00", minutes=60) == ["2026-07-01T14:00"]
    assert await found(client, **WEDNESDAY, since="16:30", minutes=60) == []
    assert await found(client, day="2026-07-04", days=2) == []
    assert await found(client, day="2026-07-04", days=3, since="10:10") == ["2026-07-06T08:30"]
    assert await found(client, **WEDNESDAY, minutes=45) == []
    assert await found(client) == ["none"]
    assert await found(client, **DATES) == []  # who asks for nights wants to sleep
    assert await found(client, **DATES, find="things") == ["2026-07-01T07:00"]  # as what is free within the stay
    assert await found(client, **DATES, kind="DOCTOR_SLOT") == ["2026-07-01T07:00"]
    answer = await client.get("/api/v1/search", params=DATES)
    assert answer.json()["facets"]["find"] == {"stays": 0, "things": 1}
    assert answer.json()["facets"]["kinds"] == {"DOCTOR_SLOT": 1}
    answer = await client.get("/api/v1/search", params=WEDNESDAY)
    item = answer.json()["items"][0]
    assert (item["price_for"], item["price_per_night"]["amount"], item["total"]["amount"]) == ("hour", 6_000, 3_000)


async def test_what_is_held_booked_blocked_and_let_go_is_seen_by_the_next_search(
    client: httpx.AsyncClient, rt: Runtime, dentist: Stay, clock: FixedClock
) -> None:
    free, taken = ["2026-07-01T07:00"], ["2026-07-01T07:30"]
    wish = Wish(dentist.resource_id, AT_NINE, Party(1))
    async with rt.db.write() as tx:
        await booking.hold_wish(tx, wish, guest_id=dentist.guest_id, now=NOW)
    assert await found(client, **WEDNESDAY) == taken
    clock.at = NOW + timedelta(minutes=30)
    async with rt.db.write() as tx:
        assert await expire_due(tx, now=clock.at) == 1
    assert await found(client, **WEDNESDAY) == free
    async with rt.db.write() as tx:
        made = await booking.book_wish(tx, wish, guest_id=dentist.guest_id, provider="sandbox", now=clock.at)
    assert await found(client, **WEDNESDAY) == taken
    async with rt.db.write() as tx:
        await booking.cancel_booking(
            tx, booking_id=made.id, actor=Actor.GUEST, actor_id=dentist.guest_id, now=clock.at
        )  # fmt: skip
    assert await found(client, **WEDNESDAY) == free
    async with rt.db.write() as tx:
        host = await host_of(tx, dentist)
        [blocked] = await block_hours(
            tx, caller=host, resource_id=dentist.resource_id, unit_id=None, starts_at=MORNING,
            ends_at=MORNING + HALF_AN_HOUR, now=clock.at,
        )  # fmt: skip
    assert await found(client, **WEDNESDAY) == taken
    async with rt.db.write() as tx:
        await unblock_dates(tx, caller=host, resource_id=dentist.resource_id, block_id=blocked.id, now=clock.at)
    assert await found(client, **WEDNESDAY) == free


async def owner(tx: ReadTx, stay: Stay) -> User:
    """Whose business it is."""
    row = await tx.find("SELECT owner_id FROM catalog.business WHERE id = %s", (stay.sellable.business_id,))
    assert row is not None
    return await identity.get_user(tx, row["owner_id"])


async def host_of(tx: ReadTx, stay: Stay) -> Caller:
    host = await owner(tx, stay)
    return Caller(host.id, host.email, host.name, frozenset({"host"}), "session")


async def owner_headers(client: httpx.AsyncClient, stay: Stay) -> dict[str, str]:
    async with runtime_of(client).db.read() as tx:
        return bearer(client, await owner(tx, stay))


async def test_new_hours_special_days_and_departures_are_seen_by_the_next_search(
    client: httpx.AsyncClient, dentist: Stay, tour: tuple[Stay, Leaving]
) -> None:
    headers, path = await owner_headers(client, dentist), f"/api/v1/resources/{dentist.resource_id}/schedule"
    hours = {"slot_minutes": 30, "windows": [{"weekday": 2, "opens": "12:00", "closes": "13:00"}]}
    assert (await client.put(path, json=hours, headers=headers)).status_code == 200
    assert await found(client, **WEDNESDAY) == ["2026-07-01T10:00"]
    await client.put(f"{path}/exceptions/2026-07-01", json={}, headers=headers)
    assert await found(client, **WEDNESDAY) == []
    headers, path = await owner_headers(client, tour[0]), f"/api/v1/resources/{tour[0].resource_id}/departures"
    first = f"{path}/{tour[1].departure_id}"
    assert await found(client, **DATES, kind="TOUR") == ["2026-07-01T07:00"]
    assert (await client.post(path, json=TOUR, headers=headers)).status_code == 201
    assert (await client.delete(first, headers=headers)).status_code == 204
    assert await found(client, **DATES, kind="TOUR") == ["2026-07-03T07:00"]


async def test_a_tour_takes_as_many_as_it_has_places_whatever_its_resource_says(
    client: httpx.AsyncClient, rt: Runtime, tour: tuple[Stay, Leaving]
) -> None:
    stay, leaving = tour
    assert await found(client, **DATES, kind="TOUR", adults=10) == ["2026-07-01T07:00"]
    assert await found(client, **DATES, kind="TOUR", adults=11) == []
    assert await found(client, kind="TOUR", check_in="2026-06-30", check_out="2026-07-01") == ["2026-07-01T07:00"]
    assert await found(client, kind="TOUR", check_in="2026-07-02", check_out="2026-07-04") == []
    async with rt.db.write() as tx:
        guest = (await a_user(tx)).id
        wish = Wish(stay.resource_id, leaving, Party(8))
        await booking.book_wish(tx, wish, guest_id=guest, provider="sandbox", now=NOW)
    assert await found(client, **DATES, kind="TOUR", adults=2) == ["2026-07-01T07:00"]
    assert await found(client, **DATES, kind="TOUR", adults=3) == []
    assert await found(client, **WEDNESDAY) == []  # hours find what is sold by the hour


async def test_plumbers_who_come_to_my_address(client: httpx.AsyncClient, rt: Runtime, dentist: Stay) -> None:
    async with rt.db.write() as tx:
        plumber = await a_stay(tx, mode="timed", kind="PROFESSIONAL", amenities=["plumber"])
        await with_schedule(
            tx, plumber.resource_id, travel_mode="travel", home=VERSAILLES, radius_km=18.0, speed_kmh=50.0
        )
    await reload(rt)
    asked = {**MIDDLE, "comes_to_me": True}
    assert await found(client, **asked, **WEDNESDAY, category="plumber") == ["2026-07-01T07:00"]
    assert await found(client, **asked, category="electrician") == []
    assert await found(client, **asked, radius_km=0.1) == ["none"]  # their range counts, not the guest's
    assert await found(client, lat=48.90, lon=2.40, comes_to_me=True) == []  # four kilometres farther
    assert sorted(await found(client, **MIDDLE, **WEDNESDAY)) == ["2026-07-01T07:00"] * 2  # the dentist stays at home
    assert await found(client, **asked, **DATES) == ["2026-07-01T07:00"]  # who asks for somebody to come is not asleep
    assert await found(client, **DATES, category="plumber") == ["2026-07-01T07:00"]
    answer = await client.get("/api/v1/search", params=asked)
    assert "48.8049" not in answer.text  # where somebody lives is not told


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"since": "17:00"}, "day"),
        ({"minutes": 30}, "day"),
        ({"days": 2}, "day"),
        ({**WEDNESDAY, "since": "17:00", "until": "17:00"}, "until"),
        ({**WEDNESDAY, "since": "17:00", "until": "08:00"}, "until"),
        ({**WEDNESDAY, "since": "17:00+02:00"}, "since"),
        ({**WEDNESDAY, "until": "17:00Z"}, "until"),
        ({**WEDNESDAY, "since": "five"}, "since"),
        ({**WEDNESDAY, "minutes": 0}, "minutes"),
        ({**WEDNESDAY, "minutes": 1441}, "minutes"),
        ({**WEDNESDAY, "days": 15}, "days"),
        ({**WEDNESDAY, "days": 0}, "days"),
        ({**WEDNESDAY, **DATES}, "day"),
        ({"day": "2026-06-25"}, "day"),
        ({"day": "2026-09-01"}, "day"),
        ({"day": "9999-12-31", "days": 2}, "day"),
        ({"day": "next Tuesday"}, "day"),
        ({"comes_to_me": True}, "comes_to_me"),
    ],
)
async def test_nonsense_is_refused_beside_its_field(
    client: httpx.AsyncClient, rt: Runtime, params: dict[str, object], field: str
) -> None:
    answer = await client.get("/api/v1/search", params=params)
    assert answer.status_code == 422, answer.text
    assert [each["field"] for each in answer.json()["errors"]] == [field]


async def test_the_last_day_that_can_be_asked_for_is_answered(client: httpx.AsyncClient, dentist: Stay) -> None:
    last = NOW.date() + timedelta(days=56)
    assert await found(client, day=str(last)) == [f"{last}T07:00"]
    assert last == date(2026, 8, 25)
