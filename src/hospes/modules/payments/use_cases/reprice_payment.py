"""What something costs has changed before anybody paid: it is planned anew."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hospes.modules.payments import store
from hospes.modules.payments.contracts import Part, Payment, PaymentStatus, Purpose
from hospes.modules.payments.errors import InvalidAmount, PaymentInProgress, PaymentNotFound, PaymentNotOpen
from hospes.modules.payments.states import takes_card
from hospes.modules.payments.use_cases.cancel_payment import cancel_part
from hospes.platform.db import WriteTx
from hospes.platform.money import Money

_AT_WORK = (PaymentStatus.PROCESSING, PaymentStatus.NEEDS_ACTION)


async def reprice_payment(
    tx: WriteTx, booking_id: UUID, amount: Money, now: datetime, *, parts: Sequence[Part] = ()
) -> None:
    """The payment that waits asks for this amount from now on: in these parts, or in one.

    Raises `PaymentInProgress` while a card is being charged, `PaymentNotOpen` when it is paid or cancelled,
    `InvalidAmount` unless the amount is above zero and of the same currency.
    """
    known = await store.lock_parts(tx, booking_id)
    if not known:
        raise PaymentNotFound
    currency = known[0].amount.currency
    if amount.amount <= 0 or amount.currency != currency:
        raise InvalidAmount(f"A payment needs an amount of {currency} above zero.")
    if any(each.status in _AT_WORK for each in known):
        raise PaymentInProgress("This payment is already under way. Please wait for its answer.")
    open_parts = [each for each in known if takes_card(each.status)]
    if not open_parts or any(each.captured or each.status is PaymentStatus.AUTHORISED for each in known):
        raise PaymentNotOpen("This has already been paid, or its payment was cancelled.")
    await replan(tx, known, parts or (Part(Purpose.FULL, amount.amount),), now)


async def replan(
    tx: WriteTx, known: Sequence[Payment], parts: Sequence[Part], now: datetime, *, newest: int | None = None
) -> None:
    """The first open part becomes the first of these, the other open ones are cancelled and the rest added, numbered
    after the `newest` there is."""
    kept, *dropped = [each for each in known if takes_card(each.status)]
    for each in dropped:
        await cancel_part(tx, each, now, reason="replanned")
    first, *rest = parts
    await store.set_part(tx, kept, first, now=now)
    if rest:
        await store.insert_parts(
            tx,
            booking_id=kept.booking_id,
            payer_id=kept.payer_id,
            business_id=kept.business_id,
            provider=kept.provider,
            currency=kept.amount.currency,
            parts=rest,
            first=(newest or max(each.part for each in known)) + 1,
            now=now,
        )
