"""The same every week, or every few: one request, a booking for each repetition."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hospes.modules.booking import store
from hospes.modules.booking.contracts import Booking, BookingStatus, Occurrence, Refusal, Repeat, Wish
from hospes.modules.booking.errors import PriceChanged, SeriesNotAvailable
from hospes.modules.booking.policies.deadlines import PAY_SERIES_WITHIN
from hospes.modules.booking.policies.wishes import repeated
from hospes.modules.booking.use_cases.create_booking import book_wish
from hospes.modules.booking.use_cases.lock_wishes import lock_wishes
from hospes.modules.booking.use_cases.move_booking import lock_booking
from hospes.modules.booking.use_cases.quote_wish import quote_wish
from hospes.modules.catalog import facade as catalog
from hospes.modules.inventory import facade as inventory
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.errors import HospesError
from hospes.platform.ids import new_id
from hospes.platform.money import Money

_TAKEN = Refusal("not_available", "This time is taken.")


async def quote_series(tx: ReadTx, wish: Wish, repeat: Repeat, *, now: datetime) -> list[Occurrence]:
    """Every repetition with its price, or why it cannot be had. Raises `SeriesInvalid`, `ResourceNotFound`."""
    sellable = await catalog.get_sellable(tx, wish.resource_id)
    found = []
    for day, each in repeated(wish, repeat, sellable.zone):
        try:
            quote = await quote_wish(tx, each, now=now)
            found.append(Occurrence(day, each, quote, None if quote.available else _TAKEN))
        except HospesError as refusal:
            found.append(Occurrence(day, each, None, _said(refusal)))
    return found


async def book_series(
    tx: WriteTx,
    wish: Wish,
    repeat: Repeat,
    *,
    guest_id: UUID,
    only_free: bool = False,
    message: str = "",
    expected_total: int | None = None,
    provider: str,
    now: datetime,
) -> tuple[list[Booking], list[Occurrence]]:
    """The bookings, in order, and the repetitions left out; all or nothing unless `only_free`.

    Raises `SeriesNotAvailable` with the repetitions that cannot be had, `PriceChanged` for another total of all,
    `SeriesInvalid`. Each has its own payment, within an hour.
    """
    sellable = await catalog.get_sellable(tx, wish.resource_id)
    made: list[Booking] = []
    refused: list[Occurrence] = []
    times = repeated(wish, repeat, sellable.zone)
    await store.lock_own_holds(tx, guest_id)
    await lock_wishes(tx, [each for _, each in times])
    for day, each in times:
        try:
            async with tx.savepoint():
                made.append(await book_wish(tx, each, guest_id=guest_id, message=message, provider=provider, now=now))
        except HospesError as refusal:
            refused.append(Occurrence(day, each, None, _said(refusal)))
    if not made or (refused and not only_free):
        raise _not_available(refused)
    _check_total(made, expected_total)
    series_id = new_id()
    await store.insert_series(
        tx,
        series_id,
        guest_id=guest_id,
        business_id=sellable.business_id,
        resource_id=sellable.resource_id,
        every_weeks=repeat.every_weeks,
        now=now,
    )
    pay_by = now + PAY_SERIES_WITHIN
    await store.join_series(tx, series_id, [each.id for each in made], pay_by=pay_by)
    for booking in made:
        if booking.status is BookingStatus.PENDING_PAYMENT:
            await inventory.extend(tx, booking.id, pay_by, now=now)
    return [await lock_booking(tx, booking.id) for booking in made], refused


def _check_total(made: Sequence[Booking], expected: int | None) -> None:
    total = Money(sum(each.total.amount for each in made), made[0].total.currency)
    if expected is not None and expected != total.amount:
        raise PriceChanged(f"The total is {total.text()} now.", total=total.as_json())


def _not_available(refused: Sequence[Occurrence]) -> SeriesNotAvailable:
    said = [
        {"day": each.day.isoformat(), "code": each.refusal.code, "detail": each.refusal.detail}
        for each in refused
        if each.refusal
    ]
    days = ", ".join(each.day.isoformat() for each in refused)
    return SeriesNotAvailable(f"These days cannot be had: {days}.", refused=said)


def _said(refusal: HospesError) -> Refusal:
    return Refusal(refusal.code, refusal.detail, refusal.fields)
