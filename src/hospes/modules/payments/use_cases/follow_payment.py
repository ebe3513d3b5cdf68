"""A payment's facts as server-sent events (`platform/streaming.py`)."""

from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from hospes.modules.payments import events, queries
from hospes.platform.money import exponent
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from hospes.platform.streaming import HEARTBEAT_SECONDS, Wire, follow

_ENDS = frozenset({events.AUTHORISED, events.COMPLETED, events.FAILED, events.CANCELLED, events.REFUNDED})
_STATUS = {
    events.PROCESSING: "processing",
    events.NEEDS_ACTION: "needs_action",
    events.DELAYED: "delayed",
    events.AUTHORISED: "authorised",
    events.COMPLETED: "completed",
    events.FAILED: "failed",
    events.CANCELLED: "failed",  # for who waits it is one
    events.REFUNDED: "refunded",
}


async def has_ended(rt: Runtime, booking_id: UUID, last_id: int) -> bool:
    """Whether the reader has seen all there is, and the last of it was an end."""
    async with rt.db.read() as tx:
        known = _shown(await queries.list_events(tx, booking_id, 0))
    return _wire().over(known, last_id)


def follow_payment(
    rt: Runtime, booking_id: UUID, last_id: int, *, heartbeat: float = HEARTBEAT_SECONDS
) -> AsyncIterator[bytes]:
    """Events after `last_id`, without gap or repeat; closes after an end that nothing has followed."""

    async def past() -> Sequence[Event]:
        async with rt.db.read() as tx:
            return _shown(await queries.list_events(tx, booking_id, last_id))

    return follow(rt.ports.tail, _wire(), booking_id, last_id, past, heartbeat=heartbeat)


def _wire() -> Wire:
    return Wire(tuple(_STATUS), frame, _ends)


def frame(event: Event) -> bytes:
    """One event on the wire."""
    status = _STATUS[event.type]
    data: dict[str, Any] = {"status": status, "bookingId": event.data["booking_id"]}
    if status in ("authorised", "completed", "refunded"):
        data["amount"] = orjson.Fragment(_decimal(event.data["amount"], event.data["currency"]))
    elif status == "failed":
        data["reason"] = event.data["reason"]
    elif status == "needs_action":
        data["action"] = event.data["action"]
    elif status == "delayed":
        data["retryAt"] = event.data["retry_at"]
    if not event.data.get("settled", True):
        data["settled"] = False
    return b"id: %d\nevent: payment.%s\ndata: %s\n\n" % (event.sequence, status.encode(), orjson.dumps(data))


def _ends(event: Event) -> bool:
    """Nothing more is due for now; of several shares all must be there."""
    return event.type in _ENDS and bool(event.data.get("settled", True))


def _shown(facts: list[Event]) -> list[Event]:
    return [event for event in facts if event.type in _STATUS]


def _decimal(amount: int, currency: str) -> str:
    """Major units with all their decimals: 15000 EUR is 150.00."""
    return str(Decimal(amount).scaleb(-exponent(currency)))
