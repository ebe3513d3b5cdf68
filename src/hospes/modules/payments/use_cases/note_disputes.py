"""Providers that send no messages about disputes are asked."""

import asyncio
from datetime import timedelta

import structlog

from hospes.modules.payments.policies.retrying import CALL_LASTS
from hospes.modules.payments.providers.port import ProviderDown
from hospes.modules.payments.use_cases.note_dispute import dispute_json, note_dispute
from hospes.platform.runtime import Runtime

log = structlog.get_logger(__name__)
BACK = timedelta(days=8)


async def note_disputes(rt: Runtime) -> None:
    """Write down what has changed; what is known changes nothing."""
    now = rt.clock.now()
    for name, provider in rt.ports.payment_providers.items():
        if not hasattr(provider, "list_disputes"):
            continue
        try:
            async with asyncio.timeout(CALL_LASTS.total_seconds()):
                found = await provider.list_disputes(now - BACK)
        except (ProviderDown, TimeoutError) as fault:
            log.warning("disputes_unknown", provider=name, why=str(fault))
            continue
        for news in found:
            async with rt.db.write() as tx:
                await note_dispute(tx, name, dispute_json(news), now=now)
