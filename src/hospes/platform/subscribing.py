"""Reactions to committed events, run by the worker at least once each and in order per aggregate."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hospes.platform.db import WriteTx
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Subscriber:
    """`handle` is called for every event of `types`; it may be called again for the same one.

    An `urgent` one has a queue of its own, since somebody looks at a screen meanwhile.
    """

    name: str
    types: tuple[str, ...]
    handle: Callable[[Runtime, Event], Awaitable[None]]
    urgent: bool = False


async def once_per_event(tx: WriteTx, subscriber: str, event: Event) -> bool:
    """True the first time; what the subscriber then writes with `tx` commits together with that memory."""
    return (
        await tx.run(
            "INSERT INTO platform.handled_event (subscriber, event_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            (subscriber, event.id),
        )
        == 1
    )
