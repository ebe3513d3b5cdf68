"""Ask a provider what became of an attempt: after a lost answer, a killed worker, a webhook or a bank's question."""

import asyncio
from uuid import UUID

from hospes.modules.payments import queries
from hospes.modules.payments.contracts import AT_PROPERTY, Attempt, AttemptStatus
from hospes.modules.payments.policies.retrying import CALL_LASTS
from hospes.modules.payments.providers.port import Outcome, PaymentProvider, ProviderDown, Succeeded, Unknown
from hospes.modules.payments.use_cases.hide_fingerprint import hide_fingerprint
from hospes.modules.payments.use_cases.settle_attempt import Answer, NeverArrived, settle_attempt
from hospes.platform.runtime import Runtime


async def look_up_attempt(rt: Runtime, attempt_id: UUID) -> bool:
    """Settle the attempt by what the provider says now; whether there is one. Safe at any time and any number of
    times."""
    async with rt.db.read() as tx:
        attempt = await queries.find_attempt(tx, attempt_id)
    if attempt is None:
        return False
    if attempt.status in (AttemptStatus.SUCCEEDED, AttemptStatus.RECORDED):
        return True
    answer = await _answer(rt, attempt)
    async with rt.db.write() as tx:
        await settle_attempt(tx, attempt_id, hide_fingerprint(rt, attempt.provider, answer), rt.clock.now())
    return True


async def _answer(rt: Runtime, attempt: Attempt) -> Answer:
    if attempt.provider == AT_PROPERTY:
        return at_the_desk(attempt)
    provider: PaymentProvider | None = rt.ports.payment_providers.get(attempt.provider)
    if provider is None:
        return Unknown("no such provider")
    try:
        async with asyncio.timeout(CALL_LASTS.total_seconds()):
            found = await provider.look_up(
                attempt.id, attempt.kind.value, ref=attempt.provider_ref, target=attempt.target_ref
            )
    except (ProviderDown, TimeoutError) as fault:
        return Unknown(str(fault) or "no answer in time")
    return found if found is not None else NeverArrived()


def at_the_desk(attempt: Attempt) -> Outcome:
    """Cash changes hands at the desk: whoever says so is believed."""
    return Succeeded(f"desk_{attempt.id}", attempt.amount)
