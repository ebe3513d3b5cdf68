"""The payer turns away from a vendor's page and wants to pay in another way."""

import asyncio
from contextlib import suppress

from hospes.modules.payments.contracts import Attempt
from hospes.modules.payments.policies.retrying import CALL_LASTS
from hospes.modules.payments.providers.port import (
    Declined,
    Outcome,
    PaymentProvider,
    ProviderDown,
    Succeeded,
    VoidOrder,
)
from hospes.modules.payments.use_cases.look_up_attempt import look_up_attempt
from hospes.modules.payments.use_cases.settle_attempt import settle_attempt
from hospes.platform.ids import new_id
from hospes.platform.runtime import Runtime

WITHDRAWN = "withdrawn"


async def withdraw_attempt(rt: Runtime, attempt: Attempt) -> None:
    """Let go of a charge that waits for its payer: at the vendor, where that is possible, and here.

    One that was paid meanwhile stays paid. Should a vendor that cannot let go be paid later after all, the money counts
    like any that comes late: for the booking, or back to the payer."""
    await look_up_attempt(rt, attempt.id)
    provider: PaymentProvider | None = rt.ports.payment_providers.get(attempt.provider)
    if provider is not None and attempt.provider_ref:
        released: Outcome | None = None
        with suppress(ProviderDown, TimeoutError):
            async with asyncio.timeout(CALL_LASTS.total_seconds()):
                released = await provider.void(VoidOrder(new_id(), attempt.provider_ref))
        if not isinstance(released, Succeeded):
            await look_up_attempt(rt, attempt.id)
    async with rt.db.write() as tx:
        await settle_attempt(tx, attempt.id, Declined(WITHDRAWN, attempt.provider_ref), rt.clock.now())
