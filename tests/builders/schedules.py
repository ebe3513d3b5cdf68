"""Opening hours and departures for tests."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from hospes.modules.catalog.contracts import Sellable
from hospes.modules.inventory import store
from hospes.modules.inventory.contracts import DayException, DepartureDraft, Place, Schedule, SlotAsk, Window
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.ids import new_id

MORNING = datetime(2026, 7, 1, 7, 0, tzinfo=UTC)
"""Nine o'clock in Paris on Wednesday, 1 July 2026."""
HOUR = timedelta(hours=1)
PARIS = Place(48.8566, 2.3522)
VERSAILLES = Place(48.8049, 2.1204)
WORKING_WEEK = tuple(Window(day, time(9), time(17)) for day in range(5))


def a_slot_ask(starts_at: datetime = MORNING, *, units: tuple[UUID, ...] | int = 1, **given: Any) -> SlotAsk:
    """An hour of a resource that need not exist, from nine in Paris on 1 July 2026."""
    unit_ids = units if isinstance(units, tuple) else tuple(new_id() for _ in range(units))
    values = {"resource_id": new_id(), "zone": "Europe/Paris", "ends_at": starts_at + HOUR, **given}
    return SlotAsk(unit_ids=unit_ids, starts_at=starts_at, **values)


def later(ask: SlotAsk, by: timedelta, **given: Any) -> SlotAsk:
    """The same ask at another time."""
    return replace(ask, starts_at=ask.starts_at + by, ends_at=ask.ends_at + by, **given)


def a_schedule(resource_id: UUID | None = None, **given: Any) -> Schedule:
    """Half-hour slots from nine to five, Monday to Friday."""
    values = {"slot_minutes": 30, "step_minutes": 30, "windows": WORKING_WEEK, **given}
    return Schedule(resource_id=resource_id or new_id(), **values)


async def with_schedule(
    tx: WriteTx, resource_id: UUID, *, exceptions: tuple[DayException, ...] = (), **given: Any
) -> Schedule:
    """The schedule, written down."""
    schedule = a_schedule(resource_id, exceptions=exceptions, **given)
    await store.put_schedule(tx, schedule)
    for each in exceptions:
        await store.put_exception(tx, resource_id, each)
    return schedule


async def a_departure(tx: WriteTx, resource_id: UUID | None = None, **given: Any) -> tuple[UUID, UUID]:
    """Resource and departure id of a tour of three hours with ten places, from nine in Paris on 1 July 2026."""
    resource_id, departure_id = resource_id or new_id(), new_id()
    said = DepartureDraft(**{"starts_at": MORNING, "ends_at": MORNING + 3 * HOUR, "capacity": 10, **given})
    days = store.days_of("Europe/Paris", said.starts_at, said.ends_at)
    await store.insert_departure(tx, departure_id, resource_id, said, days, MORNING)
    return resource_id, departure_id


async def places_taken(tx: ReadTx, departure_id: UUID) -> tuple[int, int]:
    """What the departure's row counts, and what its live claims add up to."""
    row = await tx.find(
        "SELECT d.claimed, (SELECT COALESCE(sum(c.quantity), 0) FROM inventory.claim AS c"
        " WHERE c.departure_id = d.id AND c.released_at IS NULL) AS claims"
        " FROM inventory.departure AS d WHERE d.id = %s",
        (departure_id,),
    )
    assert row is not None
    return int(row["claimed"]), int(row["claims"])


def where(sellable: Sellable) -> dict[str, Any]:
    """What the facade wants to know of a resource."""
    return {"resource_id": sellable.resource_id, "zone": sellable.zone, "unit_ids": sellable.unit_ids}
