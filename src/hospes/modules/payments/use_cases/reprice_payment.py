"""What a booking costs has changed before anybody paid."""

from datetime import datetime
from uuid import UUID

from hospes.modules.payments import store
from hospes.modules.payments.contracts import PaymentStatus
from hospes.modules.payments.errors import InvalidAmount, PaymentInProgress, PaymentNotFound, PaymentNotOpen
from hospes.modules.payments.states import takes_card
from hospes.platform.db import WriteTx
from hospes.platform.money import Money


async def reprice_payment(tx: WriteTx, booking_id: UUID, amount: Money, now: datetime) -> None:
    """The payment that waits for a card asks for this amount from now on.

    Raises `PaymentInProgress` while a card is being charged, `PaymentNotOpen` when it is paid or cancelled,
    `InvalidAmount` unless the amount is above zero and of the same currency.
    """
    payment = await store.lock_payment_of(tx, booking_id)
    if payment is None:
        raise PaymentNotFound
    if amount.amount <= 0 or amount.currency != payment.amount.currency:
        raise InvalidAmount(f"A payment needs an amount of {payment.amount.currency} above zero.")
    if payment.status in (PaymentStatus.PROCESSING, PaymentStatus.NEEDS_ACTION):
        raise PaymentInProgress("This payment is already under way. Please wait for its answer.")
    if not takes_card(payment.status):
        raise PaymentNotOpen("This has already been paid, or its payment was cancelled.")
    await store.set_amount(tx, payment, amount.amount, now=now)
