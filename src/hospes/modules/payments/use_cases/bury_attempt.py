"""Machines have given up on an attempt: it waits for a person, who replays it or resolves it with a note."""

from datetime import datetime

from hospes.modules.payments import events, store
from hospes.modules.payments.contracts import Attempt, Payment
from hospes.modules.payments.use_cases.publish_payment import publish_payment
from hospes.platform.db import WriteTx


async def bury_attempt(tx: WriteTx, payment: Payment, attempt: Attempt, reason: str, *, now: datetime) -> None:
    """The dead letter and its fact; there is at most one open letter an attempt. The payment is locked."""
    letter_id = await store.insert_letter(tx, payment.id, attempt.id, reason, now=now)
    if letter_id is not None:
        await publish_payment(
            *(tx, events.DEAD, payment),
            attempt_id=attempt.id,
            amount=attempt.amount.amount,
            reason=reason,
            now=now,
            kind=str(attempt.kind),
            dead_letter_id=str(letter_id),
        )
