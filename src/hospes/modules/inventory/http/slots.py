"""Times that can be booked."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from fastapi import APIRouter, Query, Request, Response

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Mode, Sellable, Unit
from hospes.modules.inventory import facade
from hospes.modules.inventory.contracts import Place, Slot
from hospes.modules.inventory.errors import WrongMode
from hospes.modules.inventory.http.reading import check_days, check_zone, manages
from hospes.modules.inventory.schemas import SlotsOut
from hospes.modules.inventory.use_cases.learn_ways import learn_ways
from hospes.platform.caller import find_caller
from hospes.platform.errors import Invalid
from hospes.platform.runtime import runtime

MAX_DAYS = 62

router = APIRouter()


@router.get("/resources/{resource_id}/slots", name="list_slots", response_model=SlotsOut)
async def list_slots(
    request: Request,
    resource_id: UUID,
    first: Annotated[date, Query(alias="from", description="First day, in `tz`.")],
    last: Annotated[date, Query(alias="to", description=f"Last day, in `tz`; at most {MAX_DAYS} days in all.")],
    tz: Annotated[str | None, Query(max_length=60, description="IANA zone; left out: the property's.")] = None,
    minutes: Annotated[int | None, Query(ge=1, le=1440, description="Length; left out: the usual one.")] = None,
    latitude: Annotated[float | None, Query(ge=-90, le=90, description="Where a travelling job is.")] = None,
    longitude: Annotated[float | None, Query(ge=-180, le=180)] = None,
    unit_id: Annotated[UUID | None, Query(description="One professional, chair or room only.")] = None,
) -> Response:
    """Everything that can be booked on these days. Open to everyone while the listing is on sale."""
    rt, caller = runtime(request), find_caller(request)
    check_days(first, last, most=MAX_DAYS)
    check_zone(tz)
    place = _place(latitude, longitude)
    travel = await learn_ways(
        rt.db, rt.ports.road_times, resource_id, place, first=first, last=last, now=rt.clock.now()
    )  # fmt: skip
    async with rt.db.read() as tx:
        sellable = await catalog.get_sellable(tx, resource_id)
        if not sellable.live:
            await manages(tx, caller, sellable)
        if sellable.mode is not Mode.TIMED:
            raise WrongMode("This is not booked by time.")
        found = await facade.slots(
            tx,
            resource_id=resource_id,
            zone=sellable.zone,
            unit_ids=_units(sellable, unit_id),
            first=first,
            last=last,
            tz=tz,
            minutes=minutes,
            place=place,
            now=rt.clock.now(),
            travel=travel,
        )
        units = await catalog.units_of(tx, [resource_id])
    answer = {
        "tz": tz or sellable.zone,
        "items": _items(found, ZoneInfo(tz or sellable.zone)),
        "units": _named(sellable, unit_id, units.get(resource_id, [])),
    }
    return Response(orjson.dumps(answer), media_type="application/json")


def _items(found: Sequence[Slot], zone: ZoneInfo) -> list[dict[str, Any]]:
    """By the clock of this zone."""
    return [
        {
            "starts_at": each.starts_at.astimezone(zone),
            "ends_at": each.ends_at.astimezone(zone),
            "unit_ids": each.units_free,
        }
        for each in found
    ]


def _units(sellable: Sellable, unit_id: UUID | None) -> tuple[UUID, ...]:
    return tuple(each for each in sellable.unit_ids if unit_id in (None, each))


def _named(sellable: Sellable, unit_id: UUID | None, units: Sequence[Unit]) -> list[dict[str, Any]]:
    """Those that were looked at, so that a guest can choose one by name."""
    looked_at = _units(sellable, unit_id)
    return [{"id": each.id, "name": each.name} for each in units if each.id in looked_at]


def _place(latitude: float | None, longitude: float | None) -> Place | None:
    if latitude is not None and longitude is not None:
        return Place(latitude, longitude)
    if latitude is None and longitude is None:
        return None
    sentence = "Please give both coordinates."
    raise Invalid(sentence, fields={"longitude" if longitude is None else "latitude": sentence})
