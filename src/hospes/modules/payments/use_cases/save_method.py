"""A method is kept without paying: recorded, asked of its provider outside any transaction, kept once it says so."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from hospes.modules.identity import facade as identity
from hospes.modules.payments import events, queries, store
from hospes.modules.payments.contracts import Method, Saving, SavingStatus
from hospes.modules.payments.errors import InvalidMethod, SavingNotFound, TooManyMethods, WayNotOffered
from hospes.modules.payments.policies.retrying import ACTION_LASTS, CALL_LASTS
from hospes.modules.payments.providers.port import (
    Declined,
    NeedsAction,
    PaymentProvider,
    ProviderDown,
    Saved,
    SaveOrder,
    SaveOutcome,
    Unknown,
)
from hospes.modules.payments.use_cases.hide_fingerprint import hide_fingerprint
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish
from hospes.platform.runtime import Runtime

log = structlog.get_logger(__name__)
MOST, MOST_A_DAY = 20, 10  # kept, and asked for: who tries many cards tries other people's
LOOK_AGAIN = timedelta(minutes=1)


async def save_method(
    tx: WriteTx, rt: Runtime, *, user_id: UUID, provider: str, method: Method, first: bool = False, now: datetime
) -> Saving:
    """Record that it is to be kept; then call `ask_provider` outside the transaction. An empty method is chosen at the
    provider. Raises `WayNotOffered`, `InvalidMethod`, `TooManyMethods`."""
    port: PaymentProvider | None = rt.ports.payment_providers.get(provider)
    if port is None:
        raise WayNotOffered("This way to pay is not set up here. Please choose another.")
    if not port.can.saves_unpaid:
        said = f"{provider.title()} keeps a card only when you pay with it. Tick “Keep this card” at your next payment."
        raise WayNotOffered(said)
    if not method.token and hasattr(port, "tokenise"):
        raise InvalidMethod("Please give a card.")
    kept = len(await queries.list_methods(tx, user_id))
    if kept >= MOST or await queries.count_savings(tx, user_id, now - timedelta(days=1)) >= MOST_A_DAY:
        raise TooManyMethods(
            "You keep many cards already, or have added many today. Forget one, or come back tomorrow."
        )
    saving_id = await store.insert_saving(tx, user_id=user_id, provider=provider, method=method, first=first, now=now)
    saving = await queries.find_saving(tx, saving_id)
    assert saving is not None
    return saving


async def ask_provider(rt: Runtime, saving_id: UUID) -> Saving | None:
    """The saving as it stands once its provider was asked, or asked what became of it; None when there is none. Safe at
    any time and any number of times."""
    async with rt.db.read() as tx:
        saving = await queries.find_saving(tx, saving_id)
    if saving is None or not saving.is_open:
        return saving
    answer = hide_fingerprint(rt, saving.provider, await _answer(rt, saving))
    async with rt.db.write() as tx:
        await _settle(tx, saving, answer, rt.clock.now())
        return await queries.find_saving(tx, saving_id)


async def find_own_saving(rt: Runtime, saving_id: UUID, *, user_id: UUID, look: bool = True) -> Saving:
    """Somebody's own, by what its provider says now; raises `SavingNotFound`."""
    async with rt.db.read() as tx:
        saving = await queries.find_saving(tx, saving_id)
    if saving is None or saving.user_id != user_id:
        raise SavingNotFound
    return (await ask_provider(rt, saving_id) or saving) if look else saving


async def finish_savings(rt: Runtime) -> None:
    """What a lost answer, a killed process or a payer who does not come back has left."""
    async with rt.db.read() as tx:
        waiting = await queries.list_open_savings(tx, rt.clock.now() - LOOK_AGAIN, 50)
    for saving_id in waiting:
        await ask_provider(rt, saving_id)


async def _answer(rt: Runtime, saving: Saving) -> SaveOutcome:
    provider: PaymentProvider | None = rt.ports.payment_providers.get(saving.provider)
    if provider is None:
        return Declined("not_supported")
    try:
        async with asyncio.timeout(CALL_LASTS.total_seconds()):
            if saving.ref is not None:
                return await provider.look_up_saved(saving.ref)
            return await provider.save_method(await _order(rt, saving))
    except (ProviderDown, TimeoutError) as fault:
        return Unknown(str(fault) or "no answer in time")


async def _order(rt: Runtime, saving: Saving) -> SaveOrder:
    async with rt.db.read() as tx:
        payer = (await identity.users_by_id(tx, [saving.user_id])).get(saving.user_id)
        customer = await queries.find_customer(tx, saving.user_id, saving.provider)
    page = f"{rt.settings.public_url.rstrip('/')}/account/payment-methods/adding/{saving.id}"
    return SaveOrder(saving.id, page, saving.method, customer=customer, email=payer.email if payer else "")


async def _settle(tx: WriteTx, saving: Saving, answer: SaveOutcome, now: datetime) -> None:
    match answer:
        case Saved():
            await _keep(tx, saving, answer, now)
        case Declined():
            reason = answer.reason
            await store.move_saving(tx, saving, SavingStatus.DECLINED, ref=answer.ref, reason=reason, now=now)
        case _ if now > saving.created_at + ACTION_LASTS:
            await store.move_saving(tx, saving, SavingStatus.DECLINED, reason="action_abandoned", now=now)
        case NeedsAction():
            action = answer.action or saving.action
            to = SavingStatus.NEEDS_ACTION if action else saving.status
            await store.move_saving(tx, saving, to, ref=answer.ref, action=action, now=now)
        case Unknown():
            log.warning("saving_answer_unknown", saving_id=str(saving.id), why=answer.why)
            await store.move_saving(tx, saving, saving.status, action=saving.action, now=now)


async def _keep(tx: WriteTx, saving: Saving, answer: Saved, now: datetime) -> None:
    shown = answer.method
    method_id = await store.save_method(tx, saving.user_id, saving.provider, shown, answer.customer, now=now)
    kept = SavingStatus.KEPT
    if not await store.move_saving(tx, saving, kept, ref=answer.ref, method_id=method_id, now=now):
        return
    if saving.first or len(await queries.list_methods(tx, saving.user_id)) == 1:
        await store.offer_first(tx, saving.user_id, method_id)
    data = {"payer_id": str(saving.user_id), "provider": saving.provider, "fingerprint": shown.fingerprint or None}
    await publish(tx, events.METHOD_KEPT, saving.user_id, data, now=now)
