"""When a damage deposit is let go."""

from datetime import datetime
from uuid import UUID

from hospes.modules.payments import store
from hospes.modules.payments.contracts import Purpose
from hospes.modules.payments.policies.retrying import RELEASE_AFTER
from hospes.modules.payments.use_cases.capture_payment import release_damages
from hospes.platform.db import WriteTx


async def schedule_release(tx: WriteTx, booking_id: UUID, *, at_once: bool, now: datetime) -> None:
    """The host's time to claim damages begins, or there is none."""
    for part in await store.lock_parts(tx, booking_id):
        if part.purpose is not Purpose.DAMAGE_DEPOSIT:
            continue
        if at_once:
            await release_damages(tx, part, now)
        elif part.release_at is None:
            await store.set_release(tx, part.id, now + RELEASE_AFTER, now=now)
