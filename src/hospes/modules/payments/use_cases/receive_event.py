"""A provider's webhook: signature checked, kept once, processed as soon as it is answered."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from hospes.modules.payments import events, queries, store
from hospes.modules.payments.errors import UnknownProvider, WrongSignature
from hospes.modules.payments.providers.port import PaymentProvider, ProviderDown, SignatureRefused
from hospes.modules.payments.use_cases.look_up_attempt import look_up_attempt
from hospes.modules.payments.use_cases.note_dispute import dispute_json, note_dispute
from hospes.modules.payments.use_cases.save_method import ask_provider
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish
from hospes.platform.runtime import Runtime

LEFT_BEHIND = timedelta(seconds=15)


async def receive_event(rt: Runtime, provider_name: str, headers: Mapping[str, str], raw: bytes) -> str | None:
    """The id of a message that is new: call `process_event` with it after answering; None for a repeated one.

    Who dies in between loses nothing: what is not processed after a quarter of a minute is found by the reconciler.
    Raises `WrongSignature` for a message that is forged, malformed or stale.
    """
    provider: PaymentProvider | None = rt.ports.payment_providers.get(provider_name)
    if provider is None:
        raise UnknownProvider
    now = rt.clock.now()
    try:
        event = await provider.parse_webhook(headers, raw, now=now)
    except SignatureRefused as refusal:
        raise WrongSignature(str(refusal)) from refusal
    except ProviderDown as fault:  # it could not say whether the message is its own, and sends it again
        raise UnknownProvider("The provider cannot be reached. Please send this again.") from fault
    async with rt.db.write() as tx:
        new = await store.insert_provider_event(
            tx,
            provider=provider_name,
            event_id=event.id,
            attempt_id=event.key,
            payload=event.payload,
            dispute=dispute_json(event.dispute) if event.dispute else None,
            account_ref=event.account_ref,
            now=now,
        )
    return event.id if new else None


async def process_event(rt: Runtime, provider: str, event_id: str) -> None:
    """Look up what the message is about; messages that are late, repeated or out of order therefore do no harm."""
    async with rt.db.read() as tx:
        attempt_id, dispute, account_ref = await queries.find_event(tx, provider, event_id)
    if attempt_id is not None and not await look_up_attempt(rt, attempt_id):
        await ask_provider(rt, attempt_id)  # the key of a method that is to be kept
    async with rt.db.write() as tx:
        if dispute is not None:
            await note_dispute(tx, provider, dispute, now=rt.clock.now())
        fresh = await store.mark_processed(tx, provider=provider, event_id=event_id, now=rt.clock.now())
        if account_ref is not None and fresh:
            await _tell_of_account(tx, provider, account_ref, rt.clock.now())


async def _tell_of_account(tx: WriteTx, provider: str, account_ref: str, now: datetime) -> None:
    data = {"provider": provider, "account_ref": account_ref}
    await publish(tx, events.ACCOUNT_CHANGED, uuid5(NAMESPACE_URL, f"{provider}:{account_ref}"), data, now=now)


async def process_waiting_events(rt: Runtime) -> None:
    """Process what a process that died has left."""
    async with rt.db.read() as tx:
        waiting = await queries.list_waiting_events(tx, rt.clock.now() - LEFT_BEHIND)
    for provider, event_id in waiting:
        await process_event(rt, provider, event_id)
