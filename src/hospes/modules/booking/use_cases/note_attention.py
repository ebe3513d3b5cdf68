"""Something went wrong with a booking's money: a person is told, once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from hospes.modules.booking import events, queries, store
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def note_attention(
    tx: WriteTx, *, paid_for: UUID, event_id: UUID, kind: str, data: dict[str, Any], now: datetime
) -> UUID | None:
    """The id of the new matter; None when it is known already, or is about no booking. `paid_for`: a booking's or a
    change's id."""
    change = await queries.find_change(tx, paid_for)
    booking = await queries.find_booking(tx, change.booking_id if change else paid_for)
    if booking is None:
        return None
    made = await store.insert_attention(tx, booking.id, event_id, kind, data, now=now)
    if made is not None:
        said = events.booking_data(booking, booking.status, attention_id=str(made), kind=kind)
        await publish(tx, events.ATTENTION_NEEDED, booking.id, said, now=now)
    return made
