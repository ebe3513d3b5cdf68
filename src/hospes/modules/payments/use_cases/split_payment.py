"""A payer pays with several methods: all of them or none. Or with one after all."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hospes.modules.payments import queries, store
from hospes.modules.payments.contracts import AT_PROPERTY, Part, Payment, PaymentStatus, Purpose
from hospes.modules.payments.errors import InvalidAmount, NotSplittable
from hospes.modules.payments.policies.planning import split_amount
from hospes.modules.payments.states import takes_card
from hospes.modules.payments.use_cases.cancel_payment import cancel_part
from hospes.modules.payments.use_cases.reprice_payment import replan
from hospes.platform.db import WriteTx
from hospes.platform.money import Money

MOST = 4
_AT_WORK = (PaymentStatus.PROCESSING, PaymentStatus.NEEDS_ACTION)


async def split_payment(tx: WriteTx, booking_id: UUID, shares: Sequence[int], now: datetime) -> list[Payment]:
    """What is to be paid now becomes shares of these amounts (minor units), each paid with a method of its own.

    Raises `NotSplittable` unless all of it waits for a method, `InvalidAmount` unless the amounts sum to it.
    """
    parts = await store.lock_parts(tx, booking_id)
    waiting = _waiting(parts)
    if not splittable(parts):
        raise NotSplittable("Only a payment that has not begun can be split.")
    total = Money(sum(each.amount.amount for each in waiting), waiting[0].amount.currency)
    if len(shares) > MOST:
        raise InvalidAmount(f"At most {MOST} methods can share a payment.", fields={"amount": "Fewer methods, please."})
    try:
        amounts = split_amount(total.amount, shares)
    except ValueError as fault:
        said = f"The amounts must be above zero and sum to {total.text()}."
        raise InvalidAmount(said, fields={"amount": said}) from fault
    planned = [Part(Purpose.SHARE, each, manual=True) for each in amounts]
    await replan(tx, waiting, planned, now, newest=max(each.part for each in parts))
    return await queries.list_parts(tx, booking_id)


def splittable(parts: Sequence[Payment]) -> bool:
    """Whether several methods can share what is to be paid now: all of it waits for a method, and nothing is kept for
    later."""
    waiting = _waiting(parts)
    at_work = any(each.status in (*_AT_WORK, PaymentStatus.AUTHORISED) or each.captured for each in parts)
    return (
        bool(waiting) and not at_work and not any(each.provider == AT_PROPERTY or _held_back(each) for each in waiting)
    )


async def join_payment(tx: WriteTx, booking_id: UUID, now: datetime) -> list[Payment]:
    """The shares become one payment again; what was authorised is let go. Raises `NotSplittable` while one is at work
    or when one was taken."""
    parts = await store.lock_parts(tx, booking_id)
    shares = [each for each in parts if each.purpose is Purpose.SHARE and each.status is not PaymentStatus.CANCELLED]
    if not shares or any(each.status in _AT_WORK or each.captured for each in shares):
        raise NotSplittable("This payment cannot be joined now.")
    total = sum(each.amount.amount for each in shares)
    for each in shares:
        await cancel_part(tx, each, now, reason="replanned")
    await store.insert_parts(
        tx,
        booking_id=booking_id,
        payer_id=shares[0].payer_id,
        business_id=shares[0].business_id,
        provider=shares[0].provider,
        currency=shares[0].amount.currency,
        parts=[Part(Purpose.FULL, total)],
        first=max(each.part for each in parts) + 1,
        now=now,
    )
    return await queries.list_parts(tx, booking_id)


def _waiting(parts: Sequence[Payment]) -> list[Payment]:
    return [each for each in parts if takes_card(each.status) and each.due_at is None and each.of_the_price]


def _held_back(payment: Payment) -> bool:
    """Authorised and taken later, or a deposit with a balance: these are paid with one method, which is kept."""
    return payment.purpose in (Purpose.DEPOSIT, Purpose.BALANCE) or (payment.manual and payment.purpose is Purpose.FULL)
