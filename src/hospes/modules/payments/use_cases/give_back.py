"""Less is kept of a price than was agreed: what is still to be taken is lowered first, the rest goes back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hospes.modules.payments import queries, store
from hospes.modules.payments.contracts import Payment, PaymentStatus
from hospes.modules.payments.errors import InvalidAmount, NothingToRefund, PaymentInProgress, RefundTooLarge
from hospes.modules.payments.states import takes_card
from hospes.modules.payments.use_cases.cancel_payment import cancel_part
from hospes.modules.payments.use_cases.capture_payment import capture_part, release_damages
from hospes.modules.payments.use_cases.record_attempt import given_back
from hospes.modules.payments.use_cases.request_refund import refund_part
from hospes.platform.db import WriteTx
from hospes.platform.money import Money

_AT_WORK = (PaymentStatus.PROCESSING, PaymentStatus.NEEDS_ACTION)


async def give_back(tx: WriteTx, paid_for: Sequence[UUID], amount: Money, *, reason: str, now: datetime) -> None:
    """So much of the price of these is not kept after all: parts to come are lowered, then what is authorised, then
    what was taken goes back, the part paid first first.

    Raises `NothingToRefund`, `RefundTooLarge`, `InvalidAmount`, and `PaymentInProgress` while a part that would have to
    be lowered is being charged.
    """
    parts = await _parts(tx, paid_for)
    if amount.amount < 0 or any(each.amount.currency != amount.currency for each in parts):
        raise InvalidAmount("This cannot come back.")
    left = amount.amount
    for part in parts:
        if left and takes_card(part.status):
            left -= await _lower(tx, part, left, now)
    left = await _lower_authorised(tx, parts, left, now)
    rest = await _refund(tx, parts, left, reason, now)
    if rest and any(each.status in _AT_WORK for each in parts):
        raise PaymentInProgress("A payment of this booking is under way. Please try again in a minute.")
    if rest:
        raise RefundTooLarge if any(each.captured for each in parts) else NothingToRefund


async def close_payments(tx: WriteTx, paid_for: Sequence[UUID], amount: Money, *, reason: str, now: datetime) -> None:
    """What these are for has ended: so much goes back, what is authorised beyond it is taken, what was still to come is
    not asked for any more, damage deposits are let go. Raises `RefundTooLarge`."""
    parts = await _parts(tx, paid_for, every=True)
    price = [each for each in parts if each.of_the_price]
    left = await _lower_authorised(tx, price, amount.amount, now)
    if await _refund(tx, price, left, reason, now):
        raise RefundTooLarge
    for part in await _parts(tx, paid_for, every=True):
        if not part.of_the_price:
            await release_damages(tx, part, now)
        elif part.status is PaymentStatus.AUTHORISED:
            await capture_part(tx, part, part.amount.amount, now=now)
        else:
            await cancel_part(tx, part, now)


async def _parts(tx: WriteTx, paid_for: Sequence[UUID], *, every: bool = False) -> list[Payment]:
    found = [part for each in paid_for for part in await store.lock_parts(tx, each)]
    return found if every else [each for each in found if each.of_the_price]


async def _lower(tx: WriteTx, part: Payment, most: int, now: datetime) -> int:
    """By how much the part was lowered."""
    by = min(part.amount.amount, most)
    if by == part.amount.amount:
        await cancel_part(tx, part, now, reason="given_back")
    else:
        await store.set_amount(tx, part, part.amount.amount - by, now=now)
    return by


async def _lower_authorised(tx: WriteTx, parts: Sequence[Payment], left: int, now: datetime) -> int:
    """What is left to give back afterwards; less is taken later, or nothing and all of it let go now."""
    for part in parts:
        if left and part.status is PaymentStatus.AUTHORISED:
            left -= await _lower(tx, part, left, now)
    return left


async def _refund(tx: WriteTx, parts: Sequence[Payment], left: int, reason: str, now: datetime) -> int:
    """What could not be given back."""
    for part in parts:
        if left and part.captured:
            attempts = await queries.list_attempts(tx, part.id)
            share = min(left, part.captured - given_back(attempts))
            if share > 0:
                await refund_part(tx, part, attempts, share, reason=reason, now=now)
                left -= share
    return left
