"""Bookings and holds as they happen."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse

from hospes.modules.booking import facade, queries
from hospes.modules.booking.errors import HoldNotFound
from hospes.modules.booking.use_cases.follow_events import BOOKING, HOLD, Stream, follow_events, has_ended
from hospes.platform.caller import require_caller
from hospes.platform.runtime import Runtime, runtime

router = APIRouter()
LastId = Annotated[str, Header(alias="Last-Event-ID", description="Only what came after this id.")]


@router.get("/bookings/{booking_id}/events", response_class=StreamingResponse)
async def booking_events(request: Request, booking_id: UUID, last_event_id: LastId = "") -> Response:
    """Server-sent events `booking.*` of a booking, for its guest, its host or an admin.

    Everything so far comes first. The stream closes when the booking is over; who comes back with that event's id gets
    204, which tells a browser to stop.
    """
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        await facade.get_booking_for(tx, caller, booking_id)
    return await _stream(rt, BOOKING, booking_id, last_event_id)


@router.get("/holds/{hold_id}/events", response_class=StreamingResponse)
async def hold_events(request: Request, hold_id: UUID, last_event_id: LastId = "") -> Response:
    """Server-sent events `hold.*` of a hold of yours; `hold.expiring` comes a minute before its end."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        if await queries.find_hold(tx, hold_id, caller.user_id) is None:
            raise HoldNotFound()
    return await _stream(rt, HOLD, hold_id, last_event_id)


async def _stream(rt: Runtime, stream: Stream, aggregate_id: UUID, last_event_id: str) -> Response:
    last_id = int(last_event_id) if last_event_id.isascii() and last_event_id.isdigit() else 0
    last_id = min(last_id, 2**63 - 1)
    if last_id and await has_ended(rt, stream, aggregate_id, last_id):
        return Response(status_code=204)
    return StreamingResponse(
        follow_events(rt, stream, aggregate_id, last_id),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
