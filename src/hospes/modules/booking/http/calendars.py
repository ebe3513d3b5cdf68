"""Nights of a resource, and blocking them."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from hospes.modules.booking import facade
from hospes.modules.booking import schemas as s
from hospes.modules.booking.errors import DatesReversed, StayTooLong
from hospes.modules.booking.http.access import manages, reply
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.errors import ResourceNotFound
from hospes.modules.inventory import facade as inventory
from hospes.platform.caller import find_caller, require_caller
from hospes.platform.errors import Invalid
from hospes.platform.runtime import runtime

router = APIRouter()
MAX_CALENDAR_DAYS = 400
EPOCH = date(2000, 1, 1)


@router.get("/resources/{resource_id}/calendar", response_model=s.CalendarOut)
async def calendar(
    request: Request,
    resource_id: UUID,
    first: Annotated[date, Query(alias="from")],
    last: Annotated[date, Query(alias="to")],
) -> Response:
    """Each night of [from, to]: how many are free. Open to everyone while the listing is on sale."""
    rt, caller = runtime(request), find_caller(request)
    if last < first:
        raise DatesReversed(fields={"to": "The last night must not be before the first."})
    if (last - first).days >= MAX_CALENDAR_DAYS:
        raise StayTooLong(fields={"to": f"Ask for at most {MAX_CALENDAR_DAYS} nights at once."})
    if first < EPOCH or last > EPOCH + timedelta(days=36_500):
        raise Invalid(fields={"from": "This is too far away."})
    async with rt.db.read() as tx:
        sellable = await catalog.get_sellable(tx, resource_id)
        if not sellable.live and not await manages(tx, caller, sellable.business_id):
            raise ResourceNotFound()
        nights = await inventory.calendar(
            tx,
            resource_id,
            pooled=sellable.pooled,
            capacity=sellable.capacity,
            unit_ids=sellable.unit_ids,
            first=first,
            last=last,
            now=rt.clock.now(),
        )
    return reply({"items": [s.night_out(each) for each in nights]})


@router.post("/resources/{resource_id}/blocks", status_code=201, response_model=s.BlockOut)
async def block(request: Request, resource_id: UUID, body: s.BlockIn) -> Response:
    """Keep nights of one unit off sale."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        made = await facade.block_dates(
            tx,
            caller=caller,
            resource_id=resource_id,
            arrival=body.arrival,
            departure=body.departure,
            note=body.note,
            now=rt.clock.now(),
        )
    return reply(s.block_out(made), 201)


@router.delete("/resources/{resource_id}/blocks/{block_id}", status_code=204)
async def unblock(request: Request, resource_id: UUID, block_id: UUID) -> None:
    """Put blocked nights back on sale."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await facade.unblock_dates(tx, caller=caller, resource_id=resource_id, block_id=block_id, now=rt.clock.now())
