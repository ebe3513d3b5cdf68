"""A seeded database: everything in it can be booked, and what is booked is counted."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from rich.console import Console

from hospes.entrypoints import demo
from hospes.entrypoints.invariants import breaches
from hospes.modules.booking import facade as booking
from hospes.modules.booking.contracts import Leaving, Mode, Party, Wish
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Sellable
from hospes.modules.identity.queries.accounts import find_by_email
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.policies.opening_rules import check_exception, check_schedule
from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.policies.validity import faults_of_plan, faults_of_restriction, faults_of_rule
from hospes.platform.db import Database, ReadTx
from hospes.platform.sealing import keyring_of
from hospes.platform.settings import Auth, Settings
from tests.conftest import NOW, Servers

LISTINGS = 260
FORTNIGHT = timedelta(days=13)


@pytest.fixture(scope="module")
def seeded(running: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """One database for all of these; nothing here writes to it."""
    folder = tmp_path_factory.mktemp("demo")
    with psycopg.connect(running.url("postgres"), autocommit=True) as conn:
        conn.execute("CREATE DATABASE demo_world TEMPLATE hospes STRATEGY FILE_COPY")
        settings = Settings(
            database_url=running.url("demo_world"),
            redis_url=running.valkey,
            data_dir=folder,
            auth=Auth(secret="a secret of forty-eight characters for the tests"),
        )
        with (folder / "out").open("w") as out:
            demo.seed(settings, listings=LISTINGS, seed=3, console=Console(file=out), now=NOW)
        yield settings
        conn.execute("DROP DATABASE demo_world WITH (FORCE)")


@pytest.fixture
async def rtx(seeded: Settings) -> AsyncIterator[ReadTx]:
    database = Database(seeded.database_url, keyring=keyring_of(seeded))
    await database.open()
    async with database.read() as tx:
        yield tx
    await database.close()


async def _ids(tx: ReadTx, mode: Mode) -> list[Sellable]:
    rows = await tx.all(
        "SELECT r.id FROM catalog.resource AS r JOIN catalog.property AS p ON p.id = r.property_id"
        " WHERE r.mode = %s AND p.status = 'approved' ORDER BY r.id",
        (str(mode),),
    )
    return [await catalog.get_sellable(tx, row["id"]) for row in rows]


async def test_every_timed_resource_offers_a_slot_within_a_fortnight(rtx: ReadTx) -> None:
    sellables = await _ids(rtx, Mode.TIMED)
    without = []
    for each in sellables:
        slots = await inventory.slots(
            rtx,
            resource_id=each.resource_id,
            zone=each.zone,
            unit_ids=each.unit_ids,
            first=NOW.date(),
            last=NOW.date() + FORTNIGHT,
            now=NOW,
        )
        if not slots:
            without.append(each.resource_name)
    assert without == []
    assert len(sellables) > 12


async def test_every_schedule_is_one_a_host_may_write(rtx: ReadTx) -> None:
    for each in await _ids(rtx, Mode.TIMED):
        schedule = await inventory.schedule_of(rtx, each.resource_id)
        assert schedule is not None
        check_schedule(schedule, each.unit_ids)
        for exception in schedule.exceptions:
            check_exception(schedule, exception, each.unit_ids)


async def test_every_departure_to_come_can_be_booked_but_the_one_that_is_full(rtx: ReadTx) -> None:
    full, seen = [], 0
    for each in await _ids(rtx, Mode.DEPARTURE):
        first, last = NOW.date() + timedelta(days=1), NOW.date() + timedelta(days=90)
        for departure in await inventory.departures(rtx, each.resource_id, first, last, NOW):
            seen += 1
            if departure.available == 0:
                full.append(each.property_name)
                continue
            quote = await booking.quote_wish(rtx, Wish(each.resource_id, Leaving(departure.id), Party(1)), now=NOW)
            assert quote.available
            assert quote.total.amount > 0
    assert full == ["Walks with Henrik"]
    assert seen > 100


async def test_every_plan_rule_and_restriction_is_one_a_host_may_write(rtx: ReadTx) -> None:
    seen = 0
    for each in await _ids(rtx, Mode.NIGHTLY):
        plans = await pricing.list_plans(rtx, each.resource_id)
        rules = await pricing.list_rules(rtx, each.resource_id)
        for plan in plans:
            assert faults_of_plan(plan, [other for other in plans if other != plan]) == {}
        for rule in rules:
            assert faults_of_rule(rule, [other for other in rules if other != rule], plans) == {}
        for restriction in await pricing.list_restrictions(rtx, each.resource_id):
            assert faults_of_restriction(restriction, [], plans) == {}
        seen += len(plans)
    assert seen > 30


async def test_a_hotel_of_the_demo_host_has_three_plans_for_a_stay(rtx: ReadTx) -> None:
    family = next(each for each in await _ids(rtx, Mode.NIGHTLY) if each.property_name == "The Heron House")
    arrival = NOW.date() + timedelta(days=40)
    offers = await pricing.offers(
        rtx, family.resource_id, arrival, arrival + timedelta(days=3), Party(1), today=NOW.date()
    )
    prices = {offer.plan.code: offer.price for offer in offers}
    assert set(prices) == {"flexible", "non-refundable", "breakfast"}
    totals = {code: price.total for code, price in prices.items() if price is not None}
    assert totals["non-refundable"] < totals["flexible"] < totals["breakfast"]


async def test_the_demo_guest_has_past_running_and_coming_bookings_of_every_mode(rtx: ReadTx) -> None:
    guest = await find_by_email(rtx, "guest@hospes.example")
    assert guest is not None
    rows = await rtx.all(
        "SELECT status, mode, count(*) AS count FROM booking.booking WHERE guest_id = %s GROUP BY 1, 2", (guest.id,)
    )
    assert {(row["status"], row["mode"]): row["count"] for row in rows} == {
        ("completed", "nightly"): 1,
        ("completed", "timed"): 1,
        ("completed", "departure"): 1,
        ("in_progress", "nightly"): 1,
        ("confirmed", "nightly"): 1,
        ("confirmed", "timed"): 3,
        ("confirmed", "departure"): 2,
        ("pending_approval", "nightly"): 1,
        ("cancelled", "timed"): 1,
    }


async def test_the_demo_host_sells_one_of_each_kind(rtx: ReadTx) -> None:
    rows = await rtx.all(
        "SELECT r.kind, count(DISTINCT r.id) AS resources, count(u.id) AS units FROM catalog.resource AS r"
        " JOIN catalog.unit AS u ON u.resource_id = r.id JOIN catalog.property AS p ON p.id = r.property_id"
        " JOIN catalog.business AS b ON b.id = p.business_id WHERE b.name = 'Moreau Stays' GROUP BY 1"
    )
    found = {row["kind"]: (row["resources"], row["units"]) for row in rows}
    assert set(found) == {
        *("HOME", "HOTEL_ROOM", "PARKING", "DOCTOR_SLOT", "SALON_CHAIR", "DESK", "MEETING_ROOM", "PROFESSIONAL"),
        *("TOUR", "PACKAGE", "OTHER", "EQUIPMENT"),
    }
    assert (found["HOME"], found["DOCTOR_SLOT"], found["SALON_CHAIR"]) == ((3, 3), (1, 2), (1, 3))
    assert found["HOTEL_ROOM"][0] == 3


BROKEN = {
    "a resource without a unit": "SELECT r.id FROM catalog.resource r LEFT JOIN catalog.unit u ON u.resource_id = r.id"
    " WHERE u.id IS NULL",
    "a resource without a rate": "SELECT r.id FROM catalog.resource r LEFT JOIN pricing.rate t ON t.resource_id = r.id"
    " WHERE t.resource_id IS NULL",
    "a place without a picture": "SELECT p.id FROM catalog.property p LEFT JOIN catalog.media m ON m.property_id = p.id"
    " WHERE m.id IS NULL",
    "a night counted wrong": "SELECT n.night FROM inventory.night_count n WHERE n.claimed <> (SELECT"
    " coalesce(sum(c.quantity), 0) FROM inventory.claim c WHERE c.resource_id = n.resource_id AND c.unit_id IS NULL"
    " AND c.released_at IS NULL AND n.night BETWEEN c.first_night AND c.last_night)",
    "a departure counted wrong": "SELECT d.id FROM inventory.departure d WHERE d.claimed <> (SELECT"
    " coalesce(sum(c.quantity), 0) FROM inventory.claim c WHERE c.departure_id = d.id AND c.released_at IS NULL)",
    "a booking without its claim": "SELECT b.id FROM booking.booking b WHERE b.status IN ('confirmed', 'in_progress')"
    " AND NOT EXISTS (SELECT FROM inventory.claim c JOIN booking.item i ON i.claim_id = c.id"
    " WHERE c.owner_id = b.id AND i.booking_id = b.id AND c.kind = 'booking' AND c.released_at IS NULL)",
    "a claim without its booking": "SELECT c.id FROM inventory.claim c WHERE c.kind = 'booking'"
    " AND NOT EXISTS (SELECT FROM booking.booking b WHERE b.id = c.owner_id)",
    "a confirmed booking that is not paid": "SELECT b.id FROM booking.booking b WHERE b.status = 'confirmed'"
    " AND NOT EXISTS (SELECT FROM payments.payment p JOIN payments.attempt a ON a.payment_id = p.id"
    " JOIN sandbox.charge s ON s.idempotency_key = a.id::text AND s.id = a.provider_ref"
    " WHERE p.booking_id = b.id AND p.amount = b.total AND p.captured = b.total)",
    "a booking whose history ends elsewhere": "SELECT b.id FROM booking.booking b WHERE b.status <> (SELECT h.to_status"
    " FROM booking.history h WHERE h.booking_id = b.id ORDER BY h.step DESC LIMIT 1)",
}


@pytest.mark.parametrize("what", BROKEN)
async def test_there_is_not(rtx: ReadTx, what: str) -> None:
    assert await rtx.all(BROKEN[what]) == []


async def test_bookings_of_the_world_read_back_as_they_were_agreed(rtx: ReadTx) -> None:
    rows = await rtx.all("SELECT b.id FROM booking.booking AS b WHERE b.status = 'confirmed' ORDER BY b.id")
    assert len(rows) > 10
    for row in rows:
        found = await booking.get_booking(rtx, row["id"])
        assert found.terms.price.total == found.total.amount
        assert sum(line.amount for line in found.terms.price.lines) == found.total.amount
        assert found.terms.items[0].resource_id == found.resource_id


def test_the_password_is_for_the_owner_of_the_files_only(seeded: Settings) -> None:
    assert (Path(seeded.data_dir) / "demo.json").stat().st_mode & 0o077 == 0


async def test_every_invariant_holds_and_it_is_told_whose_the_money_is(rtx: ReadTx) -> None:
    found = await breaches(rtx)
    fillers = found.pop("every live claim has a live owner", [])  # busy times of no feed, so that calendars look used
    assert (found, {row[1] for row in fillers}) == ({}, {"external"})
    told = await rtx.all("SELECT count(*) AS paid FROM booking.booking WHERE status IN ('confirmed', 'in_progress')")
    earned = await rtx.all("SELECT count(*) AS earned FROM payouts.earning WHERE earned > 0")
    assert earned[0]["earned"] > told[0]["paid"] // 2 > 0
