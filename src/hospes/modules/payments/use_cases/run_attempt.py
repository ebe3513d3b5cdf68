"""The worker makes a recorded attempt: marked calling (commit), call outside any transaction, outcome (commit)."""

import asyncio
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hospes.modules.identity import facade as identity
from hospes.modules.payments import queries, store
from hospes.modules.payments.contracts import AT_PROPERTY, Attempt, AttemptKind, Held, Payment, PaymentStatus
from hospes.modules.payments.policies.circuit import PROBE_LASTS, after_failure, may_call
from hospes.modules.payments.policies.retrying import CALL_LASTS, LEASE
from hospes.modules.payments.providers.port import (
    CaptureOrder,
    ChargeOrder,
    Declined,
    Outcome,
    PaymentProvider,
    ProviderDown,
    RefundOrder,
    RenewOrder,
    Unknown,
    VoidOrder,
)
from hospes.modules.payments.states import Action, attempt_after, payment_after
from hospes.modules.payments.use_cases.hide_fingerprint import hide_fingerprint
from hospes.modules.payments.use_cases.look_up_attempt import at_the_desk
from hospes.modules.payments.use_cases.settle_attempt import Unreached, settle_attempt
from hospes.platform.db import WriteTx
from hospes.platform.runtime import Runtime

NO_ANSWER = "no answer in time"


async def run_attempt(rt: Runtime, attempt_id: UUID) -> None:
    """Call the provider for a recorded attempt; any other is left alone, so a repeated job is harmless."""
    begun = await begin_call(rt, attempt_id)
    if begun is None:
        return
    payment, attempt = begun
    answer = await call_provider(rt, payment, attempt)
    async with rt.db.write() as tx:
        await _note_health(tx, attempt.provider, answer, rt.clock.now())
        await settle_attempt(tx, attempt_id, hide_fingerprint(rt, attempt.provider, answer), rt.clock.now())


async def begin_call(rt: Runtime, attempt_id: UUID) -> tuple[Payment, Attempt] | None:
    """Mark the attempt as calling and commit; None when it is not ours to call, or the provider is left alone."""
    now = rt.clock.now()
    async with rt.db.write() as tx:
        held = await store.lock_attempt(tx, attempt_id)
        if held is None:
            return None
        attempt = held.attempt
        to = attempt_after(attempt.status, Action.CALL)
        if to is None:
            return None
        if not _wanted(held):
            await settle_attempt(tx, attempt_id, Declined("cancelled"), now)
            return None
        alone_until = await _left_alone(tx, attempt.provider, now)
        if alone_until is not None:
            await settle_attempt(tx, attempt_id, Unreached(alone_until), now)
            return None
        await store.move_attempt(tx, attempt, to, tries=attempt.tries + 1, next_try_at=now + LEASE, now=now)
    return _with_keeping(held), attempt


async def call_provider(rt: Runtime, payment: Payment, attempt: Attempt) -> Outcome | Unreached:
    """The provider's answer, with the attempt's id as the key; no transaction is open meanwhile."""
    if attempt.provider == AT_PROPERTY:
        return at_the_desk(attempt)
    provider: PaymentProvider | None = rt.ports.payment_providers.get(attempt.provider)
    if provider is None:
        return Unreached()
    target = attempt.target_ref or ""
    try:
        async with asyncio.timeout(CALL_LASTS.total_seconds()):
            match attempt.kind:
                case AttemptKind.REFUND:
                    return await provider.refund(RefundOrder(attempt.id, target, attempt.amount))
                case AttemptKind.CAPTURE:
                    return await provider.capture(CaptureOrder(attempt.id, target, attempt.amount))
                case AttemptKind.VOID:
                    return await provider.void(VoidOrder(attempt.id, target))
                case AttemptKind.AUTHORISE if attempt.target_ref:
                    return await provider.renew(RenewOrder(attempt.id, target, attempt.amount))
                case _:
                    return await provider.charge(await _order(rt, payment, attempt))
    except ProviderDown:
        return Unreached()
    except TimeoutError:
        return Unknown(NO_ANSWER)


def _wanted(held: Held) -> bool:
    """A charge belongs to a payment under way, a new authorisation to one that stands."""
    if not held.attempt.takes:
        return True
    standing = held.attempt.kind is AttemptKind.AUTHORISE and held.payment.status is PaymentStatus.AUTHORISED
    return standing or payment_after(held.payment.status, Action.ASK) is not None


def _with_keeping(held: Held) -> Payment:
    """The vendor is asked to keep the method when something is to be taken later without the payer."""
    later = held.payment.manual or any(each.status is PaymentStatus.SCHEDULED for each in held.siblings)
    return replace(held.payment, keeps_method=later)


async def _left_alone(tx: WriteTx, provider: str, now: datetime) -> datetime | None:
    """Until when the provider is not called; of those who might call it again one is let through to find out."""
    circuit = await queries.get_circuit(tx, provider)
    if may_call(circuit, now) and await store.take_probe(tx, circuit, now=now):
        return None
    return max(circuit.retry_at or now, now + PROBE_LASTS)


async def _note_health(tx: WriteTx, provider: str, answer: Outcome | Unreached, now: datetime) -> None:
    """Failures in a row open the circuit; an answer closes it."""
    if isinstance(answer, Unreached) or answer == Unknown(NO_ANSWER):
        circuit = await queries.get_circuit(tx, provider)
        await store.note_circuit(tx, after_failure(circuit, now), now=now)
    else:
        await store.close_circuit(tx, provider)


async def _order(rt: Runtime, payment: Payment, attempt: Attempt) -> ChargeOrder:
    """What is ordered; some vendors take no payment without an address to send their receipt to."""
    async with rt.db.read() as tx:
        payer = (await identity.users_by_id(tx, [payment.payer_id])).get(payment.payer_id)
    return ChargeOrder(
        key=attempt.id,
        amount=attempt.amount,
        method=attempt.method,
        page=f"{rt.settings.public_url.rstrip('/')}/pay/{payment.booking_id}",
        metadata={"booking_id": str(payment.booking_id), "payment_id": str(payment.id)},
        capture=attempt.kind is AttemptKind.CHARGE,
        customer=payment.customer,
        off_session=attempt.off_session,
        save=attempt.save or payment.keeps_method,
        email=payer.email if payer else "",
    )
