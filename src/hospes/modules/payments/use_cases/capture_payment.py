"""What was authorised is taken: after check-in, when a guest does not come, or for damages; or it is let go."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hospes.modules.ledger import facade as ledger
from hospes.modules.payments import events, queries, store
from hospes.modules.payments.contracts import Attempt, AttemptKind, Payment, PaymentStatus, Purpose
from hospes.modules.payments.errors import CaptureTooLarge, InvalidAmount, NothingAuthorised
from hospes.modules.payments.use_cases.cancel_payment import cancel_part
from hospes.modules.payments.use_cases.post_movement import DAMAGE_KEPT, post_damage_kept
from hospes.modules.payments.use_cases.publish_payment import publish_payment
from hospes.modules.payments.use_cases.record_attempt import authorisation_of, record_attempt
from hospes.modules.payments.use_cases.request_refund import refund_part
from hospes.platform.db import WriteTx
from hospes.platform.money import Money

_TAKEN = (PaymentStatus.SUCCEEDED, PaymentStatus.PARTLY_REFUNDED)


async def capture_price(tx: WriteTx, booking_id: UUID, *, keep: int | None = None, now: datetime) -> int:
    """Take what is authorised of the price, or only so much of it and let the rest go; answers how much (minor units).

    Repeating it takes nothing twice.
    """
    taken, left = 0, keep
    for part in await store.lock_parts(tx, booking_id):
        if part.status is not PaymentStatus.AUTHORISED or not part.of_the_price:
            continue
        amount = part.amount.amount if left is None else min(part.amount.amount, left)
        if amount == 0:
            await cancel_part(tx, part, now)
        elif await capture_part(tx, part, amount, now=now):
            taken += amount
        left = None if left is None else left - amount
    return taken


async def capture_part(tx: WriteTx, part: Payment, amount: int, *, reason: str | None = None, now: datetime) -> bool:
    """Record the capture of so much of an authorised part; False when it is being taken already. The part is locked."""
    standing = authorisation_of(await queries.list_attempts(tx, part.id))
    if standing is None:
        return False
    await record_attempt(tx, part, AttemptKind.CAPTURE, amount=amount, target=standing, reason=reason, now=now)
    return True


async def capture_damages(tx: WriteTx, booking_id: UUID, amount: Money, *, reason: str, now: datetime) -> Payment:
    """Take so much of the damage deposit; the rest is let go. Raises `NothingAuthorised`, `CaptureTooLarge`,
    `InvalidAmount`."""
    part = await _damage_deposit(tx, booking_id)
    if part is None or part.status not in (PaymentStatus.AUTHORISED, *_TAKEN):
        raise NothingAuthorised("There is no damage deposit of this booking that could be taken.")
    if amount.amount <= 0 or amount.currency != part.amount.currency:
        raise InvalidAmount(f"Please give an amount of {part.amount.currency} above zero.")
    if amount.amount > part.amount.amount:
        raise CaptureTooLarge(f"At most {part.amount.text()} can be taken.")
    if part.status is PaymentStatus.AUTHORISED:
        if not await capture_part(tx, part, amount.amount, reason=reason, now=now):
            raise NothingAuthorised("This damage deposit is being taken already.")
        return part
    await _keep(tx, part, amount.amount, reason, now)
    return part


async def _keep(tx: WriteTx, part: Payment, amount: int, reason: str, now: datetime) -> None:
    """The provider could only take the deposit, whole: so much of it is the host's, the rest goes back."""
    attempts = await queries.list_attempts(tx, part.id)
    if await _settled(tx, part, attempts):
        raise NothingAuthorised("This damage deposit has been settled already.")
    rest = part.captured - amount
    await post_damage_kept(tx, part, amount, now=now)
    if rest:
        await refund_part(tx, part, attempts, rest, reason="damage_deposit_returned", now=now)
    await store.set_release(tx, part.id, None, now=now)
    await publish_payment(tx, events.DAMAGES_KEPT, part, attempt_id=None, amount=amount, reason=reason, now=now)


async def _settled(tx: WriteTx, part: Payment, attempts: Sequence[Attempt]) -> bool:
    """Whether a deposit that was taken has been given back, or been kept for damages."""
    refunded = any(each.kind is AttemptKind.REFUND for each in attempts)
    return refunded or any(each.kind == DAMAGE_KEPT for each in await ledger.about(tx, part.booking_id))


async def release_damages(tx: WriteTx, part: Payment, now: datetime) -> None:
    """Let a damage deposit go, whole; what the provider had to take goes back. The part is locked."""
    if part.status is PaymentStatus.AUTHORISED:
        await cancel_part(tx, part, now, reason="damage_deposit_returned")
    elif part.status in _TAKEN:
        attempts = await queries.list_attempts(tx, part.id)
        if not await _settled(tx, part, attempts):
            await refund_part(tx, part, attempts, part.captured, reason="damage_deposit_returned", now=now)
    else:
        await cancel_part(tx, part, now, reason="damage_deposit_returned")
    await store.set_release(tx, part.id, None, now=now)


async def _damage_deposit(tx: WriteTx, booking_id: UUID) -> Payment | None:
    parts = await store.lock_parts(tx, booking_id)
    return next((each for each in parts if each.purpose is Purpose.DAMAGE_DEPOSIT), None)
