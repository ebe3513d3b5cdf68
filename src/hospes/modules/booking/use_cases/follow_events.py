"""Facts about a booking or a hold as server-sent events (`platform/streaming.py`)."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from hospes.modules.booking import events, queries
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from hospes.platform.streaming import HEARTBEAT_SECONDS, Wire, follow

_HIDDEN = frozenset({"guest_id", "business_id", "property_id", "actor", "note"})


@dataclass(frozen=True, slots=True)
class Stream:
    """Which facts are shown, how the thing is called in their data, and which of them end the stream."""

    shown: tuple[str, ...]
    ends: frozenset[str]

    @property
    def wire(self) -> Wire:
        """The same for who sends it."""
        return Wire(self.shown, frame, lambda event: event.type in self.ends)


BOOKING = Stream(
    (
        events.BOOKING_CREATED,
        events.BOOKING_ACCEPTED,
        events.BOOKING_DECLINED,
        events.BOOKING_CONFIRMED,
        events.BOOKING_EXPIRED,
        events.BOOKING_CANCELLED,
        events.BOOKING_STARTED,
        events.BOOKING_COMPLETED,
        events.BOOKING_NO_SHOW,
        events.BOOKING_CHANGED,
        events.CHANGE_REQUESTED,
        events.CHANGE_ENDED,
    ),
    frozenset(
        {
            events.BOOKING_DECLINED,
            events.BOOKING_EXPIRED,
            events.BOOKING_CANCELLED,
            events.BOOKING_COMPLETED,
            events.BOOKING_NO_SHOW,
        }
    ),
)
HOLD = Stream(
    (
        events.HOLD_CREATED,
        events.HOLD_RENEWED,
        events.HOLD_EXPIRING,
        events.HOLD_RELEASED,
        events.HOLD_EXPIRED,
        events.HOLD_USED,
    ),
    frozenset({events.HOLD_RELEASED, events.HOLD_EXPIRED, events.HOLD_USED}),
)


async def has_ended(rt: Runtime, stream: Stream, aggregate_id: UUID, last_id: int) -> bool:
    """Whether the reader has seen all there is, and the last of it was an end."""
    async with rt.db.read() as tx:
        known = await queries.list_events(tx, aggregate_id, stream.shown, 0)
    return stream.wire.over(known, last_id)


def follow_events(
    rt: Runtime, stream: Stream, aggregate_id: UUID, last_id: int, *, heartbeat: float = HEARTBEAT_SECONDS
) -> AsyncIterator[bytes]:
    """Facts after `last_id`, without gap or repeat; closes after an end that nothing has followed."""

    async def past() -> Sequence[Event]:
        async with rt.db.read() as tx:
            return await queries.list_events(tx, aggregate_id, stream.shown, last_id)

    return follow(rt.ports.tail, stream.wire, aggregate_id, last_id, past, heartbeat=heartbeat)


def frame(event: Event) -> bytes:
    """One event on the wire."""
    data: dict[str, Any] = {key: value for key, value in event.data.items() if key not in _HIDDEN}
    body = orjson.dumps({**data, "at": event.occurred_at})
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.sequence, event.type.encode(), body)
