"""Finds attempts that a lost answer, a killed worker or a lost job has left, and has them finished."""

from hospes.modules.payments import store
from hospes.modules.payments.policies.retrying import LEASE
from hospes.modules.payments.use_cases.receive_event import process_waiting_events
from hospes.modules.payments.use_cases.record_attempt import QUEUE, RUN_ATTEMPT
from hospes.platform import jobs
from hospes.platform.runtime import Runtime

LOOK_UP_ATTEMPT = "payments.look_up_attempt"


async def reconcile(rt: Runtime) -> None:
    """Enqueue every open attempt whose time has come: a recorded one to be called, any other to be looked up."""
    now = rt.clock.now()
    async with rt.db.write() as tx:
        for attempt_id, status in await store.take_due(tx, put_off_until=now + LEASE, limit=100, now=now):
            task = RUN_ATTEMPT if status == "recorded" else LOOK_UP_ATTEMPT
            await jobs.defer(tx, task, queue=QUEUE, attempt_id=str(attempt_id))
    await process_waiting_events(rt)
