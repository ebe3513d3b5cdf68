"""Whatever the index may know otherwise than the database is noticed when they are compared, and then it is right."""

from uuid import UUID

import pytest

from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import ClaimKind
from hospes.modules.search.keeping.drift import compared
from hospes.platform.db import Database, WriteTx
from hospes.platform.ids import new_id
from tests.builders.catalog import a_resource
from tests.builders.inventory import JULY_1, JULY_4, ask_of
from tests.builders.pricing import a_rate
from tests.builders.schedules import VERSAILLES, a_departure, with_schedule
from tests.conftest import NOW
from tests.search.reading import loaded

PLACE = "(SELECT property_id FROM catalog.resource WHERE id = %(id)s)"
CHANGES = {
    f"UPDATE catalog.property SET name = 'Else' WHERE id = {PLACE}": {"what is shown"},
    f"UPDATE catalog.property SET latitude = 2 WHERE id = {PLACE}": {"cell", "lat"},
    f"UPDATE catalog.property SET zone = 'Asia/Tokyo' WHERE id = {PLACE}": {"clock"},
    "UPDATE catalog.resource SET max_guests = 9, pets_allowed = NOT pets_allowed WHERE id = %(id)s": {"guests", "pets"},
    "UPDATE catalog.resource SET active = false WHERE id = %(id)s": {"whether it is live"},
    "UPDATE pricing.rate SET cleaning_fee = 7 WHERE resource_id = %(id)s": {"cleaning"},
    "INSERT INTO pricing.day_price VALUES (%(id)s, '2026-07-09', 5)": {"own_prices", "prices of nights"},
    "UPDATE catalog.unit SET active = false WHERE resource_id = %(id)s": {"nights"},
}  # fmt: skip
SPECIAL = {
    "rooms": ("DELETE FROM inventory.claim WHERE resource_id = %(id)s AND first_night < '2026-07-04'",
              {"nights of units"}),
    "dentist": ("DELETE FROM inventory.schedule_window WHERE resource_id = %(id)s", {"hours"}),
    "plumber": ("UPDATE pricing.rate SET travel_fee = 9 WHERE resource_id = %(id)s", {"travel fees"}),
    "tour": ("UPDATE inventory.departure SET status = 'cancelled' WHERE resource_id = %(id)s", {"departures"}),
}  # fmt: skip
KINDS = {"dentist": ("DOCTOR_SLOT", "timed"), "plumber": ("PROFESSIONAL", "timed"), "tour": ("TOUR", "departure")}


async def a_listing(tx: WriteTx, what: str) -> UUID:
    kind, mode = KINDS.get(what, ("HOME", "nightly"))
    there = await a_resource(tx, kind=kind, mode=mode, units=2 if what == "rooms" else 1)
    await a_rate(tx, there.resource_id)
    match what:
        case "rooms":  # every night has a free room, but none is free on all nights
            for first, last in ((JULY_1, JULY_4), (JULY_4, JULY_4.replace(day=6))):
                ask = ask_of(there, first, last)
                await inventory.claim(tx, ask, kind=ClaimKind.BLOCK, owner_id=new_id(), now=NOW)
            await tx.run(
                "UPDATE inventory.claim SET unit_id = %s WHERE resource_id = %s AND first_night = %s",
                (there.unit_ids[1], there.resource_id, JULY_4),
            )
        case "dentist":
            await with_schedule(tx, there.resource_id)
        case "plumber":
            home = {"travel_mode": "travel", "home": VERSAILLES, "radius_km": 30.0, "speed_kmh": 30.0}
            await with_schedule(tx, there.resource_id, **home)
        case "tour":
            await a_departure(tx, there.resource_id)
    return there.resource_id


CASES = [("home", *each) for each in CHANGES.items()] + [(what, *each) for what, each in SPECIAL.items()]


@pytest.mark.parametrize(("what", "change", "named"), CASES)
@pytest.mark.parametrize("strangers", [0, 200])
async def test_what_is_otherwise_is_named_and_then_right(
    db: Database, what: str, change: str, named: set[str], strangers: int
) -> None:
    async with db.write() as tx:
        there, other = await a_listing(tx, what), await a_listing(tx, what)
    index = await loaded(db)
    ids = [other, *(new_id() for _ in range(strangers)), there]
    assert await compared(db, index, ids, now=NOW) == {}
    async with db.write() as tx:
        await tx.run(change, {"id": there})  # type: ignore[arg-type]
    found = await compared(db, index, ids, now=NOW)
    assert list(found) == [there]
    assert named <= set(found[there])
    assert await compared(db, index, ids, now=NOW) == {}
