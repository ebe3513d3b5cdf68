"""Moving appointments by hand in the host's agenda, as a browser without JavaScript does it."""

import html
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Booking, Hours, Party, Wish
from hospes.modules.inventory import facade as inventory
from hospes.modules.pricing.contracts import RuleKind
from hospes.platform.runtime import Runtime
from tests.booking.test_pages import as_host, as_stranger
from tests.builders.booking import Stay, a_stay, take_payment
from tests.builders.identity import a_user
from tests.builders.pricing import a_rule
from tests.builders.schedules import MORNING, with_schedule
from tests.catalog.signed_in import runtime_of
from tests.conftest import NOW

PAGE = "/host/calendar/hours"


@dataclass
class Practice:
    """Two doctors, nine to five on weekdays, and their agenda."""

    client: httpx.AsyncClient
    rt: Runtime
    stay: Stay

    async def book(self, at: datetime = MORNING) -> Booking:
        """Half an hour with the first who is free, by somebody new, paid."""
        wish = Wish(self.stay.resource_id, Hours(at, at + timedelta(minutes=30)), Party(1))
        async with self.rt.db.write() as tx:
            guest = await a_user(tx)
            made = await facade.book_wish(tx, wish, guest_id=guest.id, provider="sandbox", now=NOW)
            await take_payment(tx, made.id)
            await facade.confirm_paid(tx, booking_id=made.id, now=NOW)
            return await facade.get_booking(tx, made.id)

    async def move(self, booking: Booking, *, stranger: bool = False, **form: Any) -> httpx.Response:
        """Send the form of moving."""
        who = as_stranger(self.client) if stranger else as_host(self.client, self.stay)
        said = {"booking_id": str(booking.id), "resource_id": str(self.stay.resource_id), "day": "2026-07-01", **form}
        return await self.client.post(f"{PAGE}/move", data=said, headers=await who)

    async def where(self, booking: Booking) -> tuple[datetime, UUID | None]:
        """When and with whom it is."""
        async with self.rt.db.read() as tx:
            (claim,) = await inventory.claims_of(tx, booking.id)
            assert (await facade.get_booking(tx, booking.id)).check_in_at == claim.starts_at
        return claim.starts_at, claim.unit_id


@pytest.fixture
async def practice(client: httpx.AsyncClient) -> Practice:
    client.headers["Accept"] = "text/html"
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        stay = await a_stay(tx, units=2, mode="timed", kind="DOCTOR_SLOT", rate={"base_amount": 6_000})
        await with_schedule(tx, stay.resource_id)
    return Practice(client, rt, stay)


async def test_an_appointment_is_moved_to_the_other_professional_and_another_time_and_back(practice: Practice) -> None:
    booking, (one, other) = await practice.book(), practice.stay.sellable.unit_ids
    assert await practice.where(booking) == (MORNING, one)
    host = await as_host(practice.client, practice.stay)
    form = (await practice.client.get(f"{PAGE}?day=2026-07-01&move={booking.id}", headers=host)).text
    assert ('value="09:00"' in form, f'value="{one}" selected' in form) == (True, True)
    moved = await practice.move(booking, start="10:30", unit_id=str(other))
    assert moved.status_code == 303
    assert await practice.where(booking) == (MORNING + timedelta(minutes=90), other)
    page = await practice.client.get(moved.headers["location"], headers=host)
    carried = re.search(r'name="undo" value="([^"]+)"', page.text)
    assert carried
    said = {"undo": html.unescape(carried[1]), "resource_id": str(practice.stay.resource_id), "day": "2026-07-01"}
    assert (await practice.client.post(f"{PAGE}/undo", data=said, headers=host)).status_code == 303
    assert await practice.where(booking) == (MORNING, one)
    async with practice.rt.db.read() as tx:
        steps = await tx.all(
            "SELECT h.actor, h.action FROM booking.history AS h WHERE h.booking_id = %s ORDER BY h.step", (booking.id,)
        )
    assert [tuple(row.values()) for row in steps][-2:] == [("host", "change"), ("host", "change")]


@pytest.mark.parametrize(
    ("form", "status", "sentence"),
    [
        ({"start": "10:00"}, 409, "taken"),
        ({"start": "08:00"}, 409, "outside the opening hours"),
        ({"start": "10:10"}, 409, "There is no slot at this time"),
        ({"start": "09:00"}, 409, "This is what is booked already."),
        ({"start": "soon"}, 422, "Give a time."),
        ({"start": "10:00", "day": "tomorrow"}, 422, "Choose a day."),
        ({"start": "10:00", "unit_id": "01a1fdcf-c397-7b4f-92e7-85a9e81da225"}, 409, "Please choose again."),
    ],
)
async def test_what_the_rules_refuse_is_said_and_nothing_moves(
    practice: Practice, form: dict[str, str], status: int, sentence: str
) -> None:
    booking = await practice.book()
    at_ten = MORNING + timedelta(hours=1)
    await practice.book(at_ten), await practice.book(at_ten)
    before = await practice.where(booking)
    answer = await practice.move(booking, **form)
    assert (answer.status_code, sentence.lower() in answer.text.lower()) == (status, True)
    assert await practice.where(booking) == before


async def test_a_move_that_changes_the_price_says_so_first_and_is_made_at_the_difference_shown(
    practice: Practice,
) -> None:
    booking = await practice.book()
    async with practice.rt.db.write() as tx:
        await a_rule(tx, practice.stay.resource_id, RuleKind.WEEKDAY, weekdays=1 << 3, adjust_bp=-2_000)
    asked = await practice.move(booking, day="2026-07-02", start="09:00")
    assert (asked.status_code, "€6 less" in asked.text, "€30 becomes €24" in asked.text) == (200, True, True)
    assert (await practice.where(booking))[0] == MORNING
    stale = await practice.move(booking, day="2026-07-02", start="09:00", expected="-500")
    assert (stale.status_code, "The change costs" in stale.text) == (409, True)
    assert (await practice.move(booking, day="2026-07-02", start="09:00", expected="-600")).status_code == 303
    assert (await practice.where(booking))[0] == MORNING + timedelta(days=1)


async def test_what_has_been_taken_meanwhile_is_not_taken_back(practice: Practice) -> None:
    booking, (one, _) = await practice.book(), practice.stay.sellable.unit_ids
    moved = await practice.move(booking, start="11:00", unit_id=str(one))
    host = await as_host(practice.client, practice.stay)
    page = await practice.client.get(moved.headers["location"], headers=host)
    carried = re.search(r'name="undo" value="([^"]+)"', page.text)
    assert carried
    await practice.book()
    said = {"undo": html.unescape(carried[1]), "resource_id": str(practice.stay.resource_id)}
    answer = await practice.client.post(f"{PAGE}/undo", data=said, headers=host)
    assert answer.status_code == 303
    assert await practice.where(booking) == (MORNING + timedelta(hours=2), one)


async def test_a_stranger_moves_nothing(practice: Practice) -> None:
    booking = await practice.book()
    answer = await practice.move(booking, stranger=True, start="10:00")
    assert (answer.status_code, (await practice.where(booking))[0]) == (404, MORNING)
    odd = await practice.client.post(
        f"{PAGE}/move", data={"booking_id": "x"}, headers=await as_host(practice.client, practice.stay)
    )
    assert odd.status_code == 404
