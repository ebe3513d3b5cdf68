"""Two hotels with one pooled room type each, open from the first booking to the last night."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from bench.replay.rows import Inventory
from hospes.modules.booking.policies.restrictions import MAX_NIGHTS
from hospes.modules.identity.contracts import Person
from hospes.modules.identity.sealed import seal_person
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id

ZONE = "Europe/Lisbon"
HORIZON_DAYS = 500
PRICE = 10_000


@dataclass(frozen=True, slots=True)
class Hotel:
    """What is booked, and who books and runs it."""

    name: str
    resource_id: UUID
    guest_id: UUID
    host_id: UUID


async def build(tx: WriteTx, inventories: Mapping[str, Inventory], first: date, last: date) -> dict[str, Hotel]:
    """Rooms as slept in; what was promised beyond them is the hotel's overbooking."""
    return {name: await _hotel(tx, name, inventory, first, last) for name, inventory in inventories.items()}


async def _hotel(tx: WriteTx, name: str, inventory: Inventory, first: date, last: date) -> Hotel:
    born = datetime.combine(first, datetime.min.time(), UTC)
    hotel = Hotel(name, new_id(), await _person(tx, born), await _person(tx, born))
    business, place = new_id(), new_id()
    await tx.run(
        "INSERT INTO catalog.business (id, owner_id, name, type, status, created_at, updated_at)"
        " VALUES (%s, %s, %s, 'HOTEL', 'ACTIVE', %s, %s)",
        (business, hotel.host_id, name, born, born),
    )
    await tx.run(
        "INSERT INTO catalog.property (id, business_id, name, city, country, latitude, longitude, zone, status,"
        " cancellation_policy, created_at, updated_at)"
        " VALUES (%s, %s, %s, 'Lisbon', 'PT', 38.72, -9.14, %s, 'approved', 'flexible', %s, %s)",
        (place, business, name, ZONE, born, born),
    )
    await tx.run(
        "INSERT INTO catalog.resource (id, property_id, kind, mode, pooled, name, max_guests, max_nights, horizon_days,"
        " created_at, updated_at) VALUES (%s, %s, 'HOTEL_ROOM', 'nightly', true, 'Room', 60, %s, %s, %s, %s)",
        (hotel.resource_id, place, MAX_NIGHTS, HORIZON_DAYS, born, born),
    )
    await tx.run(
        "INSERT INTO catalog.unit (id, resource_id, name, position)"
        " SELECT gen_random_uuid(), %s, n::text, n::smallint FROM generate_series(1, %s::integer) AS n",
        (hotel.resource_id, inventory.rooms),
    )
    await tx.run(
        "INSERT INTO pricing.rate (resource_id, currency, base_amount, updated_at) VALUES (%s, 'EUR', %s, %s)",
        (hotel.resource_id, PRICE, born),
    )
    await tx.run(
        "INSERT INTO inventory.night_count (resource_id, night, capacity, overbooking)"
        " SELECT %s, n::date, %s::integer, %s::integer FROM generate_series(%s::date, %s::date, interval '1 day') AS n",
        (hotel.resource_id, inventory.rooms, max(0, inventory.sold - inventory.rooms), first, last + timedelta(days=1)),
    )
    return hotel


async def _person(tx: WriteTx, born: datetime) -> UUID:
    person = new_id()
    await tx.run(
        "INSERT INTO identity.user_account (id, person, data_key, email_mark, phone_mark, birthday_mark,"
        " password_hash, created_at, updated_at) VALUES (%s, %s, %s, %s, %s, %s, 'x', %s, %s)",
        (person, *seal_person(tx.keyring, person, Person(f"{person}@replay.example", "G", "R")), born, born),
    )
    return person
