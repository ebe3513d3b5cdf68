"""Ask a provider what became of an attempt: after a lost answer, a killed worker, a webhook or a bank's question."""

import asyncio
from uuid import UUID

from hospes.modules.payments import queries
from hospes.modules.payments.contracts import AttemptStatus
from hospes.modules.payments.policies.retrying import CALL_LASTS
from hospes.modules.payments.providers.port import PaymentProvider, ProviderDown, Unknown
from hospes.modules.payments.use_cases.hide_fingerprint import hide_fingerprint
from hospes.modules.payments.use_cases.settle_attempt import Answer, NeverArrived, settle_attempt
from hospes.platform.runtime import Runtime


async def look_up_attempt(rt: Runtime, attempt_id: UUID) -> None:
    """Settle the attempt by what the provider says now. Safe at any time and any number of times."""
    async with rt.db.read() as tx:
        attempt = await queries.find_attempt(tx, attempt_id)
    if attempt is None or attempt.status in (AttemptStatus.SUCCEEDED, AttemptStatus.RECORDED):
        return
    provider: PaymentProvider | None = rt.ports.payment_providers.get(attempt.provider)
    answer: Answer
    try:
        async with asyncio.timeout(CALL_LASTS.total_seconds()):
            found = (
                await provider.look_up(
                    attempt.id, attempt.kind.value, ref=attempt.provider_ref, target=attempt.target_ref
                )
                if provider
                else Unknown("no such provider")
            )
        answer = found if found is not None else NeverArrived()
    except (ProviderDown, TimeoutError) as fault:
        answer = Unknown(str(fault) or "no answer in time")
    async with rt.db.write() as tx:
        await settle_attempt(tx, attempt_id, hide_fingerprint(rt, attempt.provider, answer), rt.clock.now())
