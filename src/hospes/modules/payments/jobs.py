"""Queued and scheduled work of payments."""

from uuid import UUID

from hospes.modules.payments.use_cases import (
    answer_dispute,
    look_up_attempt,
    note_disputes,
    reconcile,
    run_attempt,
    save_method,
    take_later_parts,
)
from hospes.modules.payments.use_cases.record_attempt import QUEUE, RUN_ATTEMPT
from hospes.platform.jobs import Periodic, Task
from hospes.platform.runtime import Runtime


async def run(ctx: Runtime, *, attempt_id: str) -> None:
    """Make a recorded attempt."""
    await run_attempt.run_attempt(ctx, UUID(attempt_id))


async def look_up(ctx: Runtime, *, attempt_id: str) -> None:
    """Find out what became of an attempt."""
    await look_up_attempt.look_up_attempt(ctx, UUID(attempt_id))


async def send_answer(ctx: Runtime, *, dispute_id: str) -> None:
    """Give what is said against a dispute to its provider."""
    await answer_dispute.send_answer(ctx, UUID(dispute_id))


TASKS = (
    Task(answer_dispute.SEND_ANSWER, QUEUE, send_answer),
    Task(RUN_ATTEMPT, QUEUE, run),
    Task(reconcile.LOOK_UP_ATTEMPT, QUEUE, look_up),
)
PERIODIC = (
    Periodic("payments.reconcile", 2, reconcile.reconcile),
    Periodic("payments.take_later_parts", 60, take_later_parts.take_later_parts),
    Periodic("payments.finish_savings", 30, save_method.finish_savings),
    Periodic("payments.send_answers", 60, answer_dispute.send_answers),
    Periodic("payments.note_disputes", 60, note_disputes.note_disputes),
)
