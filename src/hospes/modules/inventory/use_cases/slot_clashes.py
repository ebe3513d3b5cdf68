"""What stands in the way of a slot in each unit's diary."""

from datetime import UTC, datetime, timedelta
from math import ceil, floor
from uuid import UUID

from hospes.modules.inventory import queries
from hospes.modules.inventory.contracts import Place, SlotAsk
from hospes.modules.inventory.policies.slots import REACH, WEEK, Diary, Terms
from hospes.modules.inventory.providers.travel_time import TravelTime
from hospes.platform.db import ReadTx
from hospes.platform.errors import HospesError

_NEVER = floor(datetime(9999, 1, 1, tzinfo=UTC).timestamp())


async def slot_clashes(
    tx: ReadTx, ask: SlotAsk, travel: TravelTime, *, now: datetime
) -> dict[UUID, HospesError | None]:
    """Why each of the ask's units refuses, in their order; None for a unit that is free. Opening hours do not count."""
    start, end = diary_span(ask)
    jobs = await queries.list_jobs(tx, ask.resource_id, ask.unit_ids, start, end, home=ask.home, now=now)
    at = floor(ask.starts_at.timestamp())
    terms = Terms(
        zone=ask.zone,
        length=ceil(ask.ends_at.timestamp()) - at,
        step=1,
        before=ceil(ask.before.total_seconds()),
        after=ceil(ask.after.total_seconds()),
        earliest=0,
        latest=_NEVER,
        max_per_day=ask.max_per_day,
        max_per_week=ask.max_per_week,
    )
    way = way_to(travel, ask.place or ask.home, ask.speed_kmh)
    return {unit_id: Diary(jobs[unit_id], terms, way).clash(at) for unit_id in ask.unit_ids}


def diary_span(ask: SlotAsk) -> tuple[datetime, datetime]:
    """All of a diary that can matter to the ask."""
    reach = timedelta(seconds=WEEK if ask.max_per_day is not None or ask.max_per_week is not None else REACH)
    return ask.starts_at - reach, ask.ends_at + reach


class Way:
    """Seconds from any place to one place; each place is looked up once."""

    def __init__(self, travel: TravelTime, to: Place, speed_kmh: float) -> None:
        self._travel, self._to, self._speed = travel, to, speed_kmh
        self._known: dict[Place, int] = {}

    def __call__(self, place: Place) -> int:
        if place not in self._known:
            self._known[place] = self._travel.seconds(place, self._to, self._speed)
        return self._known[place]


def way_to(travel: TravelTime, place: Place | None, speed_kmh: float | None) -> Way | None:
    """The way to where the job is; None when nobody travels."""
    return None if place is None or speed_kmh is None else Way(travel, place, speed_kmh)
