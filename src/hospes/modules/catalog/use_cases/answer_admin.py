"""A business answers what an admin has asked."""

from datetime import datetime
from uuid import UUID

from hospes.modules.catalog import events, locking, store
from hospes.modules.catalog.contracts import Business
from hospes.modules.catalog.errors import DraftInvalid, WrongStatus
from hospes.modules.catalog.policies.drafts import text_fault
from hospes.modules.catalog.policies.permissions import Permission
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def answer_admin(tx: WriteTx, *, user_id: UUID, business_id: UUID, answer: str, now: datetime) -> Business:
    """Back into the queue with the answer; raises `WrongStatus` when nobody has asked."""
    if fault := text_fault(answer, 1, 2000):
        raise DraftInvalid(fields={"answer": fault})
    before = await locking.my_business(tx, user_id, business_id, Permission.BUSINESS)
    if before.asked_at is None:
        raise WrongStatus("Nobody waits for an answer.")
    after = await store.note_answer(tx, business_id, answer, now)
    await publish(tx, events.BUSINESS_ANSWERED, business_id, events.business_data(business_id), now=now)
    return after
