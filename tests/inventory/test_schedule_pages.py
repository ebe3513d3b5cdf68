"""Opening hours and departures on their host's pages, over HTTP."""

import re
from datetime import date, time
from typing import Any

import httpx
import pytest

from hospes.modules.catalog.contracts import Sellable
from hospes.modules.identity import facade as identity
from hospes.modules.inventory import facade
from hospes.modules.inventory.contracts import ClaimKind, DepartureAsk, Schedule, Window
from hospes.platform.ids import new_id
from hospes.platform.runtime import Runtime
from tests.builders.catalog import a_property, a_resource
from tests.builders.identity import a_user
from tests.builders.pricing import a_rate
from tests.builders.schedules import a_departure, with_schedule
from tests.catalog.signed_in import bearer, runtime_of
from tests.conftest import NOW

PLAIN: dict[str, Any] = {"slot_minutes": "60", "step_minutes": "30", "horizon_days": "90", "notice_hours": "2"}


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    client.headers["Accept"] = "text/html"
    return runtime_of(client)


async def a_chair(rt: Runtime, *, units: int = 1, mode: str = "timed", pooled: bool = False) -> Sellable:
    """Something sold by time, or by departure."""
    async with rt.db.write() as tx:
        place = await a_property(tx, zone="Europe/Paris")
        kind = "SALON_CHAIR" if mode == "timed" else "TOUR"
        return await a_resource(tx, property_id=place.id, kind=kind, mode=mode, units=units, pooled=pooled)


async def host_of(client: httpx.AsyncClient, sellable: Sellable) -> dict[str, str]:
    """Headers of its host."""
    async with runtime_of(client).db.read() as tx:
        return bearer(client, await identity.get_user(tx, sellable.owner_id))


async def stored(rt: Runtime, sellable: Sellable) -> Schedule | None:
    """The hours as they are."""
    async with rt.db.read() as tx:
        return await facade.schedule_of(tx, sellable.resource_id)


def rows(*hours: tuple[int, str, str], unit: str = "") -> dict[str, Any]:
    """Rows of the form: (weekday, opens, closes)."""
    return {
        "w_day": [str(day) for day, _, _ in hours],
        "w_unit": [unit for _ in hours],
        "w_opens": [opens for _, opens, _ in hours],
        "w_closes": [closes for _, _, closes in hours],
    }


async def test_hours_are_proposed_saved_and_shown(client: httpx.AsyncClient, rt: Runtime) -> None:
    chair = await a_chair(rt)
    host, path = await host_of(client, chair), f"/host/schedule/{chair.resource_id}"
    assert "Set the hours" in (await client.get("/host/schedule", headers=host)).text
    assert "Nobody can book before you save them." in (await client.get(path, headers=host)).text
    form = {**PLAIN, **rows((0, "09:00", "12:00"), (0, "13:00", "17:00"), (4, "22:00", "02:00"), (5, "", ""))}
    assert (await client.post(path, data=form, headers=host)).status_code == 303
    schedule = await stored(rt, chair)
    assert schedule is not None
    assert schedule.windows == (
        Window(0, time(9), time(12)),
        Window(0, time(13), time(17)),
        Window(4, time(22), time(2)),
    )
    assert (schedule.slot_minutes, schedule.step_minutes, schedule.notice_minutes) == (60, 30, 120)
    assert "Mon 09:00–12:00, 13:00–17:00" in (await client.get("/host/schedule", headers=host)).text


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        (rows((0, "09:00", "12:00"), (0, "11:00", "17:00")), "This overlaps with other hours."),
        ({**rows((0, "09:00", "12:00")), "step_minutes": "240"}, "This is longer than a window of 180 minutes."),
        (rows((0, "09:00", "09:30")), "A slot of 60 minutes does not fit in."),
        (rows((0, "09:00", "")), "Give both times, or take the row away."),
        (rows((0, "nine", "25:00")), "w0-error"),
        ({"slot_minutes": "0"}, "Must be at least 1."),
        ({"slot_minutes": "x"}, "Please enter a whole number."),
        ({"notice_hours": "soon"}, "A number of hours, from 0 to 8760."),
        ({"longest_minutes": "30"}, "This must be at least the length of a slot."),
        ({"travel_mode": "travel"}, "Please fill this in for somebody who travels."),
    ],
)
async def test_what_cannot_be_right_is_said_beside_its_field_and_nothing_is_stored(
    client: httpx.AsyncClient, rt: Runtime, form: dict[str, Any], sentence: str
) -> None:
    chair = await a_chair(rt)
    path = f"/host/schedule/{chair.resource_id}"
    answer = await client.post(path, data={**PLAIN, **form}, headers=await host_of(client, chair))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert await stored(rt, chair) is None


async def test_buttons_rearrange_rows_without_storing(client: httpx.AsyncClient, rt: Runtime) -> None:
    chair = await a_chair(rt, units=2)
    host, path = await host_of(client, chair), f"/host/schedule/{chair.resource_id}"
    monday = {**PLAIN, **rows((0, "08:00", "11:00"))}

    async def after(do: str, **form: Any) -> str:
        answer = await client.post(path, data={**monday, **form, "do": do}, headers=host)
        assert answer.status_code == 200
        return answer.text

    assert (await after("copy::0:week")).count('value="08:00"') == 5
    assert (await after("copy::0:all")).count('value="08:00"') == 7
    assert (await after("remove:0")).count('value="08:00"') == 0
    assert (await after("add::3")).count('name="w_opens"') == 2
    unit = str(chair.unit_ids[1])
    assert (await after("own", own_unit=unit)).count('value="08:00"') == 2
    for odd in ("copy::9:week", "remove:77", "add:", "own", "dance", "copy:::"):
        assert (await after(odd)).count('name="w_opens"') == 1
    assert await stored(rt, chair) is None


async def test_the_preview_offers_what_guests_would_be_offered(client: httpx.AsyncClient, rt: Runtime) -> None:
    chair = await a_chair(rt, units=2)
    host, path = await host_of(client, chair), f"/host/schedule/{chair.resource_id}/preview"
    monday = {**PLAIN, **rows((0, "14:00", "16:00"))}
    shown = (await client.post(path, data=monday, headers=host)).text
    assert "Monday 1 Jun" in shown
    assert [at in shown for at in ("14:00", "14:30", "15:00", "15:30")] == [True, True, True, False]
    wrong = (await client.post(path, data={**monday, **rows((0, "14:00", "14:10"))}, headers=host)).text
    assert "A slot of 60 minutes does not fit in." in wrong
    assert "Nothing could be booked" in (await client.post(path, data=PLAIN, headers=host)).text
    assert await stored(rt, chair) is None


async def test_an_old_form_does_not_undo_newer_hours(client: httpx.AsyncClient, rt: Runtime) -> None:
    chair = await a_chair(rt)
    host, path = await host_of(client, chair), f"/host/schedule/{chair.resource_id}"
    form = {**PLAIN, **rows((0, "09:00", "12:00"))}
    await client.post(path, data=form, headers=host)
    await client.post(path, data={**form, "version": "1"}, headers=host)
    old = await client.post(path, data={**form, "version": "1", "slot_minutes": "30"}, headers=host)
    assert old.status_code == 422
    assert "changed in the meantime" in old.text


async def test_holidays_close_several_days_and_open_again(client: httpx.AsyncClient, rt: Runtime) -> None:
    chair = await a_chair(rt)
    async with rt.db.write() as tx:
        await with_schedule(tx, chair.resource_id)
    host, path = await host_of(client, chair), f"/host/schedule/{chair.resource_id}/days"
    form = {"first": "2026-12-24", "last": "2026-12-26", "kind": "closed", "note": "Christmas"}
    assert (await client.post(path, data=form, headers=host)).status_code == 303
    schedule = await stored(rt, chair)
    assert schedule is not None
    assert [(each.day, each.hours) for each in schedule.exceptions] == [
        (date(2026, 12, day), ()) for day in (24, 25, 26)
    ]
    await client.post(f"{path}/delete", data={"day": "2026-12-25"}, headers=host)
    after = await stored(rt, chair)
    assert after is not None
    assert [each.day.day for each in after.exceptions] == [24, 26]
    for odd, sentence in (
        ({"first": "", "kind": "closed"}, "Choose a day."),
        ({**form, "last": "2027-12-26"}, "at most 62 days at once"),
        ({**form, "kind": "hours"}, "Give the hours of these days"),
        ({**form, "kind": "hours", "one_opens": "09:00", "one_closes": "09:10"}, "does not fit in."),
    ):
        answer = await client.post(path, data=odd, headers=host)
        assert (answer.status_code, sentence in answer.text) == (422, True)


async def test_a_stranger_sees_no_hours_and_changes_none(client: httpx.AsyncClient, rt: Runtime) -> None:
    chair = await a_chair(rt)
    async with rt.db.write() as tx:
        stranger = bearer(client, await a_user(tx))
    path = f"/host/schedule/{chair.resource_id}"
    assert (await client.get(path, headers=stranger)).status_code == 404
    assert (await client.post(path, data=PLAIN, headers=stranger)).status_code == 404
    assert await stored(rt, chair) is None


async def test_departures_every_week_leave_at_the_same_time_on_the_wall(client: httpx.AsyncClient, rt: Runtime) -> None:
    tour = await a_chair(rt, mode="departure", pooled=True)
    host, path = await host_of(client, tour), f"/host/departures/{tour.resource_id}"
    form = {"day": "2026-10-18", "start": "09:00", "end": "12:00", "capacity": "8", "repeat": "2", "cutoff_hours": "1"}
    assert (await client.post(path, data=form, headers=host)).status_code == 303
    async with rt.db.read() as tx:
        found = await facade.departures(tx, tour.resource_id, date(2026, 10, 1), date(2026, 12, 1), NOW)
    assert [each.starts_at.hour for each in found] == [7, 8]  # the clocks go back on 25 October
    shown = (await client.get(f"{path}?from=2026-10-01", headers=host)).text
    assert shown.count("09:00–12:00") == 2
    one = f"{path}/{found[0].id}"
    assert (await client.post(one, data={**form, "capacity": "3", "version": "1"}, headers=host)).status_code == 303
    stamp = re.findall('name="stamp" value="([0-9a-f]+)"', (await client.get(f"{one}/cancel", headers=host)).text)
    assert (await client.post(f"{one}/cancel", data={"stamp": stamp[0]}, headers=host)).status_code == 303
    async with rt.db.read() as tx:
        after = await facade.get_departure(tx, tour.resource_id, found[0].id, now=NOW)
    assert (after.capacity, after.status) == (3, "cancelled")


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"day": ""}, "Choose a day."),
        ({"day": "2020-01-01"}, "This is in the past."),
        ({"end": "08:00"}, "The end must be after the start."),
        ({"capacity": "0"}, "Must be at least 1."),
        ({"min_group": "99"}, "There are not that many places."),
        ({"repeat": "1000"}, "From 1 to 52 weeks."),
        ({"cutoff_hours": "-1"}, "A number of hours, from 0 to 8760."),
    ],
)
async def test_a_departure_that_cannot_be_right_is_refused_beside_its_field(
    client: httpx.AsyncClient, rt: Runtime, form: dict[str, str], sentence: str
) -> None:
    tour = await a_chair(rt, mode="departure", pooled=True)
    said = {"day": "2026-07-18", "start": "09:00", "end": "12:00", "capacity": "8", **form}
    path = f"/host/departures/{tour.resource_id}"
    answer = await client.post(path, data=said, headers=await host_of(client, tour))
    assert (answer.status_code, sentence in answer.text) == (422, True)


async def test_fewer_places_than_are_sold_are_refused_beside_the_field_and_the_page_says_who_has_them(
    client: httpx.AsyncClient, rt: Runtime
) -> None:
    tour = await a_chair(rt, mode="departure", pooled=True)
    async with rt.db.write() as tx:
        _, departure_id = await a_departure(tx, tour.resource_id)
        ask = DepartureAsk(tour.resource_id, departure_id, 4)
        await facade.claim(tx, ask, kind=ClaimKind.BOOKING, owner_id=new_id(), now=NOW)
    host, path = await host_of(client, tour), f"/host/departures/{tour.resource_id}/{departure_id}"
    form = {"day": "2026-07-01", "start": "09:00", "end": "12:00", "capacity": "3"}
    small = await client.post(path, data=form, headers=host)
    assert (small.status_code, "4 places are sold or held already." in small.text) == (422, True)
    assert "4 places, booked" in small.text


async def test_a_departure_has_a_price_of_its_own_in_the_currency_of_the_rate(
    client: httpx.AsyncClient, rt: Runtime
) -> None:
    tour = await a_chair(rt, mode="departure", pooled=True)
    host, path = await host_of(client, tour), f"/host/departures/{tour.resource_id}"
    form = {"day": "2026-07-18", "start": "09:00", "end": "12:00", "capacity": "8", "price": "62.50"}
    early = await client.post(path, data=form, headers=host)
    assert (early.status_code, "Set the usual price first" in early.text) == (422, True)
    async with rt.db.write() as tx:
        await a_rate(tx, tour.resource_id, base_amount=4_500)
    odd = await client.post(path, data={**form, "price": "cheap"}, headers=host)
    assert (odd.status_code, "Enter an amount such as 45 or 45.50." in odd.text) == (422, True)
    assert (await client.post(path, data=form, headers=host)).status_code == 303
    assert (await client.post(path, data={**form, "day": "2026-07-19", "price": ""}, headers=host)).status_code == 303
    async with rt.db.read() as tx:
        found = await facade.departures(tx, tour.resource_id, date(2026, 7, 1), date(2026, 8, 1), NOW)
    assert [each.price_amount for each in found] == [6_250, None]
    shown = (await client.get(path, headers=host)).text
    assert ("€62.50" in shown, "€45" in shown) == (True, True)
    one = (await client.get(f"{path}/{found[0].id}", headers=host)).text
    assert 'name="price" type="text" value="62.5' in one
