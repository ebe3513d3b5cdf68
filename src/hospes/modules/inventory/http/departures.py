"""Dated departures."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from hospes.modules.catalog import facade as catalog
from hospes.modules.inventory import facade
from hospes.modules.inventory.contracts import Departure
from hospes.modules.inventory.errors import DepartureNotFound
from hospes.modules.inventory.http.reading import check_days, local, manages
from hospes.modules.inventory.schemas import DepartureIn, DepartureOut, DeparturesOut
from hospes.modules.inventory.use_cases.put_departure import add_departure, cancel_departure, put_departure
from hospes.platform.caller import find_caller, require_caller
from hospes.platform.runtime import runtime
from hospes.platform.versions import IfMatch, expected_version, tag

MAX_DAYS = 366

router = APIRouter()


@router.get("/resources/{resource_id}/departures", name="list_departures")
async def list_departures(
    request: Request,
    resource_id: UUID,
    first: Annotated[date, Query(alias="from", description="First day, at the property.")],
    last: Annotated[date, Query(alias="to", description=f"Last day; at most {MAX_DAYS} days, 1000 departures.")],
) -> DeparturesOut:
    """Departures that start on these days. Cancelled ones are shown to their host only."""
    rt, caller = runtime(request), find_caller(request)
    check_days(first, last, most=MAX_DAYS)
    now = rt.clock.now()
    async with rt.db.read() as tx:
        sellable = await catalog.get_sellable(tx, resource_id)
        inside = await manages(tx, caller, sellable)
        found = await facade.departures(tx, resource_id, first, last, now)
    shown = [each for each in found if inside or each.status == "scheduled"]
    return DeparturesOut(items=[_out(each, sellable.zone, inside=inside, now=now) for each in shown])


@router.get("/resources/{resource_id}/departures/{departure_id}", name="get_departure")
async def get(request: Request, response: Response, resource_id: UUID, departure_id: UUID) -> DepartureOut:
    """One departure."""
    rt, caller = runtime(request), find_caller(request)
    now = rt.clock.now()
    async with rt.db.read() as tx:
        sellable = await catalog.get_sellable(tx, resource_id)
        inside = await manages(tx, caller, sellable)
        departure = await facade.get_departure(tx, resource_id, departure_id, now=now)
    if not inside and departure.status == "cancelled":
        raise DepartureNotFound()
    tag(response, departure.version)
    return _out(departure, sellable.zone, inside=inside, now=now)


@router.post("/resources/{resource_id}/departures", name="add_departure", status_code=201)
async def add(request: Request, response: Response, resource_id: UUID, body: DepartureIn) -> DepartureOut:
    """A new departure of a resource of the caller's."""
    caller, rt = require_caller(request), runtime(request)
    now = rt.clock.now()
    async with rt.db.write() as tx:
        departure = await add_departure(tx, caller, resource_id, body.draft(), now=now)
        zone = (await catalog.get_sellable(tx, resource_id)).zone
    tag(response, departure.version)
    response.headers["Location"] = f"/api/v1/resources/{resource_id}/departures/{departure.id}"
    return _out(departure, zone, inside=True, now=now)


@router.put("/resources/{resource_id}/departures/{departure_id}", name="put_departure")
async def put(
    request: Request,
    response: Response,
    resource_id: UUID,
    departure_id: UUID,
    body: DepartureIn,
    if_match: IfMatch = None,
) -> DepartureOut:
    """Change a departure. Fewer places than are sold are refused with 409 and the list of who has them."""
    caller, rt = require_caller(request), runtime(request)
    now = rt.clock.now()
    async with rt.db.write() as tx:
        departure = await put_departure(
            tx, caller, resource_id, departure_id, body.draft(), expected=expected_version(if_match), now=now
        )
        zone = (await catalog.get_sellable(tx, resource_id)).zone
    tag(response, departure.version)
    return _out(departure, zone, inside=True, now=now)


@router.delete("/resources/{resource_id}/departures/{departure_id}", name="cancel_departure", status_code=204)
async def delete(request: Request, resource_id: UUID, departure_id: UUID, if_match: IfMatch = None) -> None:
    """Take a departure nobody is on off sale."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await cancel_departure(
            tx, caller, resource_id, departure_id, expected=expected_version(if_match), now=rt.clock.now()
        )


def _out(departure: Departure, zone: str, *, inside: bool, now: datetime) -> DepartureOut:
    times = local(zone, departure.starts_at), local(zone, departure.ends_at)
    return DepartureOut.of(departure, times, inside=inside, now=now)
