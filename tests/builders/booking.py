"""Listings ready to book, and bookings in any state, for tests."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from hospes.modules.booking.contracts import Booking, BookingStatus, Party
from hospes.modules.booking.use_cases.create_booking import book_stay
from hospes.modules.catalog.contracts import Sellable
from hospes.platform.db import WriteTx
from tests.builders.catalog import a_property, a_resource
from tests.builders.identity import a_user
from tests.builders.pricing import a_rate

NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
ARRIVAL = date(2026, 7, 1)
DEPARTURE = date(2026, 7, 4)


@dataclass(frozen=True)
class Stay:
    """A listing with a price, and a guest."""

    sellable: Sellable
    guest_id: UUID

    @property
    def resource_id(self) -> UUID:
        return self.sellable.resource_id

    @property
    def owner_id(self) -> UUID:
        return self.sellable.owner_id


async def a_stay(
    tx: WriteTx,
    *,
    units: int = 1,
    policy: str = "moderate",
    rate: dict[str, Any] | None = None,
    guest_id: UUID | None = None,
    zone: str = "Europe/Paris",
    **resource: Any,
) -> Stay:
    """A live listing at 100 euros a night and a guest; columns of `catalog.resource` may be given by name."""
    place = await a_property(tx, cancellation_policy=policy, zone=zone)
    sellable = await a_resource(tx, property_id=place.id, units=units, **resource)
    await a_rate(tx, sellable.resource_id, **(rate or {}))
    return Stay(sellable, guest_id or (await a_user(tx)).id)


async def a_booking(
    tx: WriteTx,
    stay: Stay,
    *,
    status: BookingStatus = BookingStatus.PENDING_PAYMENT,
    arrival: date = ARRIVAL,
    departure: date = DEPARTURE,
    now: datetime = NOW,
) -> Booking:
    """Booked by the stay's guest; then put into `status` by hand, its claim made firm when it is confirmed or later."""
    booking = await book_stay(
        tx,
        guest_id=stay.guest_id,
        resource_id=stay.resource_id,
        arrival=arrival,
        departure=departure,
        party=Party(2),
        provider="sandbox",
        now=now,
    )
    if status is booking.status:
        return booking
    await tx.run("UPDATE booking.booking SET status = %s, decide_by = NULL WHERE id = %s", (str(status), booking.id))
    await tx.run("UPDATE inventory.claim SET held_until = NULL WHERE owner_id = %s", (booking.id,))
    if status in (BookingStatus.CONFIRMED, BookingStatus.IN_PROGRESS, BookingStatus.COMPLETED):
        await take_payment(tx, booking.id, now=now)
    from hospes.modules.booking.facade import get_booking

    return await get_booking(tx, booking.id)


async def take_payment(tx: WriteTx, booking_id: UUID, *, now: datetime = NOW) -> None:
    """The money of a booking has been taken, as the payments module records it."""
    await tx.run(
        "UPDATE payments.payment SET status = 'succeeded', captured = amount WHERE booking_id = %s", (booking_id,)
    )
    await tx.run(
        "INSERT INTO payments.attempt (id, payment_id, kind, amount, status, provider_ref, created_at, updated_at)"
        " SELECT gen_random_uuid(), p.id, 'charge', p.amount, 'succeeded', 'ch_test', %s, %s"
        " FROM payments.payment AS p WHERE p.booking_id = %s",
        (now, now, booking_id),
    )
