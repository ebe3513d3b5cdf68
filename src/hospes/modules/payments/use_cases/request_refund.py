"""Money goes back: recorded in the caller's transaction, made by the worker, to the methods it came from in order."""

from datetime import datetime
from uuid import UUID

from hospes.modules.payments import queries, store
from hospes.modules.payments.contracts import Attempt, AttemptKind, Payment
from hospes.modules.payments.errors import InvalidAmount, NothingToRefund, RefundTooLarge
from hospes.modules.payments.use_cases.record_attempt import given_back, record_attempt, taken_by
from hospes.platform.db import WriteTx
from hospes.platform.money import Money


async def request_refund(tx: WriteTx, booking_id: UUID, amount: Money, reason: str, now: datetime) -> Attempt | None:
    """Record refunds that sum to the amount, the part paid first goes back first; None when the amount is zero, else
    the first of them.

    What is being given back already counts: raises `RefundTooLarge` above the rest, `NothingToRefund` when nothing
    was taken, `InvalidAmount` for another currency or a negative amount. Damage deposits stay out of it.
    """
    parts = [each for each in await store.lock_parts(tx, booking_id) if each.of_the_price]
    if amount.amount == 0:
        return None
    taken = [each for each in parts if each.captured]
    if not taken:
        raise NothingToRefund
    if amount.amount < 0 or amount.currency != taken[0].amount.currency:
        raise InvalidAmount(f"A refund must be an amount of {taken[0].amount.currency} above zero.")
    known = [(each, await queries.list_attempts(tx, each.id)) for each in taken]
    rest = sum(each.captured - given_back(attempts) for each, attempts in known)
    if amount.amount > rest:
        raise RefundTooLarge(f"At most {Money(rest, amount.currency).text()} can still be given back.")
    made, left = [], amount.amount
    for part, attempts in known:
        share = min(left, part.captured - given_back(attempts))
        if share > 0:
            made.append(await refund_part(tx, part, attempts, share, reason=reason, now=now))
            left -= share
    return made[0]


async def refundable_of(tx: WriteTx, booking_id: UUID) -> int:
    """How much of the price can still be given back, what is on its way counted as given; the parts are locked."""
    total = 0
    for part in await store.lock_parts(tx, booking_id):
        if part.captured and part.of_the_price:
            total += part.captured - given_back(await queries.list_attempts(tx, part.id))
    return total


async def refund_rest(tx: WriteTx, booking_id: UUID, *, reason: str, now: datetime) -> int:
    """Give back whatever is left of the price; answers how much (minor units), 0 when there is nothing."""
    parts = [each for each in await store.lock_parts(tx, booking_id) if each.captured and each.of_the_price]
    total = 0
    for part in parts:
        attempts = await queries.list_attempts(tx, part.id)
        rest = part.captured - given_back(attempts)
        if rest > 0:
            await refund_part(tx, part, attempts, rest, reason=reason, now=now)
            total += rest
    return total


async def refund_late(tx: WriteTx, payment_id: UUID, *, reason: str, now: datetime) -> None:
    """Money of this part came when nobody wanted it any more: what is left of it goes back."""
    parts = await store.lock_siblings(tx, payment_id)
    part = next((each for each in parts if each.id == payment_id), None)
    if part is None or not part.captured:
        return
    attempts = await queries.list_attempts(tx, part.id)
    rest = part.captured - given_back(attempts)
    if rest > 0:
        await refund_part(tx, part, attempts, rest, reason=reason, now=now)


async def refund_part(
    tx: WriteTx, part: Payment, attempts: list[Attempt], amount: int, *, reason: str, now: datetime
) -> Attempt:
    """Record the refund of so much of a part that was taken; the part is locked and has so much left."""
    taken = taken_by(attempts)
    if taken is None:
        raise NothingToRefund
    return await record_attempt(tx, part, AttemptKind.REFUND, amount=amount, target=taken, reason=reason, now=now)
