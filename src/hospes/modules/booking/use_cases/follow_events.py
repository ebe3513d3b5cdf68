"""Facts about one thing as server-sent events: the past from the outbox, then live, until a fact that ends it.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from hospes.modules.booking import events, queries
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime

HEARTBEAT_SECONDS = 15.0
_HIDDEN = frozenset({"guest_id", "business_id", "property_id", "actor", "note"})


@dataclass(frozen=True, slots=True)
class Stream:
    """Which facts are shown, how the thing is called in their data, and which of them end the stream."""

    shown: tuple[str, ...]
    ends: frozenset[str]


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
    return bool(known) and known[-1].type in stream.ends and known[-1].sequence <= last_id


async def follow_events(
    rt: Runtime, stream: Stream, aggregate_id: UUID, last_id: int, *, heartbeat: float = HEARTBEAT_SECONDS
) -> AsyncIterator[bytes]:
    """Facts after `last_id`, without gap or repeat; closes after an end that nothing has followed."""
    yield b"retry: 2000\n\n"
    with rt.ports.tail.queue(types=stream.shown, aggregate_id=aggregate_id) as queue:
        async with rt.db.read() as tx:
            past = await queries.list_events(tx, aggregate_id, stream.shown, last_id)
        for event in past:
            yield frame(event)
        if past and past[-1].type in stream.ends:
            return
        seen = past[-1].sequence if past else last_id
        while True:
            try:
                event = await asyncio.wait_for(queue.get(), heartbeat)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            if event.sequence <= seen:
                continue
            seen = event.sequence
            yield frame(event)
            if event.type in stream.ends:
                return


def frame(event: Event) -> bytes:
    """One event on the wire."""
    data: dict[str, Any] = {key: value for key, value in event.data.items() if key not in _HIDDEN}
    body = orjson.dumps({**data, "at": event.occurred_at})
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.sequence, event.type.encode(), body)
