"""The payer gave a method: record the attempt and have the worker make it."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hospes.modules.payments import events, queries, store
from hospes.modules.payments.contracts import AT_PROPERTY, Attempt, AttemptKind, Method, Payment, PaymentStatus, Purpose
from hospes.modules.payments.errors import InvalidMethod, PaymentInProgress, PaymentNotFound, PaymentNotOpen
from hospes.modules.payments.states import Action, attempt_after, payment_after, takes_card
from hospes.modules.payments.use_cases.publish_payment import publish_payment
from hospes.modules.payments.use_cases.record_attempt import record_attempt
from hospes.platform.db import WriteTx


async def start_charge(
    tx: WriteTx,
    payment_id: UUID,
    method: Method,
    now: datetime,
    *,
    provider: str | None = None,
    at_vendor: bool = False,
    can_authorise: bool = True,
    save: bool = False,
    off_session: bool = False,
) -> Attempt:
    """Record a charge of the whole part, or its authorisation, and enqueue it, both in this transaction.

    `provider`: another than the part was opened with; `at_vendor`: an empty method, chosen on the vendor's page or
    element. Raises `PaymentInProgress` while another charge is open, `PaymentNotOpen` when paid or cancelled.
    """
    parts = await store.lock_siblings(tx, payment_id)
    payment = next((each for each in parts if each.id == payment_id), None)
    if payment is None:
        raise PaymentNotFound
    if not method.token and not at_vendor:
        raise InvalidMethod("Please give a card.")
    if payment.provider == AT_PROPERTY:
        raise PaymentNotOpen("This is paid at the property.")
    if payment.wants_renewal:
        return await _again(tx, payment, method, now, provider=provider, can_authorise=can_authorise, save=save)
    to = _processing(payment)
    if payment.due_at is not None and any(takes_card(each.status) and each.due_at is None for each in parts):
        raise PaymentNotOpen("Please pay what is due now first.")
    if payment.purpose is Purpose.SHARE:
        await _open_failed_shares(tx, parts, payment, now)
    await store.move_payment(tx, payment, to, now=now)
    if provider is not None and provider != payment.provider:
        await store.set_provider(tx, payment, provider, now=now)
        payment = replace(payment, provider=provider)
    attempt = await record_attempt(
        tx,
        payment,
        AttemptKind.AUTHORISE if payment.manual and can_authorise else AttemptKind.CHARGE,
        amount=payment.amount.amount,
        method=method,
        save=save,
        off_session=off_session,
        now=now,
    )
    await publish_payment(tx, events.PROCESSING, payment, attempt_id=attempt.id, now=now)
    return attempt


async def _again(
    tx: WriteTx,
    payment: Payment,
    method: Method,
    now: datetime,
    *,
    provider: str | None,
    can_authorise: bool,
    save: bool,
) -> Attempt:
    """Another authorisation while the first one stands: it stands until the new one has taken its place."""
    if not can_authorise:
        raise PaymentNotOpen("This is only reserved for now, which is not possible in this way. Please choose another.")
    attempts = await queries.list_attempts(tx, payment.id)
    if any(each.takes and attempt_after(each.status, Action.GIVE_UP) for each in attempts):
        raise PaymentInProgress("This payment is already under way. Please wait for its answer.")
    there = replace(payment, provider=provider or payment.provider)
    amount, kind = payment.amount.amount, AttemptKind.AUTHORISE
    attempt = await record_attempt(tx, there, kind, amount=amount, method=method, save=save, now=now)
    await publish_payment(tx, events.PROCESSING, payment, attempt_id=attempt.id, now=now)
    return attempt


def _processing(payment: Payment) -> PaymentStatus:
    to = payment_after(payment.status, Action.CHARGE)
    if to is not None:
        return to
    if payment.status in (PaymentStatus.PROCESSING, PaymentStatus.NEEDS_ACTION):
        raise PaymentInProgress("This payment is already under way. Please wait for its answer.")
    if payment.status is PaymentStatus.CANCELLED:
        raise PaymentNotOpen("This payment was cancelled: the time to pay has run out, or the booking was cancelled.")
    raise PaymentNotOpen("This has already been paid.")


async def _open_failed_shares(tx: WriteTx, parts: list[Payment], payment: Payment, now: datetime) -> None:
    """One share is tried again, so those that were let go with it wait for their method once more."""
    for each in parts:
        again = payment_after(each.status, Action.RETRY)
        if each.id != payment.id and each.purpose is Purpose.SHARE and again is not None:
            await store.move_payment(tx, each, again, failure=each.failure, now=now)
