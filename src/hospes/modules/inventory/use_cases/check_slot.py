"""May this slot be booked now, and how is it claimed?"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hospes.modules.inventory import queries
from hospes.modules.inventory.contracts import Place, Schedule, SlotAsk
from hospes.modules.inventory.errors import NotOnTheGrid, ScheduleNotFound
from hospes.modules.inventory.policies.slots import Diary, check_length, nearest, terms_of
from hospes.modules.inventory.policies.travel import check_reach, job_place
from hospes.modules.inventory.policies.windows import local_day, openings
from hospes.modules.inventory.providers.travel_time import TravelTime
from hospes.modules.inventory.use_cases.slot_clashes import way_to
from hospes.platform.db import ReadTx

_DAY = timedelta(days=1)


async def check_slot(
    tx: ReadTx,
    travel: TravelTime,
    *,
    resource_id: UUID,
    zone: str,
    unit_ids: Sequence[UUID],
    starts_at: datetime,
    ends_at: datetime | None,
    place: Place | None,
    now: datetime,
) -> SlotAsk:
    """The claim to ask for, on the units that are free, in their order; without `ends_at` of the usual length.

    Raises what keeps the slot from being offered: `ScheduleNotFound`, `WrongLength`, `OutsideHours`, `NotOnTheGrid`,
    `TooLittleNotice`, `BeyondHorizon`, `NotAvailable`, `DayFull`, `WeekFull`, `TooFarToTravel`.
    """
    start = starts_at.timestamp()
    at = int(start)
    day = local_day(zone, at)
    schedule = await queries.find_schedule(tx, resource_id, first=day - _DAY, last=day)
    if schedule is None:
        raise ScheduleNotFound("This cannot be booked by time.")
    asked = schedule.slot_minutes if ends_at is None else (ends_at - starts_at).total_seconds() / 60
    minutes = check_length(schedule, asked)
    if at != start:
        said = "There is no slot at this time. Please choose one of those offered."
        raise NotOnTheGrid(said, fields={"starts_at": said})
    where = job_place(schedule, place)
    check_reach(schedule, where)
    terms = terms_of(schedule, zone, minutes, now)
    reach = timedelta(seconds=terms.reach)
    jobs = await queries.list_jobs(
        tx, resource_id, unit_ids, starts_at - reach, starts_at + reach, home=schedule.home, now=now
    )
    way = way_to(travel, where, schedule.speed_kmh)
    refusals = {
        unit_id: Diary(jobs[unit_id], terms, way).refusal(opening, at)
        for unit_id, opening in openings(schedule, zone, unit_ids, day - _DAY, day).items()
    }
    free = tuple(unit_id for unit_id, refusal in refusals.items() if refusal is None)
    if not free:
        raise nearest([refusal for refusal in refusals.values() if refusal is not None])
    return _ask(schedule, zone, free, at, minutes, where)


def _ask(
    schedule: Schedule, zone: str, unit_ids: tuple[UUID, ...], at: int, minutes: int, where: Place | None
) -> SlotAsk:
    starts_at = datetime.fromtimestamp(at, UTC)
    return SlotAsk(
        resource_id=schedule.resource_id,
        unit_ids=unit_ids,
        zone=zone,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        before=timedelta(minutes=schedule.before_minutes),
        after=timedelta(minutes=schedule.after_minutes),
        place=where if where != schedule.home else None,
        home=schedule.home if where else None,
        speed_kmh=schedule.speed_kmh if where else None,
        max_per_day=schedule.max_per_day,
        max_per_week=schedule.max_per_week,
    )
