"""What other modules may ask of payments.

Everything that moves money runs in the caller's transaction; the provider is called later, by the worker. What is paid
for, `booking_id`, is a booking, or a change of one that costs more: each is paid in one part or several.
"""

from collections.abc import Sequence
from uuid import UUID

from hospes.modules.payments import queries
from hospes.modules.payments.contracts import Payment, PaymentStatus, PaymentTerms
from hospes.modules.payments.policies.planning import parts_of
from hospes.modules.payments.use_cases import pay_out
from hospes.modules.payments.use_cases.cancel_payment import cancel_payment, reopen_later_parts
from hospes.modules.payments.use_cases.capture_payment import capture_damages, capture_price
from hospes.modules.payments.use_cases.give_back import close_payments, give_back
from hospes.modules.payments.use_cases.open_payment import open_first_payment, open_parts, open_payment
from hospes.modules.payments.use_cases.post_missing import post_missing
from hospes.modules.payments.use_cases.record_at_property import raise_at_property, record_at_property
from hospes.modules.payments.use_cases.reprice_payment import reprice_payment
from hospes.modules.payments.use_cases.request_refund import refund_late, refund_rest, refundable_of, request_refund
from hospes.modules.payments.use_cases.start_charge import start_charge
from hospes.modules.payments.use_cases.tokenise_card import tokenise_card
from hospes.platform.db import Asked, ReadTx

__all__ = [
    "ask_terms",
    "cancel_payment",
    "capture_damages",
    "capture_price",
    "close_payments",
    "give_back",
    "is_settled",
    "list_parts",
    "open_first_payment",
    "open_parts",
    "open_payment",
    "owing_of",
    "parts_of",
    "pay_out",
    "payment_of",
    "post_missing",
    "raise_at_property",
    "record_at_property",
    "refund_late",
    "refund_rest",
    "refundable_of",
    "reopen_later_parts",
    "reprice_payment",
    "request_refund",
    "start_charge",
    "terms_of",
    "tokenise_card",
    "unpaid_of",
]

_PAID = (PaymentStatus.SUCCEEDED, PaymentStatus.PARTLY_REFUNDED, PaymentStatus.REFUNDED)
_OWED_NOT = (*_PAID, PaymentStatus.AUTHORISED, PaymentStatus.CANCELLED)


async def payment_of(tx: ReadTx, booking_id: UUID) -> Payment | None:
    """The payment of a booking, or None when it needs none; of several parts the one that matters now."""
    return await queries.find_payment_of(tx, booking_id)


async def list_parts(tx: ReadTx, booking_ids: Sequence[UUID]) -> list[Payment]:
    """Every part of what is paid for these, in order."""
    return await queries.list_parts_of(tx, booking_ids)


def _is_owed(part: Payment) -> bool:
    return part.of_the_price and part.status not in _OWED_NOT


async def unpaid_of(tx: ReadTx, booking_ids: Sequence[UUID]) -> int:
    """What of the price of these was not paid yet (minor units): due later, or at the property. What is authorised
    counts as paid; what is not to be paid any more does not count."""
    return sum(each.amount.amount for each in await queries.list_parts_of(tx, booking_ids) if _is_owed(each))


async def owing_of(tx: ReadTx, booking_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of these of whose price something was not paid yet; see `unpaid_of`."""
    return frozenset(each.booking_id for each in await queries.list_parts_of(tx, booking_ids) if _is_owed(each))


async def is_settled(tx: ReadTx, booking_id: UUID) -> bool:
    """Whether all that is due now is paid or authorised at this moment."""
    parts = [each for each in await queries.list_parts(tx, booking_id) if each.of_the_price]
    wanted = [each for each in parts if each.due_at is None and each.status is not PaymentStatus.CANCELLED]
    there = (PaymentStatus.SUCCEEDED, PaymentStatus.PARTLY_REFUNDED, PaymentStatus.AUTHORISED)
    return bool(wanted) and all(each.status in there for each in wanted)


def ask_terms(tx: ReadTx, resource_id: UUID) -> Asked:
    """A question that the next statement takes along; give the answer's row to `terms_of`."""
    return queries.ask_terms(tx, resource_id)


async def terms_of(asked: Asked) -> PaymentTerms:
    """How the business that sells takes money; everything at booking unless it says otherwise."""
    return queries.terms_from(await asked.row())
