"""Facts written in the same commit as what they tell of; relayed later by the worker (platform/relay.py)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id


@dataclass(frozen=True, slots=True)
class Event:
    """A committed fact. `type` is past tense ("booking.confirmed"); `data` is JSON; `id` is unique for ever."""

    id: UUID
    type: str
    aggregate_id: UUID
    data: dict[str, Any]
    occurred_at: datetime
    sequence: int = 0


async def publish(tx: WriteTx, type: str, aggregate_id: UUID, data: dict[str, Any], *, now: datetime) -> None:
    """Write one fact; call it after the aggregate's row has been changed or locked, so that order is kept."""
    await tx.run_later(
        "INSERT INTO platform.outbox (event_id, type, aggregate_id, data, occurred_at)"
        " VALUES (%(id)s, %(type)s, %(aggregate)s, %(data)s, %(now)s)",
        {"id": new_id(), "type": type, "aggregate": aggregate_id, "data": Jsonb(data), "now": now},
    )
