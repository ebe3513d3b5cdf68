"""Forget a person whose time has come: every module takes part, in one commit."""

from datetime import datetime
from uuid import UUID

from hospes.modules.identity import events
from hospes.modules.identity.policies.agreements import PUT_OFF
from hospes.modules.identity.store import privacy
from hospes.modules.identity.use_cases.ask_deletion import Parts, obstacles
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.jobs import defer
from hospes.platform.outbox import publish

CLEAR_AWAY = "identity.clear_away"


async def forget_person(tx: WriteTx, parts: Parts, *, deletion_id: UUID, now: datetime) -> bool:
    """Whether they are forgotten; if something came in between, it is put off by a day and they are told once.

    A job clears away what lies outside the database once this is committed.
    """
    asked = await privacy.find_due_deletion_for_change(tx, deletion_id, now)
    if asked is None:
        return False
    found = await obstacles(tx, parts, user_id=asked.user_id)
    if found:
        kinds = tuple(sorted({each.kind for each in found}))
        due_at = now + PUT_OFF
        await privacy.put_off(tx, deletion_id, due_at=due_at, in_the_way=kinds)
        if kinds != asked.in_the_way:
            data = {"user_id": str(asked.user_id), "in_the_way": list(kinds), "due_at": due_at.isoformat()}
            await publish(tx, events.DELETION_PUT_OFF, asked.user_id, data, now=now)
        return False
    files: list[str] = []
    for _, part in parts:
        files += await part.erase(tx, asked.user_id, now)
    await privacy.note_done(tx, deletion_id, now)
    await audit.note(tx, actor=None, action="account.forgotten", subject=asked.user_id, now=now)
    await publish(tx, events.FORGOTTEN, asked.user_id, {"user_id": str(asked.user_id)}, now=now)
    await defer(tx, CLEAR_AWAY, user_id=str(asked.user_id), files=files)
    return True
