"""The worker makes a recorded attempt: marked calling (commit), call outside any transaction, outcome (commit)."""

import asyncio
from uuid import UUID

from hospes.modules.payments import store
from hospes.modules.payments.contracts import Attempt, AttemptKind, Payment, PaymentStatus
from hospes.modules.payments.policies.retrying import CALL_LASTS, LEASE
from hospes.modules.payments.providers.port import (
    ChargeOrder,
    Declined,
    Outcome,
    PaymentProvider,
    ProviderDown,
    RefundOrder,
    Unknown,
)
from hospes.modules.payments.states import Action, attempt_after
from hospes.modules.payments.use_cases.settle_attempt import Unreached, settle_attempt
from hospes.platform.runtime import Runtime


async def run_attempt(rt: Runtime, attempt_id: UUID) -> None:
    """Call the provider for a recorded attempt; any other is left alone, so a repeated job is harmless."""
    begun = await begin_call(rt, attempt_id)
    if begun is None:
        return
    answer = await call_provider(rt, *begun)
    async with rt.db.write() as tx:
        await settle_attempt(tx, attempt_id, answer, rt.clock.now())


async def begin_call(rt: Runtime, attempt_id: UUID) -> tuple[Payment, Attempt] | None:
    """Mark the attempt as calling and commit; None when it is not ours to call."""
    now = rt.clock.now()
    async with rt.db.write() as tx:
        held = await store.lock_attempt(tx, attempt_id)
        if held is None:
            return None
        payment, attempt = held
        to = attempt_after(attempt.status, Action.CALL)
        if to is None:
            return None
        if attempt.kind is AttemptKind.CHARGE and payment.status is not PaymentStatus.PROCESSING:
            await settle_attempt(tx, attempt_id, Declined("cancelled"), now)
            return None
        await store.move_attempt(tx, attempt, to, tries=attempt.tries + 1, next_try_at=now + LEASE, now=now)
    return payment, attempt


async def call_provider(rt: Runtime, payment: Payment, attempt: Attempt) -> Outcome | Unreached:
    """The provider's answer, with the attempt's id as the key; no transaction is open meanwhile."""
    provider: PaymentProvider | None = rt.ports.payment_providers.get(payment.provider)
    if provider is None:
        return Unreached()
    try:
        async with asyncio.timeout(CALL_LASTS.total_seconds()):
            if attempt.kind is AttemptKind.REFUND:
                return await provider.refund(RefundOrder(attempt.id, attempt.target_ref or "", attempt.amount))
            return await provider.charge(_order(rt, payment, attempt))
    except ProviderDown:
        return Unreached()
    except TimeoutError:
        return Unknown("no answer in time")


def _order(rt: Runtime, payment: Payment, attempt: Attempt) -> ChargeOrder:
    return ChargeOrder(
        key=attempt.id,
        amount=attempt.amount,
        method=attempt.method,
        page=f"{rt.settings.public_url.rstrip('/')}/pay/{payment.booking_id}",
        metadata={"booking_id": str(payment.booking_id), "payment_id": str(payment.id)},
    )
