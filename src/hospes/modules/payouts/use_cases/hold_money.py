"""Money is kept back, by an admin, for a dispute or after a refused transfer; and let go."""

from datetime import datetime
from uuid import UUID

from hospes.modules.payouts import events, store
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish


async def place_hold(
    tx: WriteTx,
    *,
    business_id: UUID,
    booking_id: UUID | None,
    kind: str,
    reason: str,
    user_id: UUID | None,
    now: datetime,
) -> UUID | None:
    """The hold's id; None when one of this kind is in place already. `booking_id` None: everything of the business."""
    hold_id = new_id()
    made = await store.insert_hold(
        tx,
        hold_id=hold_id,
        business_id=business_id,
        booking_id=booking_id,
        kind=kind,
        reason=reason,
        user_id=user_id,
        now=now,
    )
    if not made:
        return None
    data = {"business_id": str(business_id), "booking_id": str(booking_id) if booking_id else None, "reason": reason}
    await publish(tx, events.HOLD_PLACED, business_id, {**data, "kind": kind}, now=now)
    return hold_id


async def release_hold(tx: WriteTx, hold_id: UUID, *, user_id: UUID, now: datetime) -> bool:
    """Whether it was in place."""
    business_id = await store.release_hold(tx, hold_id, user_id=user_id, now=now)
    if business_id is None:
        return False
    data = {"business_id": str(business_id), "hold_id": str(hold_id)}
    await publish(tx, events.HOLD_RELEASED, business_id, data, now=now)
    return True
