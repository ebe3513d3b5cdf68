"""Begin to forget a person."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from hospes.modules.identity import events
from hospes.modules.identity.errors import DeletionNotYet
from hospes.modules.identity.policies.agreements import GRACE
from hospes.modules.identity.store import privacy
from hospes.platform import audit
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish
from hospes.platform.privacy import Obstacle

Parts = Sequence[tuple[str, Any]]


async def ask_deletion(tx: WriteTx, parts: Parts, *, user_id: UUID, now: datetime) -> datetime:
    """When it will be done, unless they sign in before. Asking again changes nothing.

    Raises `DeletionNotYet` with all that is in the way.
    """
    found = await obstacles(tx, parts, user_id=user_id)
    if found:
        raise DeletionNotYet(
            "Something still needs your account: " + " ".join(each.said for each in found),
            in_the_way=[asdict(each) for each in found],
        )
    due_at = now + GRACE
    if not await privacy.insert_deletion(tx, new_id(), user_id, now=now, due_at=due_at):
        known = await privacy.find_deletion(tx, user_id)
        return known.due_at if known else due_at
    await audit.note(tx, actor=user_id, action="account.deletion_asked", subject=user_id, now=now)
    data = {"user_id": str(user_id), "due_at": due_at.isoformat()}
    await publish(tx, events.DELETION_ASKED, user_id, data, now=now)
    return due_at


async def obstacles(tx: ReadTx, parts: Parts, *, user_id: UUID) -> list[Obstacle]:
    """What every module says must end first."""
    return [each for _, part in parts for each in await part.obstacles(tx, user_id)]
