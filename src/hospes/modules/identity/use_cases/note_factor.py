"""What is written when a person's second steps change: the audit entry and the event."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from hospes.modules.identity import events
from hospes.modules.identity.policies.second_steps import Way
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def note_added(
    tx: WriteTx, user_id: UUID, kind: Way, *, now: datetime, name: str = "", by: Mapping[str, str] | None = None
) -> None:
    """Somebody has one more; `by` may say the keyed hash of the address it came from (`origin`)."""
    await audit.note(
        tx,
        actor=user_id,
        action="second_factor.added",
        subject=user_id,
        now=now,
        data={"kind": str(kind)},
        origin=(by or {}).get("origin", ""),
    )
    data = {"user_id": str(user_id), "kind": str(kind), "name": name}
    await publish(tx, events.SECOND_FACTOR_ADDED, user_id, data, now=now)


async def note_removed(
    tx: WriteTx,
    user_id: UUID,
    kind: Way,
    *,
    left: int,
    now: datetime,
    name: str = "",
    by: Mapping[str, str] | None = None,
) -> None:
    """Somebody has one less; `left` are left."""
    await audit.note(
        tx,
        actor=user_id,
        action="second_factor.removed",
        subject=user_id,
        now=now,
        data={"kind": str(kind), "left": left},
        origin=(by or {}).get("origin", ""),
    )
    data = {"user_id": str(user_id), "kind": str(kind), "name": name, "left": left}
    await publish(tx, events.SECOND_FACTOR_REMOVED, user_id, data, now=now)
