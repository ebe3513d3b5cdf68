"""What a booking costs is asked for, in the parts its terms say."""

from datetime import datetime

from hospes.modules.booking.contracts import Booking
from hospes.modules.payments import facade as payments
from hospes.modules.payments.contracts import Part
from hospes.platform.db import WriteTx


async def open_booking_payment(tx: WriteTx, booking: Booking, *, provider: str, now: datetime) -> None:
    """The payment of a booking that has none yet; an ordinary one is written with the next statement."""
    if booking.terms.paying.plain:
        await payments.open_first_payment(
            tx, booking_id=booking.id, payer_id=booking.guest_id, amount=booking.total, provider=provider, now=now
        )
        return
    await payments.open_parts(
        tx,
        booking_id=booking.id,
        payer_id=booking.guest_id,
        business_id=booking.business_id,
        currency=booking.total.currency,
        parts=payment_plan(booking, now),
        provider=provider,
        now=now,
    )


def payment_plan(booking: Booking, now: datetime) -> tuple[Part, ...]:
    """The parts in which the booking's price is paid."""
    nights = (booking.departure - booking.arrival).days
    return payments.parts_of(
        booking.terms.paying, booking.total, nights=nights, check_in_at=booking.check_in_at, now=now
    )
