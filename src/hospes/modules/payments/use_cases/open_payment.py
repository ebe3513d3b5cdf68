"""What costs something gets its payment, in one part or several."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hospes.modules.payments import queries, store
from hospes.modules.payments.contracts import Part, Payment
from hospes.modules.payments.errors import InvalidAmount, PaymentExists
from hospes.platform.db import WriteTx
from hospes.platform.money import Money


async def open_first_payment(
    tx: WriteTx, *, booking_id: UUID, payer_id: UUID, amount: Money, provider: str, now: datetime
) -> None:
    """The payment of a booking that is being made in this transaction, so that there can be no other yet.

    It is written with the transaction's next statement. Raises `InvalidAmount` unless the amount is above zero.
    """
    if amount.amount <= 0:
        raise InvalidAmount("A payment needs an amount above zero.")
    await store.insert_first_payment(
        tx, booking_id=booking_id, payer_id=payer_id, provider=provider, amount=amount, now=now
    )


async def open_parts(
    tx: WriteTx,
    *,
    booking_id: UUID,
    payer_id: UUID,
    business_id: UUID,
    currency: str,
    parts: Sequence[Part],
    provider: str,
    now: datetime,
) -> None:
    """The parts in which something is paid; there must be none yet. Raises `InvalidAmount`, `PaymentExists`."""
    if not parts or min(part.amount for part in parts) <= 0:
        raise InvalidAmount("A payment needs an amount above zero.")
    if await queries.list_parts(tx, booking_id):
        raise PaymentExists
    await store.insert_parts(
        tx,
        booking_id=booking_id,
        payer_id=payer_id,
        business_id=business_id,
        provider=provider,
        currency=currency,
        parts=parts,
        now=now,
    )


async def open_payment(
    tx: WriteTx, *, booking_id: UUID, payer_id: UUID, amount: Money, provider: str, now: datetime
) -> Payment:
    """The payment in one part, waiting for a method; opening it again answers the same one.

    Raises `InvalidAmount` unless the amount is above zero, `PaymentExists` when there is one of another amount.
    """
    if amount.amount <= 0:
        raise InvalidAmount("A payment needs an amount above zero.")
    fresh = await store.insert_payment(
        tx, booking_id=booking_id, payer_id=payer_id, provider=provider, amount=amount, now=now
    )
    payment = fresh or await queries.find_payment_of(tx, booking_id)
    assert payment is not None
    if payment.amount != amount or payment.payer_id != payer_id:
        raise PaymentExists
    return payment
