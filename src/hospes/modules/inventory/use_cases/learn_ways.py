"""Learn the ways by road to a job, before a transaction asks for them."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from hospes.modules.inventory import queries
from hospes.modules.inventory.contracts import Place
from hospes.modules.inventory.providers.road_times import RoadTimes
from hospes.modules.inventory.providers.travel_time import GREAT_CIRCLE, TravelTime
from hospes.platform.db import Database

_AROUND = timedelta(days=2)
_FARTHEST = timedelta(days=3 * 366)
MOST_PLACES = 24


async def learn_ways(
    db: Database,
    roads: RoadTimes | None,
    resource_id: UUID,
    place: Place | None,
    *,
    first: date,
    last: date,
    now: datetime,
) -> TravelTime:
    """What to estimate ways with on these days: by road where there is a service and somebody travels to a place. Call
    it while no transaction is open; it takes as long as the service is given, a second and a half."""
    if roads is None or place is None:
        return GREAT_CIRCLE
    start = datetime.combine(max(first, now.date() - _AROUND), time(), UTC) - _AROUND
    end = datetime.combine(min(last, now.date() + _FARTHEST), time(), UTC) + 2 * _AROUND
    if start < end:
        async with db.read() as tx:
            starts = await queries.list_places(tx, resource_id, start, end, limit=MOST_PLACES, now=now)
        await roads.learn(starts, place)
    return roads
