"""A payer does not want a method kept any more."""

import asyncio
from uuid import UUID

import structlog

from hospes.modules.payments import queries, store
from hospes.modules.payments.errors import MethodNotFound
from hospes.modules.payments.policies.retrying import CALL_LASTS
from hospes.modules.payments.providers.port import PaymentProvider, ProviderDown
from hospes.platform.runtime import Runtime

log = structlog.get_logger(__name__)


async def forget_method(rt: Runtime, method_id: UUID, *, user_id: UUID) -> None:
    """It is forgotten here, and at its provider if that can be reached and nothing is to be taken with it. Raises
    `MethodNotFound`. Open no transaction around it."""
    async with rt.db.write() as tx:
        kept = next((each for each in await queries.list_methods(tx, user_id) if each.id == method_id), None)
        if kept is None or not await store.delete_method(tx, user_id, method_id, now=rt.clock.now()):
            raise MethodNotFound
        needed = await queries.is_method_needed(tx, user_id, kept.method.token)
    provider: PaymentProvider | None = rt.ports.payment_providers.get(kept.provider)
    if provider is None or needed:
        return
    try:
        async with asyncio.timeout(CALL_LASTS.total_seconds()):
            await provider.forget_method(kept.method.token)
    except (ProviderDown, TimeoutError) as fault:
        log.warning("method_not_forgotten", provider=kept.provider, why=str(fault))
