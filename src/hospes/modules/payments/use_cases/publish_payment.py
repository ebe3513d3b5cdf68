"""What others hear of a payment."""

from datetime import datetime
from typing import Any
from uuid import UUID

from hospes.modules.payments.contracts import Payment
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def publish_payment(
    tx: WriteTx,
    event: str,
    payment: Payment,
    *,
    attempt_id: UUID | None,
    amount: int | None = None,
    reason: str | None = None,
    now: datetime,
    **more: Any,
) -> None:
    """Write the fact; call it with the payment's row locked."""
    data = {
        "booking_id": str(payment.booking_id),
        "payment_id": str(payment.id),
        "payer_id": str(payment.payer_id),
        "part": payment.part,
        "purpose": str(payment.purpose),
        "attempt_id": str(attempt_id) if attempt_id else None,
        "amount": payment.amount.amount if amount is None else amount,
        "currency": payment.amount.currency,
        "reason": reason,
        **more,
    }
    await publish(tx, event, payment.booking_id, data, now=now)
