"""Opening hours, slots and departures over HTTP."""

import time as stopwatch
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import httpx
import pytest

from hospes.modules.catalog.contracts import Sellable
from hospes.modules.identity.contracts import User
from hospes.modules.inventory import facade
from hospes.modules.inventory.contracts import ClaimKind, DayException, DepartureAsk, Window
from hospes.platform.ids import new_id
from tests.builders.catalog import a_resource
from tests.builders.identity import a_host
from tests.builders.schedules import PARIS, VERSAILLES, a_departure, a_slot_ask, where, with_schedule
from tests.catalog.signed_in import bearer, runtime_of

WEEK = [{"weekday": day, "opens": "09:00", "closes": "17:00"} for day in range(5)]
NINE = {"slot_minutes": 30, "windows": WEEK}
TOUR = {"starts_at": "2026-07-01T09:00:00+02:00", "ends_at": "2026-07-01T12:00:00+02:00", "capacity": 10}


class Shop:
    """A resource, its host, and the host's client."""

    def __init__(self, client: httpx.AsyncClient, sellable: Sellable, host: User) -> None:
        self.client, self.sellable = client, sellable
        self.headers = bearer(client, host)
        self.path = f"/api/v1/resources/{sellable.resource_id}"

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.client.request(method, self.path + path, json=body, headers={**self.headers, **headers})

    async def slots(self, day: str = "2026-07-01", to: str = "", **params: Any) -> httpx.Response:
        return await self.client.get(f"{self.path}/slots", params={"from": day, "to": to or day, **params})


async def a_shop(client: httpx.AsyncClient, mode: str = "timed", **given: Any) -> Shop:
    async with runtime_of(client).db.write() as tx:
        host = await a_host(tx)
        kind = "DOCTOR_SLOT" if mode == "timed" else "TOUR"
        sellable = await a_resource(tx, owner_id=host.id, mode=mode, kind=kind, **given)
    return Shop(client, sellable, host)


@pytest.fixture
async def doctor(client: httpx.AsyncClient) -> Shop:
    return await a_shop(client, units=2)


@pytest.fixture
async def tour(client: httpx.AsyncClient) -> Shop:
    return await a_shop(client, "departure", units=0)


def fields(answer: httpx.Response) -> list[str]:
    return [each["field"] for each in answer.json()["errors"]]


def starts(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["starts_at"] for each in answer.json()["items"]]


async def test_a_host_sets_hours_and_everyone_sees_their_slots(doctor: Shop) -> None:
    assert (await doctor.send("GET", "/schedule")).json()["code"] == "schedule_not_found"
    assert starts(await doctor.slots()) == []
    put = await doctor.send("PUT", "/schedule", NINE)
    assert (put.status_code, put.headers["ETag"]) == (200, '"1"')
    assert put.json() == (await doctor.send("GET", "/schedule")).json()
    assert (put.json()["step_minutes"], put.json()["zone"]) == (30, "Europe/Paris")
    answer = await doctor.slots()
    assert answer.json()["tz"] == "Europe/Paris"
    assert len(starts(answer)) == 16
    assert answer.json()["items"][0] == {
        "starts_at": "2026-07-01T09:00:00+02:00",
        "ends_at": "2026-07-01T09:30:00+02:00",
        "unit_ids": [str(each) for each in doctor.sellable.unit_ids],
    }
    assert starts(await doctor.slots("2026-07-04", "2026-07-05")) == []


async def test_slots_are_told_in_the_zone_asked_and_its_days(doctor: Shop) -> None:
    await doctor.send("PUT", "/schedule", NINE)
    tokyo = starts(await doctor.slots(tz="Asia/Tokyo"))
    assert (tokyo[0], tokyo[-1]) == ("2026-07-01T16:00:00+09:00", "2026-07-01T23:30:00+09:00")
    auckland = starts(await doctor.slots(tz="Pacific/Auckland"))
    assert (auckland[0], auckland[-1]) == ("2026-07-01T00:00:00+12:00", "2026-07-01T23:30:00+12:00")
    assert len(auckland) == 16


async def test_what_is_taken_is_not_offered_and_a_longer_booking_needs_all_of_its_time(doctor: Shop) -> None:
    await doctor.send("PUT", "/schedule", {**NINE, "after_minutes": 15})
    async with runtime_of(doctor.client).db.write() as tx:
        for unit in doctor.sellable.unit_ids:
            noon = datetime(2026, 7, 1, 10, tzinfo=UTC)
            ask = a_slot_ask(noon, resource_id=doctor.sellable.resource_id, units=(unit,), after=timedelta(minutes=15))
            await facade.claim(tx, ask, kind=ClaimKind.BOOKING, owner_id=new_id(), now=noon)
    first = doctor.sellable.unit_ids[0]
    found = starts(await doctor.slots(unit_id=first))
    assert [each[11:16] for each in found if "11:00" <= each[11:16] <= "14:00"] == ["11:00", "13:30", "14:00"]
    long = starts(await doctor.slots(minutes=120))
    assert [each[11:16] for each in long] == ["09:00", "09:30", "13:30", "14:00", "14:30", "15:00"]
    refused = await doctor.slots(minutes=45)
    assert (refused.status_code, refused.json()["code"]) == (422, "wrong_length")


async def test_special_days_close_open_and_go_back(doctor: Shop) -> None:
    day = "/schedule/exceptions/2026-07-01"
    assert (await doctor.send("PUT", day, {})).json()["code"] == "schedule_not_found"
    await doctor.send("PUT", "/schedule", NINE)
    closed = await doctor.send("PUT", day, {"note": "Holiday"}, **{"If-Match": '"1"'})
    assert (closed.status_code, closed.headers["ETag"]) == (200, '"2"')
    assert starts(await doctor.slots()) == []
    own = {"hours": [{"opens": "20:00", "closes": "21:00"}], "unit_id": str(doctor.sellable.unit_ids[1])}
    await doctor.send("PUT", day, own)
    assert [(each["starts_at"][11:16], each["unit_ids"]) for each in (await doctor.slots()).json()["items"]] == [
        ("20:00", [own["unit_id"]]),
        ("20:30", [own["unit_id"]]),
    ]
    assert len((await doctor.send("GET", "/schedule")).json()["exceptions"]) == 2
    assert (await doctor.send("PUT", "/schedule", NINE, **{"If-Match": '"2"'})).status_code == 412
    assert (await doctor.send("DELETE", day, **{"If-Match": '"2"'})).status_code == 412
    assert (await doctor.send("DELETE", day)).status_code == 204
    assert (await doctor.send("DELETE", day)).json()["code"] == "exception_not_found"
    assert len(starts(await doctor.slots())) == 18


async def test_hours_past_midnight_are_offered_on_the_days_they_fall_on(doctor: Shop) -> None:
    night = [{"weekday": 2, "opens": "22:00", "closes": "02:00"}]
    put = await doctor.send("PUT", "/schedule", {"slot_minutes": 60, "windows": night})
    assert put.status_code == 200, put.text
    assert [each[11:16] for each in starts(await doctor.slots())] == ["22:00", "23:00"]
    assert [each[11:16] for each in starts(await doctor.slots("2026-07-02"))] == ["00:00", "01:00"]
    assert len(starts(await doctor.slots("2026-07-01", "2026-07-02", minutes=240))) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"windows": [*WEEK, {"weekday": 0, "opens": "16:30", "closes": "18:00"}]}, "windows.5.opens"),
        ({"windows": [*WEEK, {"weekday": 6, "opens": "20:00", "closes": "09:30"}]}, "windows.0.opens"),
        ({"windows": WEEK, "step_minutes": 600}, "step_minutes"),
        ({"windows": WEEK, "slot_minutes": 600}, "windows.0.closes"),
        ({"windows": [{**WEEK[0], "unit_id": "018f0000-0000-7000-8000-000000000000"}]}, "windows.0.unit_id"),
        ({"windows": WEEK, "slot_minutes": 0}, "slot_minutes"),
        ({"windows": WEEK, "longest_minutes": 15}, "longest_minutes"),
        ({"windows": WEEK, "travel_mode": "travel"}, "home"),
        ({"windows": [{"weekday": 7, "opens": "09:00", "closes": "10:00"}]}, "windows.0.weekday"),
    ],
)
async def test_hours_that_cannot_be_right_are_refused_beside_their_field(
    doctor: Shop, body: dict[str, Any], field: str
) -> None:
    answer = await doctor.send("PUT", "/schedule", {"slot_minutes": 30, **body})
    assert answer.status_code == 422
    assert field in fields(answer), answer.text


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"to": "2026-06-30"}, "to"),
        ({"to": "2026-09-01"}, "to"),
        ({"day": "1801-01-01"}, "from"),
        ({"tz": "Mars/Olympus"}, "tz"),
        ({"tz": "../../etc/passwd"}, "tz"),
        ({"latitude": 1}, "longitude"),
        ({"minutes": 0}, "minutes"),
    ],
)
async def test_questions_that_cannot_be_right_are_refused_beside_their_field(
    doctor: Shop, params: dict[str, Any], field: str
) -> None:
    answer = await doctor.slots(**params)
    assert (answer.status_code, fields(answer)) == (422, [field])


async def test_only_members_change_hours_and_only_what_is_on_sale_is_shown(client: httpx.AsyncClient) -> None:
    shop = await a_shop(client, active=False)
    await shop.send("PUT", "/schedule", NINE)
    async with runtime_of(client).db.write() as tx:
        stranger = bearer(client, await a_host(tx))
    assert (await client.get(f"{shop.path}/schedule")).status_code == 401
    for method, path in (("GET", "/schedule"), ("PUT", "/schedule"), ("DELETE", "/schedule/exceptions/2026-07-01")):
        answer = await client.request(
            method, shop.path + path, json=NINE if method == "PUT" else None, headers=stranger
        )
        assert answer.status_code == 404
    assert (await shop.slots()).status_code == 404
    params = {"from": "2026-07-01", "to": "2026-07-01"}
    assert (await client.get(f"{shop.path}/slots", params=params, headers=shop.headers)).status_code == 200


async def test_what_is_sold_otherwise_has_no_hours(tour: Shop, doctor: Shop) -> None:
    for answer in (await tour.send("PUT", "/schedule", NINE), await tour.slots()):
        assert (answer.status_code, answer.json()["code"]) == (422, "wrong_mode")
    assert (await doctor.send("POST", "/departures", TOUR)).json()["code"] == "wrong_mode"


async def test_a_travelling_professional_is_offered_where_the_way_allows(doctor: Shop) -> None:
    home = {"latitude": PARIS.latitude, "longitude": PARIS.longitude}
    travel = {"travel_mode": "travel", "radius_km": 20, "speed_kmh": 30, "home": home}
    await doctor.send("PUT", "/schedule", {**NINE, **travel})
    first = doctor.sellable.unit_ids[0]
    async with runtime_of(doctor.client).db.write() as tx:
        ask = await facade.check_slot(
            tx,
            **{**where(doctor.sellable), "unit_ids": (first,)},
            starts_at=datetime(2026, 7, 1, 10, tzinfo=UTC),
            place=VERSAILLES,
            now=datetime(2026, 6, 1, tzinfo=UTC),
        )
        await facade.claim(tx, ask, kind=ClaimKind.BOOKING, owner_id=new_id(), now=datetime(2026, 6, 1, tzinfo=UTC))
    at_home = [each[11:16] for each in starts(await doctor.slots(unit_id=first))]
    assert [each for each in at_home if "10:00" <= each <= "14:00"] == ["10:00", "10:30", "13:30", "14:00"]
    there = await doctor.slots(unit_id=first, latitude=VERSAILLES.latitude, longitude=VERSAILLES.longitude)
    assert len(starts(there)) == 15
    far = await doctor.slots(latitude=50, longitude=4)
    assert (far.status_code, far.json()["code"]) == (409, "too_far_to_travel")


async def test_a_month_of_one_professional_comes_quickly(
    client: httpx.AsyncClient,
) -> None:
    shop = await a_shop(client)
    async with runtime_of(client).db.write() as tx:
        windows = tuple(Window(day, time(8), time(18)) for day in range(6))
        closed = (DayException(date(2026, 7, 14), ()),)
        schedule = {"slot_minutes": 30, "step_minutes": 15, "windows": windows, "exceptions": closed, "max_per_day": 20}
        await with_schedule(tx, shop.sellable.resource_id, **schedule)
        begin = datetime(2026, 7, 1, 6, tzinfo=UTC)
        for day in range(30):
            for hour in range(0, 9, 2):
                ask = a_slot_ask(
                    begin + timedelta(days=day, hours=hour),
                    resource_id=shop.sellable.resource_id,
                    units=shop.sellable.unit_ids,
                )
                await facade.claim(tx, ask, kind=ClaimKind.BOOKING, owner_id=new_id(), now=begin)
    taken = []
    for _ in range(60):
        started = stopwatch.perf_counter()
        answer = await shop.slots("2026-07-01", "2026-07-31")
        taken.append(stopwatch.perf_counter() - started)
    assert len(starts(answer)) == 25 * 15 + 39
    taken.sort()
    assert taken[30] < 0.05


async def test_departures_are_added_changed_and_listed(tour: Shop, client: httpx.AsyncClient) -> None:
    added = await tour.send("POST", "/departures", {**TOUR, "min_group": 2, "price_amount": 4500})
    assert (added.status_code, added.headers["ETag"]) == (201, '"1"')
    departure = added.json()
    assert added.headers["Location"].endswith(departure["id"])
    assert (departure["starts_at"], departure["available"], departure["bookable"]) == (TOUR["starts_at"], 10, True)
    path = f"/departures/{departure['id']}"
    moved = {**TOUR, "starts_at": "2026-07-02T09:00:00+02:00", "ends_at": "2026-07-02T12:00:00+02:00", "capacity": 8}
    changed = await tour.send("PUT", path, moved, **{"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["capacity"], changed.headers["ETag"]) == (200, 8, '"2"')
    assert (await tour.send("PUT", path, moved, **{"If-Match": '"1"'})).status_code == 412
    url, days = f"{tour.path}/departures", {"from": "2026-07-01", "to": "2026-07-02"}
    listed = (await client.get(url, params=days)).json()["items"]
    assert [(each["id"], each["capacity"], each["available"]) for each in listed] == [(departure["id"], None, 8)]
    assert (await client.get(url, params={**days, "to": "2026-07-01"})).json() == {"items": []}
    assert (await tour.send("DELETE", path)).status_code == 204
    assert (await client.get(url, params=days)).json() == {"items": []}
    assert (await client.get(tour.path + path)).json()["code"] == "departure_not_found"
    assert (await tour.send("GET", path)).json()["status"] == "cancelled"


async def test_fewer_places_than_are_sold_are_refused_with_who_has_them(tour: Shop) -> None:
    owner, now = new_id(), datetime(2026, 6, 1, 10, tzinfo=UTC)
    async with runtime_of(tour.client).db.write() as tx:
        resource_id, departure_id = await a_departure(tx, tour.sellable.resource_id)
        ask = DepartureAsk(resource_id, departure_id, 4)
        await facade.claim(tx, ask, kind=ClaimKind.BOOKING, owner_id=owner, now=now)
        gone = {"kind": ClaimKind.HOLD, "owner_id": new_id(), "held_until": now}
        await facade.claim(tx, ask, **gone, now=now)
    path = f"/departures/{departure_id}"
    refused = await tour.send("PUT", path, {**TOUR, "capacity": 3})
    assert (refused.status_code, refused.json()["code"]) == (409, "capacity_below_sold")
    assert refused.json()["claims"] == [{"kind": "booking", "owner_id": str(owner), "quantity": 4}]
    kept = await tour.send("DELETE", path)
    assert (kept.status_code, kept.json()["code"]) == (409, "departure_has_guests")
    later = {"starts_at": "2026-07-05T09:00:00+02:00", "ends_at": "2026-07-05T12:00:00+02:00", "capacity": 4}
    assert (await tour.send("PUT", path, {**later, "status": "cancelled"})).status_code == 200
    async with runtime_of(tour.client).db.read() as tx:
        claims = await facade.claims_of(tx, owner)
    assert [(each.first_night, each.starts_at.hour) for each in claims] == [(date(2026, 7, 5), 7)]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"capacity": 0}, "capacity"),
        ({"ends_at": TOUR["starts_at"]}, "ends_at"),
        ({"starts_at": "2026-05-01T09:00:00Z"}, "starts_at"),
        ({"starts_at": "2026-07-01T09:00:00"}, "starts_at"),
        ({"starts_at": "9999-07-01T09:00:00Z"}, "starts_at"),
        ({"min_group": 5, "max_group": 4}, "max_group"),
        ({"min_group": 11}, "min_group"),
        ({"ends_at": "2028-07-01T09:00:00Z"}, "ends_at"),
    ],
)
async def test_a_departure_that_cannot_be_right_is_refused_beside_its_field(
    tour: Shop, body: dict[str, Any], field: str
) -> None:
    answer = await tour.send("POST", "/departures", {**TOUR, **body})
    assert (answer.status_code, fields(answer)) == (422, [field])
