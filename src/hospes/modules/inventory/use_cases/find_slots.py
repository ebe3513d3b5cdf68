"""The free slots of some days."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from hospes.modules.inventory import queries
from hospes.modules.inventory.contracts import Place, Slot
from hospes.modules.inventory.policies.slots import Diary, check_length, terms_of
from hospes.modules.inventory.policies.travel import check_reach, job_place
from hospes.modules.inventory.policies.windows import instant, local_day, openings
from hospes.modules.inventory.providers.travel_time import TravelTime
from hospes.modules.inventory.use_cases.slot_clashes import way_to
from hospes.platform.db import ReadTx

_DAY = timedelta(days=1)


async def find_slots(
    tx: ReadTx,
    travel: TravelTime,
    *,
    resource_id: UUID,
    zone: str,
    unit_ids: Sequence[UUID],
    first: date,
    last: date,
    tz: str,
    minutes: int | None,
    place: Place | None,
    now: datetime,
) -> list[Slot]:
    """Slots that start on a day of [first, last] in `tz`, in order, their times in UTC; none without a schedule.

    Raises `WrongLength`, and `TooFarToTravel` for a place out of reach. Three statements at most, whatever the span.
    """
    start, end = instant(tz, first, time()), instant(tz, last + _DAY, time())
    days = local_day(zone, start) - _DAY, local_day(zone, end)
    schedule = await queries.find_schedule(tx, resource_id, first=days[0], last=days[1])
    if schedule is None or not unit_ids:
        return []
    terms = terms_of(schedule, zone, check_length(schedule, minutes or schedule.slot_minutes), now)
    terms = terms.between(start, end)
    where = job_place(schedule, place)
    check_reach(schedule, where)
    if terms.earliest >= terms.latest:
        return []
    reach = timedelta(seconds=terms.reach)
    jobs = await queries.list_jobs(
        tx,
        resource_id,
        unit_ids,
        datetime.fromtimestamp(terms.earliest, UTC) - reach,
        datetime.fromtimestamp(terms.latest, UTC) + reach,
        home=schedule.home,
        now=now,
    )
    way = way_to(travel, where, schedule.speed_kmh)
    free: dict[int, list[UUID]] = {}
    for unit_id, opening in openings(schedule, zone, unit_ids, *days).items():
        for at in Diary(jobs[unit_id], terms, way).free_starts(opening):
            free.setdefault(at, []).append(unit_id)
    return [
        Slot(datetime.fromtimestamp(at, UTC), datetime.fromtimestamp(at + terms.length, UTC), tuple(free[at]))
        for at in sorted(free)
    ]
