"""What a provider's certain answer means for a payment and for the other parts of what is paid for."""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from hospes.modules.payments import events, queries, store
from hospes.modules.payments.contracts import (
    AttemptKind,
    Held,
    Method,
    Payment,
    PaymentStatus,
    Purpose,
)
from hospes.modules.payments.policies.retrying import next_balance_try
from hospes.modules.payments.providers.port import Authorised, Succeeded
from hospes.modules.payments.states import Action, payment_after
from hospes.modules.payments.use_cases.authorise_anew import refuse_renewal
from hospes.modules.payments.use_cases.bury_attempt import bury_attempt
from hospes.modules.payments.use_cases.publish_payment import publish_payment
from hospes.modules.payments.use_cases.record_attempt import authorisation_of, record_attempt
from hospes.modules.payments.use_cases.undo_shares import drop_stray_share, undo_shares
from hospes.platform.db import WriteTx

log = structlog.get_logger(__name__)
_LATER = (PaymentStatus.SCHEDULED,)
_TAKEN = (PaymentStatus.SUCCEEDED, PaymentStatus.PARTLY_REFUNDED, PaymentStatus.REFUNDED)


async def note_taken(tx: WriteTx, held: Held, answer: Succeeded, now: datetime) -> None:
    """The part is paid; when less was taken than authorised, it comes to that."""
    payment, attempt = held.payment, held.attempt
    amount = attempt.amount.amount
    await store.move_payment(tx, payment, PaymentStatus.SUCCEEDED, amount=amount, captured=amount, now=now)
    await _remember(tx, held, answer.method, answer.customer, now)
    stray = payment.purpose is Purpose.SHARE and payment.status is PaymentStatus.CANCELLED
    settled = not stray and all(_is_there(each) for each in held.siblings)
    await publish_payment(
        *(tx, events.COMPLETED, payment),
        attempt_id=attempt.id,
        amount=amount,
        now=now,
        settled=settled,
        from_hold=attempt.kind is AttemptKind.CAPTURE,
        fingerprint=_mark(held, answer.method),
    )
    if stray:
        await drop_stray_share(tx, replace(payment, captured=amount), now)
    elif payment.purpose is Purpose.SHARE and _one_failed(held):  # a provider that cannot only hold has taken it
        await undo_shares(tx, payment, now)


async def note_authorised(tx: WriteTx, held: Held, answer: Authorised, now: datetime) -> None:
    """The part is authorised: taken later. One that nobody wants any more is let go; of two the newer one stands."""
    payment, attempt = held.payment, held.attempt
    earlier = [each for each in await queries.list_attempts(tx, payment.id) if each.id != attempt.id]
    made = await queries.find_attempt(tx, attempt.id)
    assert made is not None
    lost_share = payment.purpose is Purpose.SHARE and _one_failed(held)
    if payment_after(payment.status, Action.AUTHORISE) is None or lost_share:
        amount = attempt.amount.amount
        await record_attempt(tx, payment, AttemptKind.VOID, amount=amount, target=made, reason="not_wanted", now=now)
        if lost_share:
            await _fail_share(tx, payment, now)
        return
    again = payment.status is PaymentStatus.AUTHORISED
    await store.note_authorised(
        *(tx, payment),
        amount=answer.amount.amount,
        expires_at=answer.expires_at,
        honoured_until=answer.honoured_until,
        now=now,
    )
    await _remember(tx, held, answer.method, answer.customer, now)
    if again:
        old = authorisation_of(earlier)
        if old is not None and not attempt.renews:  # what is renewed ends with the new one
            await record_attempt(
                tx, payment, AttemptKind.VOID, amount=old.amount.amount, target=old, reason="replaced", now=now
            )
        if attempt.provider != payment.provider:
            await store.set_provider(tx, payment, attempt.provider, now=now)
        if not attempt.off_session:  # the payer looks at the screen; what is booked was confirmed before
            await publish_payment(tx, events.AUTHORISED, payment, attempt_id=attempt.id, now=now, settled=False)
        return
    shares = _shares(held)
    await publish_payment(
        *(tx, events.AUTHORISED, payment),
        attempt_id=attempt.id,
        now=now,
        settled=payment.purpose is not Purpose.SHARE and all(_is_there(each) for each in held.siblings),
    )
    if payment.purpose is Purpose.SHARE and all(each.status is PaymentStatus.AUTHORISED for each in shares):
        for each in (*shares, payment):
            await capture_share(tx, each, now)


async def note_failed(tx: WriteTx, held: Held, reason: str, now: datetime) -> None:
    """A charge, an authorisation, a capture or a release was refused: nothing moved."""
    payment, attempt = held.payment, held.attempt
    if attempt.kind is AttemptKind.VOID:
        if reason not in ("authorisation_expired", "already_released"):
            await bury_attempt(tx, payment, attempt, reason, now=now)
        return
    if attempt.kind is AttemptKind.CAPTURE:
        await _capture_failed(tx, held, reason, now)
        return
    if payment.status is PaymentStatus.AUTHORISED:  # a second authorisation, before the first one lapses
        if attempt.renews and reason in ("renewal_not_possible", "not_supported"):  # it stands as it is
            refused_at = payment.renewal_refused_at
            await store.set_renewal(tx, payment.id, honoured_until=None, refused_at=refused_at, now=now)
            return
        if attempt.off_session:
            await refuse_renewal(tx, payment, reason, now)
        else:  # the payer looks at the screen
            await publish_payment(tx, events.FAILED, payment, attempt_id=attempt.id, reason=reason, now=now)
        return
    to = payment_after(payment.status, Action.DECLINE)
    if to is None:
        return
    await store.move_payment(tx, payment, to, failure=reason, now=now)
    await publish_payment(tx, events.FAILED, payment, attempt_id=attempt.id, reason=reason, now=now)
    if payment.purpose is Purpose.SHARE:
        await undo_shares(tx, payment, now)
    elif payment.purpose is Purpose.BALANCE:
        await balance_failed(tx, payment, reason, off_session=attempt.off_session, now=now)
    elif payment.purpose is Purpose.DAMAGE_DEPOSIT:
        await _attention(tx, payment, "damage_deposit_failed", reason, now)


async def note_refund_failed(tx: WriteTx, held: Held, reason: str, now: datetime) -> None:
    """The provider refuses to give money back: it is told, and waits for a person."""
    attempt = held.attempt
    log.error("refund_failed", attempt_id=str(attempt.id), reason=reason)
    amount = attempt.amount.amount
    await bury_attempt(tx, held.payment, attempt, reason, now=now)
    await publish_payment(
        tx, events.REFUND_FAILED, held.payment, attempt_id=attempt.id, amount=amount, reason=reason, now=now
    )


async def balance_failed(tx: WriteTx, payment: Payment, reason: str, *, off_session: bool, now: datetime) -> None:
    """A balance could not be taken: once more tomorrow, until its time is over. The guest is told."""
    tries = payment.tries + (1 if off_session else 0)
    lapses_at = payment.lapses_at or now + timedelta(days=3)
    at = min(next_balance_try(now), lapses_at)
    await store.set_later(tx, payment.id, due_at=at, lapses_at=lapses_at, tries=tries, now=now)
    await publish_payment(
        *(tx, events.BALANCE_FAILED, payment),
        attempt_id=None,
        reason=reason,
        now=now,
        retry_at=at.isoformat(),
        lapses_at=lapses_at.isoformat(),
    )


async def capture_share(tx: WriteTx, payment: Payment, now: datetime, *, amount: int | None = None) -> bool:
    """Take what is authorised, or less; False when no authorisation stands."""
    standing = authorisation_of(await queries.list_attempts(tx, payment.id))
    if standing is None:
        return False
    taken = payment.amount.amount if amount is None else amount
    await record_attempt(tx, payment, AttemptKind.CAPTURE, amount=taken, target=standing, now=now)
    return True


async def _capture_failed(tx: WriteTx, held: Held, reason: str, now: datetime) -> None:
    payment = held.payment
    to = payment_after(payment.status, Action.LAPSE)
    if to is None:
        return
    await store.move_payment(tx, payment, to, failure=reason, now=now)
    await publish_payment(tx, events.FAILED, payment, attempt_id=held.attempt.id, reason=reason, now=now)
    if payment.purpose is Purpose.SHARE:
        await undo_shares(tx, payment, now)
    else:
        await _attention(tx, payment, "capture_failed", reason, now)


async def _fail_share(tx: WriteTx, share: Payment, now: datetime) -> None:
    to = payment_after(share.status, Action.LAPSE) or payment_after(share.status, Action.DECLINE)
    if to is not None:
        await store.move_payment(tx, share, to, failure="another_method_failed", now=now)
        await publish_payment(tx, events.FAILED, share, attempt_id=None, reason="another_method_failed", now=now)


async def _remember(tx: WriteTx, held: Held, method: Method | None, customer: str | None, now: datetime) -> None:
    """Keep the method for the parts that are still to come, and for the payer when they want that."""
    attempt = held.attempt
    if attempt.kind is AttemptKind.CAPTURE:
        return
    used = method if method is not None and method.token else attempt.method
    if not used.token:
        return
    if any(each.status in _LATER for each in held.siblings) or held.payment.manual:
        await store.keep_method(tx, held.payment.booking_id, used, customer)
    if attempt.save:
        await store.save_method(tx, held.payment.payer_id, attempt.provider, used, customer, now=now)


async def _attention(tx: WriteTx, payment: Payment, kind: str, reason: str, now: datetime) -> None:
    await publish_payment(tx, events.ATTENTION, payment, attempt_id=None, reason=reason, now=now, kind=kind)


def _mark(held: Held, method: Method | None) -> str | None:
    """The hashed mark of the card: the answer's, or of what was authorised before the one kept with the payment."""
    known = (method, held.payment.method)
    return next((each.fingerprint for each in known if each is not None and each.fingerprint), None)


def _is_there(other: Payment) -> bool:
    """Whether another part is no obstacle: it is paid or held, not due yet, or not wanted. A share must be taken."""
    if other.due_at is not None or other.status is PaymentStatus.CANCELLED or not other.of_the_price:
        return True
    held = other.status is PaymentStatus.AUTHORISED and other.purpose is not Purpose.SHARE
    return held or other.status in _TAKEN


def _one_failed(held: Held) -> bool:
    return any(each.status is PaymentStatus.FAILED for each in _shares(held))


def _shares(held: Held) -> list[Payment]:
    """The other shares that are still wanted."""
    return [
        each for each in held.siblings if each.purpose is Purpose.SHARE and each.status is not PaymentStatus.CANCELLED
    ]
