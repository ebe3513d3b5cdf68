"""The page of a listing by the hour or by departure: whom, where to, how often, what comes along, and waiting."""

import html
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from hospes.modules.booking import facade, queries
from hospes.modules.booking.contracts import Booking, BookingStatus, Hours, Party, Wish
from hospes.modules.inventory import facade as inventory
from hospes.platform.runtime import Runtime
from tests.booking.test_hours_and_departures import AT_NINE, a_doctor, a_tour
from tests.booking.test_listing_page import form_of, total_of
from tests.booking.test_pages import as_guest, as_stranger
from tests.builders.booking import Stay, a_stay
from tests.builders.catalog import a_resource
from tests.builders.identity import a_user
from tests.builders.inventory import live_claims
from tests.builders.pricing import a_rate
from tests.builders.schedules import MORNING, PARIS, with_schedule
from tests.catalog.signed_in import bearer, runtime_of

DAY = {"from": "2026-07-01", "day": "2026-07-01"}
NINE = {**DAY, "start": "2026-07-01T07:00:00+00:00", "minutes": "30"}


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    client.headers["Accept"] = "text/html"
    return runtime_of(client)


@pytest.fixture
async def doctors(rt: Runtime) -> Stay:
    """Two doctors, Ada and Grace, who see one patient each."""
    async with rt.db.write() as tx:
        stay = await a_doctor(tx, units=2)
        for unit_id, name in zip(stay.sellable.unit_ids, ("Dr. Ada", "Dr. Grace"), strict=True):
            await tx.run("UPDATE catalog.unit SET name = %s WHERE id = %s", (name, unit_id))
    return stay


async def rival_takes(rt: Runtime, stay: Stay, *unit_ids: Any, hours: Hours = AT_NINE) -> None:
    """Somebody else books this time, with each of these."""
    for unit_id in unit_ids:
        async with rt.db.write() as tx:
            wish = Wish(stay.resource_id, hours, Party(1), unit_id=unit_id)
            await facade.book_wish(tx, wish, guest_id=(await a_user(tx)).id, provider="sandbox", now=rt.clock.now())


async def booked_by(rt: Runtime, stay: Stay) -> list[Booking]:
    async with rt.db.read() as tx:
        return await queries.list_bookings_of_guest(tx, stay.guest_id, statuses=tuple(BookingStatus), limit=50)


def words(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


async def test_a_doctor_is_chosen_by_name_and_booked(client: httpx.AsyncClient, rt: Runtime, doctors: Stay) -> None:
    ada, grace = doctors.sellable.unit_ids
    me, base = await as_guest(client, doctors), f"/stays/{doctors.resource_id}"
    page = (await client.get(base, params=DAY)).text
    options = re.findall(r'<option value="([^"]*)"(?: selected)?>(Anyone|Dr\. \w+)</option>', page)
    assert options == [("", "Anyone"), (str(ada), "Dr. Ada"), (str(grace), "Dr. Grace")]
    chosen = (await client.get(base, params={**NINE, "unit": str(grace)})).text
    assert "Dr. Grace" in chosen[chosen.index('id="chosen"') :]
    kept = await client.post(f"{base}/take", data=form_of(chosen, f"{base}/take"), headers=me)
    assert kept.status_code == 303, kept.text
    done = await client.post(kept.headers["location"], data={"accept": "yes", "expected_total": "3000"}, headers=me)
    assert done.status_code == 303
    (booking,) = await booked_by(rt, doctors)
    assert (booking.terms.unit_id, booking.terms.unit_name) == (grace, "Dr. Grace")
    async with rt.db.read() as tx:
        assert [each.unit_id for each in await inventory.claims_of(tx, booking.id)] == [grace]


async def test_only_the_times_of_the_one_chosen_are_shown(
    client: httpx.AsyncClient, rt: Runtime, doctors: Stay
) -> None:
    ada, grace = doctors.sellable.unit_ids
    await rival_takes(rt, doctors, grace)
    base = f"/stays/{doctors.resource_id}"
    assert ">09:00</a>" in (await client.get(base, params=DAY)).text
    assert ">09:00</a>" in (await client.get(base, params={**DAY, "unit": str(ada)})).text
    assert ">09:00</a>" not in (await client.get(base, params={**DAY, "unit": str(grace)})).text


async def test_whom_a_rival_took_meanwhile_is_refused_and_not_swapped(
    client: httpx.AsyncClient, rt: Runtime, doctors: Stay
) -> None:
    _, grace = doctors.sellable.unit_ids
    base = f"/stays/{doctors.resource_id}"
    form = form_of((await client.get(base, params={**NINE, "unit": str(grace)})).text, f"{base}/take")
    await rival_takes(rt, doctors, grace)
    answer = await client.post(f"{base}/take", data=form, headers=await as_guest(client, doctors))
    assert answer.status_code == 409
    assert "Tell me when this time is free" in answer.text
    async with rt.db.read() as tx:
        assert await live_claims(tx, doctors.resource_id) == 1
    anyone = await client.post(f"{base}/take", data={**form, "unit": ""}, headers=await as_guest(client, doctors))
    assert anyone.status_code == 303


async def test_somebody_who_does_not_work_here_is_refused_beside_the_field(
    client: httpx.AsyncClient, rt: Runtime, doctors: Stay
) -> None:
    async with rt.db.write() as tx:
        other = await a_doctor(tx)
    page = (
        await client.get(f"/stays/{doctors.resource_id}", params={**NINE, "unit": str(other.sellable.unit_ids[0])})
    ).text
    assert "Whom you chose cannot be booked here any more." in page
    assert "/take" not in page


async def test_the_slots_over_http_name_whom_one_can_choose(client: httpx.AsyncClient, doctors: Stay) -> None:
    ada, grace = doctors.sellable.unit_ids
    path = f"/api/v1/resources/{doctors.resource_id}/slots"
    answer = (await client.get(path, params={"from": "2026-07-01", "to": "2026-07-01"})).json()
    assert answer["units"] == [{"id": str(ada), "name": "Dr. Ada"}, {"id": str(grace), "name": "Dr. Grace"}]
    assert answer["items"][0]["unit_ids"] == [str(ada), str(grace)]
    one = {"from": "2026-07-01", "to": "2026-07-01", "unit_id": str(grace)}
    assert (await client.get(path, params=one)).json()["units"] == [{"id": str(grace), "name": "Dr. Grace"}]


async def test_a_room_and_a_device_come_along_for_the_hour(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        stay = await a_doctor(tx)
        others = []
        for name, kind, amount in (("Treatment room", "MEETING_ROOM", 1_000), ("Scanner", "EQUIPMENT", 4_000)):
            other = await a_resource(
                tx, property_id=stay.sellable.property_id, mode="timed", kind=kind, name=name, max_guests=1
            )
            await a_rate(tx, other.resource_id, base_amount=amount)
            await with_schedule(tx, other.resource_id)
            others.append(other.resource_id)
    base, me = f"/stays/{stay.resource_id}", await as_guest(client, stay)
    page = (await client.get(base, params=DAY)).text
    assert "Treatment room €10 an hour" in words(page)
    asked = {**NINE, "extra": [f"{each}:1" for each in others]}
    chosen = (await client.get(base, params=asked)).text
    assert total_of(chosen) == "€55"
    kept = await client.post(f"{base}/take", data=form_of(chosen, f"{base}/take"), headers=me)
    assert kept.status_code == 303, kept.text
    async with rt.db.read() as tx:
        assert [await live_claims(tx, each) for each in (stay.resource_id, *others)] == [1, 1, 1]


async def test_a_series_shows_what_is_not_free_and_books_the_rest(
    client: httpx.AsyncClient, rt: Runtime, doctors: Stay
) -> None:
    week = timedelta(weeks=1)
    later = Hours(MORNING + week, MORNING + week + timedelta(minutes=30))
    await rival_takes(rt, doctors, *doctors.sellable.unit_ids, hours=later)
    base, me = f"/stays/{doctors.resource_id}", await as_guest(client, doctors)
    page = (await client.get(base, params={**NINE, "times": "4", "every": "1"})).text
    dates = words(page[page.index('<ol class="repeats"') : page.index('class="repeats-total"')])
    assert dates.startswith("Wed 1 Jul 2026 €30 Wed 8 Jul 2026")
    assert "Wed 8 Jul 2026 €30" not in dates
    assert "Wed 22 Jul 2026 €30" in dates
    assert "3 dates €90" in words(page)
    assert await booked_by(rt, doctors) == []
    form = form_of(page, f"{base}/series")
    refused = await client.post(f"{base}/series", data=form, headers=me)
    assert refused.status_code == 422
    assert "Please tick that you accept the house rules and the terms." in refused.text
    assert "Book the 3 free ones" in refused.text
    booked = await client.post(f"{base}/series", data={**form, "accept": "yes"}, headers=me)
    assert booked.status_code == 303, booked.text
    made = await booked_by(rt, doctors)
    assert booked.headers["location"] in {f"/trips/{each.id}" for each in made}
    assert sorted(each.arrival.day for each in made) == [1, 15, 22]
    assert len({each.series_id for each in made}) == 1


async def test_a_series_that_changed_meanwhile_is_shown_again(
    client: httpx.AsyncClient, rt: Runtime, doctors: Stay
) -> None:
    base, me = f"/stays/{doctors.resource_id}", await as_guest(client, doctors)
    page = (await client.get(base, params={**NINE, "times": "2", "every": "2"})).text
    form = {**form_of(page, f"{base}/series"), "accept": "yes"}
    await rival_takes(rt, doctors, *doctors.sellable.unit_ids)
    answer = await client.post(f"{base}/series", data=form, headers=me)
    assert answer.status_code == 409
    assert await booked_by(rt, doctors) == []


@pytest.mark.parametrize("times", ["0", "27", "-3", "x", "9999999"])
async def test_a_series_of_no_such_length_is_refused_beside_its_field(
    client: httpx.AsyncClient, doctors: Stay, times: str
) -> None:
    page = await client.get(f"/stays/{doctors.resource_id}", params={**NINE, "times": times})
    assert page.status_code == 200
    assert 'id="often-error">Choose from 1 to 26 times.' in page.text


async def test_a_day_that_is_full_can_be_waited_for(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        stay = await a_stay(tx, mode="timed", kind="DOCTOR_SLOT", rate={"base_amount": 6_000})
        await with_schedule(tx, stay.resource_id, slot_minutes=60, step_minutes=60, max_per_day=1)
        wish = Wish(stay.resource_id, Hours(MORNING, MORNING + timedelta(hours=1)), Party(1))
        guest = (await a_user(tx)).id
        await facade.book_wish(tx, wish, guest_id=guest, provider="sandbox", now=rt.clock.now())
        waiting = await a_user(tx)
    base = f"/stays/{stay.resource_id}"
    page = (await client.get(base, params=DAY)).text
    assert "Every time of this day is taken" in page
    joined = await client.post(f"{base}/wait", data=form_of(page, f"{base}/wait"), headers=bearer(client, waiting))
    assert (joined.status_code, joined.headers["location"]) == (303, "/trips/waiting")
    async with rt.db.read() as tx:
        (entry,) = await queries.list_entries_of_guest(tx, waiting.id)
    assert (entry.minutes, entry.starts_at.isoformat()) == (60, "2026-06-30T22:00:00+00:00")
    sunday = (await client.get(base, params={"from": "2026-07-01", "day": "2026-07-05"})).text
    assert "Every time of this day is taken" not in sunday


async def test_a_full_departure_can_be_waited_for(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        stay, leaving = await a_tour(tx, capacity=2)
        await facade.book_wish(
            tx,
            Wish(stay.resource_id, leaving, Party(2)),
            guest_id=stay.owner_id,
            provider="sandbox",
            now=rt.clock.now(),
        )
    base = f"/stays/{stay.resource_id}"
    page = (await client.get(base, params={"departure_id": str(leaving.departure_id), "adults": "2"})).text
    assert "Full" in page
    form = form_of(page, f"{base}/wait")
    joined = await client.post(f"{base}/wait", data=form, headers=await as_guest(client, stay))
    assert (joined.status_code, joined.headers["location"]) == (303, "/trips/waiting")


async def test_departures_say_when_booking_closes_and_how_large_a_group_may_be(
    client: httpx.AsyncClient, rt: Runtime
) -> None:
    async with rt.db.write() as tx:
        stay, leaving = await a_tour(tx, capacity=9, cutoff_minutes=120, min_group=2, max_group=4)
    base = f"/stays/{stay.resource_id}"
    page = (await client.get(base)).text
    assert "Booking closes 2 hours before the start. Groups of 2 to 4." in page
    assert "€45</strong> a person" in page
    alone = (await client.get(base, params={"departure_id": str(leaving.departure_id), "adults": "1"})).text
    assert "/take" not in alone
    assert "Groups" in words(alone[alone.index("adults-slot") :])


@pytest.fixture
async def plumber(rt: Runtime) -> Stay:
    async with rt.db.write() as tx:
        stay = await a_stay(tx, mode="timed", kind="PROFESSIONAL", rate={"base_amount": 6_000})
        await with_schedule(
            tx, stay.resource_id, travel_mode="travel", radius_km=30.0, speed_kmh=40.0, home=PARIS, slot_minutes=60
        )
    return stay


async def test_whoever_travels_is_told_the_town_and_comes_there(
    client: httpx.AsyncClient, rt: Runtime, plumber: Stay
) -> None:
    base = f"/stays/{plumber.resource_id}"
    page = (await client.get(base, params=DAY)).text
    assert "Say where to, and the free times appear here." in page
    assert 'formaction="/search/at"' in page
    found = await client.get("/search/at", params={**DAY, "to": base, "town": "versailles", "minutes": "60"})
    assert found.status_code == 303
    address = found.headers["location"]
    assert address.startswith(f"{base}?from=2026-07-01&day=2026-07-01&town=Versailles&minutes=60&latitude=48.8")
    page = (await client.get(address)).text
    assert ">09:00</a>" in page
    chosen = re.search(r'href="([^"]*start=[^"]*)"[^>]*>09:00<', page)
    assert chosen is not None
    page = (await client.get(html.unescape(chosen[1]))).text
    kept = await client.post(
        f"{base}/take", data=form_of(page, f"{base}/take"), headers=await as_guest(client, plumber)
    )
    assert kept.status_code == 303, kept.text
    async with rt.db.read() as tx:
        hold = await queries.find_hold(tx, kept.headers["location"].split("/")[-1], plumber.guest_id)
    assert hold is not None
    (ask,) = hold.quote.terms.items[0].asks
    assert round(ask.place.latitude, 1) == 48.8


async def test_a_place_too_far_or_unknown_is_said_beside_the_field(
    client: httpx.AsyncClient, rt: Runtime, plumber: Stay
) -> None:
    base = f"/stays/{plumber.resource_id}"
    lyon = (await client.get(base, params={**DAY, "town": "Lyon", "latitude": "45.76", "longitude": "4.84"})).text
    assert re.search(r'id="where-error">.*?30 km', lyon, re.S)
    unknown = await client.get("/search/at", params={"to": base, "town": "Xyzzyq"})
    assert unknown.headers["location"] == f"{base}?town=Xyzzyq#times"
    page = (await client.get(unknown.headers["location"])).text
    assert "We do not know this place." in page


@pytest.mark.parametrize("to", ["", "//evil.example", "/stays/1", "https://evil.example/stays/", "/trips"])
async def test_looking_a_town_up_leads_to_listings_only(client: httpx.AsyncClient, to: str) -> None:
    assert (await client.get("/search/at", params={"to": to, "town": "Paris"})).status_code == 404


async def test_who_is_not_signed_in_comes_back_with_the_doctor_and_the_series(
    client: httpx.AsyncClient, doctors: Stay
) -> None:
    grace = str(doctors.sellable.unit_ids[1])
    base = f"/stays/{doctors.resource_id}"
    page = (await client.get(base, params={**NINE, "unit": grace, "times": "3", "every": "2"})).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    form = {**form_of(page, f"{base}/series"), "csrf_token": token[1], "accept": "yes"}
    answer = await client.post(f"{base}/series", data=form)
    assert answer.status_code == 303
    back = httpx.URL(answer.headers["location"]).params["next"]
    assert back.startswith(base)
    said = httpx.URL(back).params
    assert (said["unit"], said["times"], said["every"], said["start"]) == (grace, "3", "2", NINE["start"])


async def test_a_stranger_sees_nothing_of_a_hold(client: httpx.AsyncClient, doctors: Stay) -> None:
    base = f"/stays/{doctors.resource_id}"
    page = (await client.get(base, params=NINE)).text
    kept = await client.post(
        f"{base}/take", data=form_of(page, f"{base}/take"), headers=await as_guest(client, doctors)
    )
    assert (await client.get(kept.headers["location"], headers=await as_stranger(client))).status_code == 404
