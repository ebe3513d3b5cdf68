"""A provider's webhook: signature checked, kept once, processed by a job."""

from collections.abc import Mapping
from datetime import timedelta

from hospes.modules.payments import queries, store
from hospes.modules.payments.errors import UnknownProvider, WrongSignature
from hospes.modules.payments.providers.port import PaymentProvider, SignatureRefused
from hospes.modules.payments.use_cases.look_up_attempt import look_up_attempt
from hospes.modules.payments.use_cases.note_dispute import dispute_json, note_dispute
from hospes.modules.payments.use_cases.record_attempt import QUEUE
from hospes.platform import jobs
from hospes.platform.runtime import Runtime

PROCESS_EVENT = "payments.process_event"
JOB_LOST = timedelta(minutes=1)


async def receive_event(rt: Runtime, provider_name: str, headers: Mapping[str, str], raw: bytes) -> bool:
    """Whether the message is new. Raises `WrongSignature` for one that is forged, malformed or stale."""
    provider: PaymentProvider | None = rt.ports.payment_providers.get(provider_name)
    if provider is None:
        raise UnknownProvider
    now = rt.clock.now()
    try:
        event = await provider.parse_webhook(headers, raw, now=now)
    except SignatureRefused as refusal:
        raise WrongSignature(str(refusal)) from refusal
    async with rt.db.write() as tx:
        new = await store.insert_provider_event(
            tx,
            provider=provider_name,
            event_id=event.id,
            attempt_id=event.key,
            payload=event.payload,
            dispute=dispute_json(event.dispute) if event.dispute else None,
            now=now,
        )
        if new:
            await jobs.defer(tx, PROCESS_EVENT, queue=QUEUE, provider=provider_name, event_id=event.id)
    return new


async def process_event(rt: Runtime, provider: str, event_id: str) -> None:
    """Look up what the message is about; messages that are late, repeated or out of order therefore do no harm."""
    async with rt.db.read() as tx:
        attempt_id, dispute = await queries.find_event(tx, provider, event_id)
    if attempt_id is not None:
        await look_up_attempt(rt, attempt_id)
    async with rt.db.write() as tx:
        if dispute is not None:
            await note_dispute(tx, provider, dispute, now=rt.clock.now())
        await store.mark_processed(tx, provider=provider, event_id=event_id, now=rt.clock.now())


async def process_waiting_events(rt: Runtime) -> None:
    """Process what a lost job has left."""
    async with rt.db.read() as tx:
        waiting = await queries.list_waiting_events(tx, rt.clock.now() - JOB_LOST)
    for provider, event_id in waiting:
        await process_event(rt, provider, event_id)
