"""Calling a departure off that has guests: a look first, then the deed."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.booking import facade
from hospes.modules.booking.http.access import reply
from hospes.modules.booking.schemas.departing import CallingOffIn, CallingOffOut, calling_off_out
from hospes.platform.caller import require_caller
from hospes.platform.db import WriteTx
from hospes.platform.idempotency import Answer, once
from hospes.platform.runtime import runtime

router = APIRouter()
PATH = "/resources/{resource_id}/departures/{departure_id}/cancellation"


@router.get(PATH, response_model=CallingOffOut)
async def preview_calling_off(request: Request, resource_id: UUID, departure_id: UUID) -> Response:
    """Every booking that calling it off would cancel now, and what goes back: everything paid. Changes nothing."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        seen = await facade.preview_calling_off(tx, caller, resource_id, departure_id, now=rt.clock.now())
    return reply(calling_off_out(seen))


@router.post(PATH, status_code=202, response_model=CallingOffOut)
async def call_off(request: Request, resource_id: UUID, departure_id: UUID, body: CallingOffIn) -> Response:
    """Stop the sale at once and cancel every booking with a full refund; needs an Idempotency-Key and the `stamp` of
    the preview, and is refused with 409 when somebody has booked or cancelled since. The bookings are cancelled a
    moment later, one by one: ask for the preview to see how many are left."""
    caller, rt = require_caller(request), runtime(request)

    async def handler(tx: WriteTx) -> Answer:
        seen = await facade.call_off_departure(
            tx, caller, resource_id, departure_id, stamp=body.stamp, reason=body.reason, now=rt.clock.now()
        )
        return Answer(202, calling_off_out(seen))

    return await once(request, rt, handler)
