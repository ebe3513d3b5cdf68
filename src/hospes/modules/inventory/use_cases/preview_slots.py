"""The slots that opening hours would offer, written down or not."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hospes.modules.inventory import queries
from hospes.modules.inventory.contracts import Schedule, Slot
from hospes.modules.inventory.policies.slots import Diary, terms_of
from hospes.modules.inventory.policies.travel import job_place
from hospes.modules.inventory.policies.windows import instant, local_day, openings
from hospes.modules.inventory.providers.travel_time import TravelTime
from hospes.modules.inventory.use_cases.slot_clashes import way_to
from hospes.platform.db import ReadTx

_DAY = timedelta(days=1)


async def preview_slots(
    tx: ReadTx,
    travel: TravelTime,
    schedule: Schedule,
    *,
    zone: str,
    unit_ids: Sequence[UUID],
    first: date,
    last: date,
    now: datetime,
) -> dict[date, list[Slot]]:
    """What could be booked that starts on each local day of [first, last], with what is booked now; days without are
    left out."""
    start, end = instant(zone, first, time()), instant(zone, last + _DAY, time())
    terms = terms_of(schedule, zone, schedule.slot_minutes, now).between(start, end)
    if terms.earliest >= terms.latest:
        return {}
    reach = timedelta(seconds=terms.reach)
    jobs = await queries.list_jobs(
        tx,
        schedule.resource_id,
        unit_ids,
        datetime.fromtimestamp(terms.earliest, UTC) - reach,
        datetime.fromtimestamp(terms.latest, UTC) + reach,
        home=schedule.home,
        now=now,
    )
    way = way_to(travel, job_place(schedule, None), schedule.speed_kmh)
    free: dict[int, list[UUID]] = {}
    for unit_id, opening in openings(schedule, zone, unit_ids, first - _DAY, local_day(zone, end)).items():
        for at in Diary(jobs[unit_id], terms, way).free_starts(opening):
            free.setdefault(at, []).append(unit_id)
    info, found = ZoneInfo(zone), dict[date, list[Slot]]()
    for at in sorted(free):
        starts_at = datetime.fromtimestamp(at, info)
        slot = Slot(starts_at, starts_at + timedelta(seconds=terms.length), tuple(free[at]))
        found.setdefault(starts_at.date(), []).append(slot)
    return found
