"""Fifty invoices at once: no number is missing and none is given twice, also when some of them fail."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import psycopg
import pytest

from hospes.modules.booking.contracts import BookingStatus
from hospes.modules.invoices import store
from hospes.modules.invoices.contracts import Kind
from hospes.modules.invoices.use_cases.issue_due import issue_due
from hospes.platform.db import Database, WriteTx
from hospes.platform.errors import Conflict
from tests.builders.booking import NOW, a_booking, a_stay
from tests.race.rivals import many_connections, race

pytestmark = pytest.mark.race
RIVALS = 50


@pytest.fixture
async def crowd(clone_url: str) -> AsyncIterator[Database]:
    async with many_connections(clone_url, RIVALS) as database:
        yield database


async def paid_bookings(crowd: Database, count: int) -> list[UUID]:
    """Of one business."""
    async with crowd.write() as tx:
        stay = await a_stay(tx, units=count)
        return [(await a_booking(tx, stay, status=BookingStatus.CONFIRMED)).id for _ in range(count)]


async def numbers(crowd: Database, kind: Kind) -> list[int]:
    async with crowd.read() as tx:
        rows = await tx.all("SELECT number FROM invoices.document WHERE kind = %s ORDER BY number", (str(kind),))
    return [row["number"] for row in rows]


async def issue_or_fail(tx: WriteTx, booking_id: UUID, number: int) -> None:
    """Every fifth changes its mind after it has taken its numbers."""
    await issue_due(tx, booking_id, now=NOW)
    if number % 5 == 0:
        raise Conflict("changed its mind")


async def test_of_fifty_invoices_at_once_with_ten_that_fail_none_is_missing_and_none_is_doubled(
    crowd: Database,
) -> None:
    ids = await paid_bookings(crowd, RIVALS)
    outcome = await race(crowd, RIVALS, lambda tx, number: issue_or_fail(tx, ids[number], number))
    assert outcome == {"won": 40, "conflict": 10}
    assert await numbers(crowd, Kind.INVOICE) == list(range(1, 41))
    assert await numbers(crowd, Kind.RECEIPT) == list(range(1, 41))


async def test_control_numbers_from_a_sequence_have_gaps(crowd: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = await paid_bookings(crowd, RIVALS)
    async with crowd.write() as tx:
        await tx.run("CREATE SEQUENCE invoices.careless")

    async def from_a_sequence(tx: WriteTx, business_id: UUID, kind: Kind, year: int) -> int:
        row = await tx.find("SELECT nextval('invoices.careless') AS number")
        assert row is not None
        return int(row["number"])

    monkeypatch.setattr(store, "take_number", from_a_sequence)
    await race(crowd, RIVALS, lambda tx, number: issue_or_fail(tx, ids[number], number))
    given = await numbers(crowd, Kind.INVOICE)
    assert len(given) == 40
    assert given != list(range(1, 41))


async def test_one_booking_is_invoiced_once_however_many_workers_try(crowd: Database) -> None:
    (booking_id,) = await paid_bookings(crowd, 1)
    outcome = await race(crowd, RIVALS, lambda tx, number: issue_due(tx, booking_id, now=NOW))
    assert outcome == {"won": RIVALS}
    assert (await numbers(crowd, Kind.INVOICE), await numbers(crowd, Kind.RECEIPT)) == ([1], [1])


async def test_control_without_the_lock_workers_run_into_each_other(
    crowd: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The constraint on steps still refuses the second, but as a fault instead of in peace."""
    (booking_id,) = await paid_bookings(crowd, 1)
    together = asyncio.Barrier(2)

    async def no_lock(tx: WriteTx, booking_id: UUID) -> None: ...

    async def seen_together(tx: WriteTx, business_id: UUID, kind: Kind, year: int) -> int:
        if kind is Kind.RECEIPT:
            await together.wait()
        return await number_of(tx, business_id, kind, year)

    number_of = store.take_number
    monkeypatch.setattr(store, "lock_booking", no_lock)
    monkeypatch.setattr(store, "take_number", seen_together)
    said = await asyncio.gather(*(try_to_issue(crowd, booking_id) for _ in range(2)))
    assert sorted(said) == ["document_steps_follow_each_other", "issued"]


async def try_to_issue(crowd: Database, booking_id: UUID) -> str:
    try:
        async with crowd.write() as tx:
            await issue_due(tx, booking_id, now=NOW)
    except psycopg.errors.UniqueViolation as fault:
        return fault.diag.constraint_name or ""
    return "issued"
