"""What a host gets wrong, or somebody means badly, once each over the API: refused with a sentence, nothing kept."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from hospes.modules.inventory import facade
from hospes.modules.inventory.contracts import ClaimKind, DepartureAsk
from hospes.platform.ids import new_id
from tests.builders.feeds import ScriptedSource, event, ics
from tests.builders.inventory import ask_of
from tests.builders.schedules import a_departure
from tests.catalog.signed_in import runtime_of
from tests.conftest import NOW
from tests.inventory.test_feeds_api import Place, a_place
from tests.inventory.test_feeds_reading import HOSTILE
from tests.inventory.test_feeds_source import a_site, answer
from tests.inventory.test_feeds_source import source as that_allows_this_machine

URL = "https://other.example/secret.ics"
CALM = {"weekday": 0, "opens": "09:00", "closes": "12:00"}
MEGABYTE = 1_000_000


async def sent(client: httpx.AsyncClient, place: Place, method: str, path: str, body: Any) -> tuple[int, str, str]:
    """Status, code and the fields at fault."""
    found = await client.request(method, place.path + path, json=body, headers=place.host)
    said = found.json()
    return found.status_code, said.get("code", ""), ",".join(each["field"] for each in said.get("errors", []))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"windows": [CALM, {**CALM, "opens": "11:00", "closes": "13:00"}]}, "windows.1.opens"),
        ({"windows": [{**CALM, "opens": "22:00", "closes": "10:00"}, {**CALM, "weekday": 1}]}, "windows.1.opens"),
        ({"windows": [CALM], "step_minutes": 181}, "step_minutes"),
        ({"windows": [CALM], "slot_minutes": 181}, "windows.0.closes"),
        ({"windows": [CALM], "slot_minutes": 0}, "slot_minutes"),
    ],
    ids=["overlapping", "overlapping across midnight", "step longer", "slot longer", "no length"],
)
async def test_hours_that_cannot_be(client: httpx.AsyncClient, body: dict[str, Any], field: str) -> None:
    place = await a_place(client, mode="timed", kind="DOCTOR_SLOT")
    status, code, fields = await sent(client, place, "PUT", "/schedule", {"slot_minutes": 30, **body})
    assert (status, code in ("schedule_invalid", "invalid"), field in fields) == (422, True, True)
    assert (await client.get(f"{place.path}/schedule", headers=place.host)).status_code == 404


async def test_a_time_that_is_none_is_said_in_a_sentence(client: httpx.AsyncClient) -> None:
    place = await a_place(client, mode="timed", kind="DOCTOR_SLOT")
    body = {"slot_minutes": 30, "windows": [{**CALM, "opens": "9 Uhr"}]}
    refused = await client.put(f"{place.path}/schedule", json=body, headers=place.host)
    assert refused.json()["errors"] == [{"field": "windows.0.opens", "message": "Please enter a time as HH:MM."}]


async def test_no_places_at_all_and_fewer_than_are_sold(client: httpx.AsyncClient) -> None:
    place = await a_place(client, mode="departure", kind="TOUR")
    form = {"starts_at": "2026-07-01T09:00:00+02:00", "ends_at": "2026-07-01T12:00:00+02:00", "capacity": 0}
    assert await sent(client, place, "POST", "/departures", form) == (422, "invalid", "capacity")
    async with runtime_of(client).db.write() as tx:
        _, departure_id = await a_departure(tx, place.sellable.resource_id)
        ask, owner = DepartureAsk(place.sellable.resource_id, departure_id, 4), new_id()
        await facade.claim(tx, ask, kind=ClaimKind.BOOKING, owner_id=owner, now=NOW)
    refused = await client.put(
        f"{place.path}/departures/{departure_id}", json={**form, "capacity": 3}, headers=place.host
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "capacity_below_sold")
    assert refused.json()["claims"] == [{"kind": "booking", "owner_id": str(owner), "quantity": 4}]


async def test_a_room_less_than_is_sold(client: httpx.AsyncClient) -> None:
    place = await a_place(client, kind="HOTEL_ROOM", pooled=True, units=2)
    async with runtime_of(client).db.write() as tx:
        for _ in range(2):
            ask = ask_of(place.sellable, date(2026, 7, 1), date(2026, 7, 3))
            await facade.claim(tx, ask, kind=ClaimKind.BOOKING, owner_id=new_id(), now=NOW)
    out = {"unit_id": str(place.sellable.unit_ids[0]), "first_night": "2026-07-01", "departure": "2026-07-02"}
    refused = await client.post(f"{place.path}/outages", json={**out, "reason": "Paint"}, headers=place.host)
    assert (refused.status_code, refused.json()["code"], len(refused.json()["claims"])) == (
        409,
        "capacity_below_sold",
        2,
    )


async def test_another_zone_while_somebody_is_coming(client: httpx.AsyncClient) -> None:
    place = await a_place(client)
    path = f"/api/v1/properties/{place.sellable.property_id}"
    async with runtime_of(client).db.write() as tx:
        ask = ask_of(place.sellable, date(2026, 7, 1), date(2026, 7, 4))
        claim = await facade.claim(tx, ask, kind=ClaimKind.BOOKING, owner_id=new_id(), now=NOW)
    refused = await client.patch(path, json={"zone": "Asia/Tokyo"}, headers=place.host)
    assert (refused.status_code, refused.json()["code"]) == (409, "zone_in_use")
    assert "04 July 2026" in refused.json()["detail"]
    async with runtime_of(client).db.write() as tx:
        await facade.release(tx, claim.owner_id, now=NOW)
    assert (await client.patch(path, json={"zone": "Asia/Tokyo"}, headers=place.host)).json()["zone"] == "Asia/Tokyo"


async def test_a_calendar_of_fifty_megabytes_is_let_go_of_after_five(client: httpx.AsyncClient) -> None:
    place = await a_place(client)
    huge = answer(b"BEGIN:VCALENDAR\r\n" + b"X" * 50 * MEGABYTE)
    async with a_site(lambda _: huge) as site:
        runtime_of(client).ports.calendars = that_allows_this_machine()
        body = {"name": "Huge", "url": site.url()}
        made = await client.post(f"{place.path}/feeds", json=body, headers=place.host)
        shown = (await client.post(f"{made.headers['Location']}/refresh", headers=place.host)).json()
    assert (shown["result"], shown["detail"], shown["busy"]) == ("failed", "The calendar is larger than 5 MB.", 0)


SECOND = event("DTSTART:20260601T000000Z", "DURATION:PT1S", "RRULE:FREQ=MINUTELY;COUNT=10000")


@pytest.mark.parametrize("said", [SECOND, *HOSTILE], ids=["10000 repetitions", *map(str, range(len(HOSTILE)))])
async def test_a_calendar_that_means_harm_takes_nothing_and_the_rest_goes_on(
    client: httpx.AsyncClient, said: str
) -> None:
    place = await a_place(client, mode="timed", kind="DOCTOR_SLOT")
    scripted = ScriptedSource(ics(said))
    runtime_of(client).ports.calendars = scripted
    made = await client.post(f"{place.path}/feeds", json={"name": "Bad", "url": URL}, headers=place.host)
    shown = await client.post(f"{made.headers['Location']}/refresh", headers=place.host)
    assert shown.status_code == 200
    assert shown.json()["result"] in ("failed", "partial", "good")
    assert (shown.json()["busy"] <= 1, bool(shown.json()["detail"])) == (True, True)
    async with runtime_of(client).db.read() as tx:
        first = NOW.date() - timedelta(days=1)
        assert (
            len(await facade.claims_between(tx, [place.sellable.resource_id], first, first + timedelta(days=800))) <= 3
        )


async def test_an_address_inside_the_network_is_neither_kept_nor_asked(client: httpx.AsyncClient) -> None:
    place = await a_place(client)
    async with a_site(lambda _: answer(ics())) as site:
        url = site.url("127.0.0.1")
        refused = await sent(client, place, "POST", "/feeds", {"name": "In", "url": url})
        assert refused == (422, "feed_address_refused", "url")
        assert site.heard == []


@pytest.mark.parametrize("pooled", [False, True], ids=["one by one", "counted"])
async def test_a_unit_that_is_needed_for_what_is_sold_stays_in_use(client: httpx.AsyncClient, pooled: bool) -> None:
    place = await a_place(client, units=2, pooled=pooled)
    first, second = (f"/units/{each}" for each in place.sellable.unit_ids)
    for sold in (1, 2):
        async with runtime_of(client).db.write() as tx:
            ask = ask_of(place.sellable, date(2026, 7, 1), date(2026, 7, 3))
            await facade.claim(tx, ask, kind=ClaimKind.BOOKING, owner_id=new_id(), now=NOW)
        answer = await sent(client, place, "PATCH", second, {"active": False})
        if sold == 1:  # one room is enough for one stay: the second may go, and comes back
            assert answer == (200, "", "")
            assert await sent(client, place, "PATCH", second, {"active": True}) == (200, "", "")
    assert answer == (409, "unit_in_use", "active")
    refused = await client.patch(place.path + first, json={"active": False}, headers=place.host)
    spans = (
        [("2026-07-01", "2026-07-03")] if not pooled else [("2026-07-01", "2026-07-02"), ("2026-07-02", "2026-07-03")]
    )
    assert [(each["from"], each["to"]) for each in refused.json()["taken"]] == spans
    assert await sent(client, place, "PATCH", first, {"name": "Attic"}) == (200, "", "")
