"""What other modules may ask of payments.

`request_refund` and `cancel_payment` run in the caller's transaction; the provider is called later, by the worker.
What is paid for, `booking_id`, is a booking, or a change of one that costs more: each has one payment.
"""

from collections.abc import Sequence
from uuid import UUID

from hospes.modules.payments import queries
from hospes.modules.payments.contracts import Payment
from hospes.modules.payments.use_cases.cancel_payment import cancel_payment
from hospes.modules.payments.use_cases.open_payment import open_first_payment, open_payment
from hospes.modules.payments.use_cases.reprice_payment import reprice_payment
from hospes.modules.payments.use_cases.request_refund import refundable_of, request_refund
from hospes.modules.payments.use_cases.start_charge import start_charge
from hospes.modules.payments.use_cases.tokenise_card import tokenise_card
from hospes.platform.db import ReadTx

__all__ = [
    "cancel_payment",
    "open_first_payment",
    "open_payment",
    "parts_of",
    "payment_of",
    "refundable_of",
    "reprice_payment",
    "request_refund",
    "start_charge",
    "tokenise_card",
]


async def payment_of(tx: ReadTx, booking_id: UUID) -> Payment | None:
    """The payment of a booking, or None when it needs none."""
    return await queries.find_payment_of(tx, booking_id)


async def parts_of(tx: ReadTx, paid_for: Sequence[UUID]) -> list[Payment]:
    """Every part of what is paid for these bookings and changes, in order."""
    return await queries.list_parts_of(tx, paid_for)
