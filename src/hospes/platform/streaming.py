"""Facts about one thing as server-sent events: the past from the outbox, then live, until a fact that ends it.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from hospes.platform.outbox import Event
from hospes.platform.tail import EventTail

HEARTBEAT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Wire:
    """What of the facts is sent: of these types, each in a frame; `ends`: whether nothing follows one."""

    types: Collection[str]
    frame: Callable[[Event], bytes]
    ends: Callable[[Event], bool]

    def over(self, known: Sequence[Event], last_id: int) -> bool:
        """Whether the reader has seen all of these, and the last one was an end."""
        return bool(known) and self.ends(known[-1]) and known[-1].sequence <= last_id


async def follow(
    tail: EventTail,
    wire: Wire,
    aggregate_id: UUID,
    last_id: int,
    past: Callable[[], Awaitable[Sequence[Event]]],
    *,
    heartbeat: float = HEARTBEAT_SECONDS,
) -> AsyncIterator[bytes]:
    """Facts after `last_id`, without gap or repeat; closes after an end that nothing has followed. `past`: those after
    `last_id` that there are already, asked once new ones are listened for."""
    yield b"retry: 2000\n\n"
    with tail.queue(types=wire.types, aggregate_id=aggregate_id) as queue:
        known = await past()
        for event in known:
            yield wire.frame(event)
        if known and wire.ends(known[-1]):
            return
        seen = known[-1].sequence if known else last_id
        while True:
            try:
                event = await asyncio.wait_for(queue.get(), heartbeat)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            if event.sequence <= seen:
                continue
            seen = event.sequence
            yield wire.frame(event)
            if wire.ends(event):
                return
