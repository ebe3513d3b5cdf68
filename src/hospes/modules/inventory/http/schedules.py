"""Opening hours, as their host sets them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from hospes.modules.catalog.contracts import Mode
from hospes.modules.inventory import facade
from hospes.modules.inventory.errors import ScheduleNotFound
from hospes.modules.inventory.schemas import Day, ExceptionIn, ExceptionOut, ScheduleIn, ScheduleOut
from hospes.modules.inventory.use_cases.managing import get_managed
from hospes.modules.inventory.use_cases.put_exception import delete_exception, put_exception
from hospes.modules.inventory.use_cases.put_schedule import put_schedule
from hospes.platform.caller import require_caller
from hospes.platform.runtime import runtime
from hospes.platform.versions import IfMatch, expected_version, tag

router = APIRouter()


@router.get("/resources/{resource_id}/schedule", name="get_schedule")
async def get(request: Request, response: Response, resource_id: UUID) -> ScheduleOut:
    """The opening hours of a resource of the caller's."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        sellable = await get_managed(tx, caller, resource_id, Mode.TIMED)
        schedule = await facade.schedule_of(tx, resource_id)
    if schedule is None:
        raise ScheduleNotFound("There are no opening hours yet.")
    tag(response, schedule.version)
    return ScheduleOut.of(schedule, sellable.zone)


@router.put("/resources/{resource_id}/schedule", name="put_schedule")
async def put(
    request: Request, response: Response, resource_id: UUID, body: ScheduleIn, if_match: IfMatch = None
) -> ScheduleOut:
    """Set the opening hours as a whole; special days and what is booked stay. With `If-Match`, only that version."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        sellable = await get_managed(tx, caller, resource_id, Mode.TIMED)
        schedule = await put_schedule(
            tx, caller, body.schedule(resource_id), expected=expected_version(if_match), now=rt.clock.now()
        )
    tag(response, schedule.version)
    return ScheduleOut.of(schedule, sellable.zone)


@router.put("/resources/{resource_id}/schedule/exceptions/{day}", name="put_schedule_exception")
async def put_day(
    request: Request, response: Response, resource_id: UUID, day: Day, body: ExceptionIn, if_match: IfMatch = None
) -> ExceptionOut:
    """Set special hours of one day, for everyone or one unit; without hours it is closed."""
    caller, rt = require_caller(request), runtime(request)
    said = body.exception(day)
    async with rt.db.write() as tx:
        version = await put_exception(
            tx, caller, resource_id, said, expected=expected_version(if_match), now=rt.clock.now()
        )
    tag(response, version)
    return ExceptionOut.of(said)


@router.delete("/resources/{resource_id}/schedule/exceptions/{day}", name="delete_schedule_exception", status_code=204)
async def delete_day(
    request: Request,
    response: Response,
    resource_id: UUID,
    day: Day,
    unit_id: Annotated[UUID | None, Query(description="Whose special hours; left out: everyone's.")] = None,
    if_match: IfMatch = None,
) -> None:
    """Back to the usual hours."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        version = await delete_exception(
            tx, caller, resource_id, day, unit_id, expected=expected_version(if_match), now=rt.clock.now()
        )
    tag(response, version)
