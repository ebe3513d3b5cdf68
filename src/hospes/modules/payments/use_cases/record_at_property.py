"""What guests pay at the desk: recorded by staff, asked for more when the price goes up."""

from datetime import datetime
from uuid import UUID

from hospes.modules.payments import store
from hospes.modules.payments.contracts import AT_PROPERTY, AttemptKind, Part, Payment, PaymentStatus, Purpose
from hospes.modules.payments.errors import PaymentNotFound
from hospes.modules.payments.use_cases.record_attempt import record_attempt
from hospes.platform.db import WriteTx


async def record_at_property(tx: WriteTx, booking_id: UUID, *, note: str, now: datetime) -> list[Payment]:
    """Everything that was to be paid at the property has been paid there; raises `PaymentNotFound` when there is
    nothing. Repeating it changes nothing."""
    parts = [each for each in await store.lock_parts(tx, booking_id) if each.provider == AT_PROPERTY]
    if not parts:
        raise PaymentNotFound("Nothing of this booking is paid at the property.")
    for part in parts:
        if part.status is PaymentStatus.SCHEDULED:
            await store.move_payment(tx, part, PaymentStatus.PROCESSING, now=now)
            amount = part.amount.amount
            await record_attempt(tx, part, AttemptKind.CHARGE, amount=amount, reason=note or None, now=now)
    return parts


async def raise_at_property(
    tx: WriteTx, booking_id: UUID, *, payer_id: UUID, business_id: UUID, amount: int, currency: str, now: datetime
) -> None:
    """So much more is to be paid at the property."""
    parts = await store.lock_parts(tx, booking_id)
    waiting = next((each for each in parts if _waits(each)), None)
    if waiting is not None:
        await store.set_amount(tx, waiting, waiting.amount.amount + amount, now=now)
        return
    await store.insert_parts(
        tx,
        booking_id=booking_id,
        payer_id=payer_id,
        business_id=business_id,
        provider=AT_PROPERTY,
        currency=currency,
        parts=[Part(Purpose.EXTRA, amount, due_at=now)],
        first=max((each.part for each in parts), default=0) + 1,
        now=now,
    )


def _waits(part: Payment) -> bool:
    return part.provider == AT_PROPERTY and part.status is PaymentStatus.SCHEDULED
