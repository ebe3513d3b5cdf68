"""Cancel one of a series, all that follow it, or all that are still to come."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from hospes.modules.booking import queries, states
from hospes.modules.booking.contracts import Action, Actor, Booking, Refund
from hospes.modules.booking.errors import BookingNotFound, NotAllowed, RefundChanged, SeriesNotFound
from hospes.modules.booking.use_cases.cancel_booking import cancel_booking, preview_cancellation
from hospes.modules.booking.use_cases.refund_booking import unpaid_of
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.money import Money

Scope = Literal["one", "following", "all"]


async def series_to_cancel(
    tx: ReadTx, series_id: UUID, scope: Scope, booking_id: UUID | None, *, actor: Actor, now: datetime
) -> list[tuple[Booking, Refund]]:
    """What cancelling would cancel and give back, in order of time; raises `SeriesNotFound`, `BookingNotFound`."""
    bookings = await queries.list_series(tx, series_id)
    if not bookings:
        raise SeriesNotFound()
    at = next((place for place, each in enumerate(bookings) if each.id == booking_id), None)
    if scope != "all":
        if at is None:
            raise BookingNotFound("This booking is not part of the series.")
        bookings = bookings[at : at + 1] if scope == "one" else bookings[at:]
    return [
        (each, preview_cancellation(each, actor=actor, unpaid=await unpaid_of(tx, each), now=now))
        for each in bookings
        if each.check_in_at > now and Action.CANCEL in states.allowed(each.status, actor)
    ]


async def cancel_series(
    tx: WriteTx,
    *,
    series_id: UUID,
    scope: Scope,
    booking_id: UUID | None,
    actor: Actor,
    actor_id: UUID,
    reason: str = "",
    expected_refund: int | None = None,
    now: datetime,
) -> list[tuple[Booking, Refund]]:
    """The bookings that were cancelled and what comes back of each; those that are over stay as they are.

    Raises also `NotAllowed` when nothing is left to cancel, `RefundChanged` for another sum than the one shown.
    """
    found = await series_to_cancel(tx, series_id, scope, booking_id, actor=actor, now=now)
    if not found:
        raise NotAllowed("Nothing of this series is left to cancel.")
    done = [
        await cancel_booking(tx, booking_id=each, actor=actor, actor_id=actor_id, reason=reason, now=now)
        for each in sorted(booking.id for booking, _ in found)
    ]
    total = Money(sum(refund.amount for _, refund in done), done[0][1].currency)
    if expected_refund is not None and expected_refund != total.amount:
        raise RefundChanged(f"The refund is {total.text()} now.", refund=total.as_json())
    return sorted(done, key=lambda each: each[0].check_in_at)
