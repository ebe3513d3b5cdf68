"""Take what a busy time elsewhere takes here: as much of it as is free, never more than one place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hospes.modules.catalog.contracts import Mode, Sellable
from hospes.modules.inventory import queries
from hospes.modules.inventory.contracts import Claim, ClaimAsk, ClaimKind, SlotAsk
from hospes.modules.inventory.errors import NotAvailable
from hospes.modules.inventory.policies.feeds import BusySpan, SpanState, clip, days_between, gaps, nights_of, runs
from hospes.modules.inventory.policies.nights import nights_span
from hospes.modules.inventory.providers.travel_time import GREAT_CIRCLE
from hospes.modules.inventory.queries.feeds import list_in_the_way
from hospes.modules.inventory.use_cases.claim_nights import claim_nights
from hospes.modules.inventory.use_cases.claim_slot import claim_slot
from hospes.platform.db import WriteTx

_OURS = (ClaimKind.HOLD, ClaimKind.BOOKING)


@dataclass(frozen=True, slots=True)
class Taker:
    """Where busy times are taken: on these units of a resource, within these days."""

    sellable: Sellable
    unit_ids: tuple[UUID, ...]
    within: tuple[date, date]
    now: datetime

    @property
    def nightly(self) -> bool:
        """Whether nights are taken, not time."""
        return self.sellable.mode is Mode.NIGHTLY


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a busy time, and whether anything was claimed just now."""

    state: SpanState
    detail: str
    changed: bool


def wanted_nights(taker: Taker, span: BusySpan) -> list[date]:
    """The nights a busy time takes, within the days looked at."""
    sellable = taker.sellable
    nights = nights_of(span, sellable.zone, check_in=sellable.check_in_from, check_out=sellable.check_out_until)
    return days_between(*clip(*nights, taker.within))


async def claim_busy(tx: WriteTx, taker: Taker, span_id: UUID, span: BusySpan, held: Sequence[Claim]) -> Taken:
    """Claim what of `span` is not `held` yet. What cannot be had is looked at: our own guests make it a conflict."""
    if taker.nightly:
        return await _claim_nights(tx, taker, span_id, span, held)
    return await _claim_time(tx, taker, span_id, span, held)


async def _claim_nights(tx: WriteTx, taker: Taker, span_id: UUID, span: BusySpan, held: Sequence[Claim]) -> Taken:
    covered = {day for claim in held for day in days_between(claim.first_night, claim.departure)}
    missing = [day for day in wanted_nights(taker, span) if day not in covered]
    if not missing:
        return Taken(SpanState.CLAIMED, "", changed=False)
    left: set[date] = set()
    for first, departure in runs(missing):
        left |= await _take_run(tx, taker, span_id, span.summary, first, departure)
    changed = len(left) < len(missing)
    if not left:
        return Taken(SpanState.CLAIMED, "", changed)
    units = None if taker.sellable.pooled else taker.unit_ids
    start, end = nights_span(taker.sellable.zone, min(left), max(left) + timedelta(days=1))
    claims = await list_in_the_way(tx, taker.sellable.resource_id, units, start, end)
    ours = [
        each for each in claims if each.kind in _OURS and left & set(days_between(each.first_night, each.departure))
    ]
    if not ours:
        return Taken(SpanState.COVERED, "These nights are off sale already.", changed)
    return Taken(SpanState.CONFLICT, _sentence(span, ours, left), changed)


def _sentence(span: BusySpan, ours: Sequence[Claim], left: set[date]) -> str:
    if any((each.first_night, each.departure) == (span.first_day, span.last_day) for each in ours):
        return "The same nights are taken here: perhaps by this very stay, which the other site tells back."
    said = ", ".join(f"{first} to {departure}" for first, departure in runs(left)[:5])
    return f"Taken here as well: {said}."


async def _take_run(tx: WriteTx, taker: Taker, span_id: UUID, note: str, first: date, departure: date) -> set[date]:
    """Nights of [first, departure) that could not be had."""
    if await _take_nights(tx, taker, span_id, note, first, departure):
        return set()
    nights = days_between(first, departure)
    if len(nights) == 1:
        return set(nights)
    free = await _free_nights(tx, taker, first, departure)
    parts = runs(free)
    if parts == [(first, departure)]:  # each night somewhere, but not all in one place
        middle = nights[len(nights) // 2]
        parts = [(first, middle), (middle, departure)]
    left = set(nights) - free
    for begins, ends in parts:
        left |= await _take_run(tx, taker, span_id, note, begins, ends)
    return left


async def _take_nights(tx: WriteTx, taker: Taker, span_id: UUID, note: str, first: date, departure: date) -> bool:
    sellable = taker.sellable
    ask = ClaimAsk(
        sellable.resource_id, taker.unit_ids, sellable.pooled, sellable.capacity, sellable.zone, first, departure
    )
    external = ClaimKind.EXTERNAL
    try:
        await claim_nights(tx, ask, kind=external, owner_id=span_id, held_until=None, now=taker.now, note=note)
    except NotAvailable:
        return False
    return True


async def _free_nights(tx: WriteTx, taker: Taker, first: date, departure: date) -> set[date]:
    states = await queries.calendar(
        tx,
        taker.sellable.resource_id,
        pooled=taker.sellable.pooled,
        capacity=taker.sellable.capacity if taker.sellable.pooled else len(taker.unit_ids),
        unit_ids=taker.unit_ids,
        first=first,
        last=departure - timedelta(days=1),
        now=taker.now,
    )
    return {each.night for each in states if each.available > 0}


async def _claim_time(tx: WriteTx, taker: Taker, span_id: UUID, span: BusySpan, held: Sequence[Claim]) -> Taken:
    zone = ZoneInfo(taker.sellable.zone)
    start = max(span.starts_at, datetime.combine(taker.within[0], time(), zone))
    end = min(span.ends_at, datetime.combine(taker.within[1], time(), zone))
    missing = gaps(start, end, [(each.starts_at, each.ends_at) for each in held]) if start < end else []
    changed, blocked = False, False
    for begins, ends in missing:
        if await _take_time(tx, taker, taker.unit_ids, span_id, span.summary, begins, ends):
            changed = True
            continue
        blocked = True
        for free in await _free_time(tx, taker, begins, ends):
            changed |= await _take_time(tx, taker, free[0], span_id, span.summary, free[1], free[2])
    if not blocked:
        return Taken(SpanState.CLAIMED, "", changed)
    claims = await list_in_the_way(tx, taker.sellable.resource_id, taker.unit_ids, start, end)
    ours = [each for each in claims if each.kind in _OURS]
    if not ours:
        return Taken(SpanState.COVERED, "This time is off sale already.", changed)
    said = ", ".join(f"{each.starts_at.astimezone(zone):%Y-%m-%d %H:%M}" for each in ours[:5])
    return Taken(SpanState.CONFLICT, f"Appointments here at {said}.", changed)


async def _take_time(
    tx: WriteTx, taker: Taker, units: tuple[UUID, ...], span_id: UUID, note: str, starts: datetime, ends: datetime
) -> bool:
    ask = SlotAsk(taker.sellable.resource_id, units, taker.sellable.zone, starts, ends)
    external = ClaimKind.EXTERNAL
    try:
        await claim_slot(
            tx, ask, GREAT_CIRCLE, kind=external, owner_id=span_id, held_until=None, now=taker.now, note=note
        )
    except NotAvailable:
        return False
    return True


async def _free_time(
    tx: WriteTx, taker: Taker, start: datetime, end: datetime
) -> list[tuple[tuple[UUID, ...], datetime, datetime]]:
    """What of [start, end) is free on the unit that has most of it."""
    best: list[tuple[tuple[UUID, ...], datetime, datetime]] = []
    most = timedelta()
    for unit_id in taker.unit_ids:
        claims = await list_in_the_way(tx, taker.sellable.resource_id, [unit_id], start, end)
        live = [each for each in claims if each.held_until is None or each.held_until > taker.now]
        free = gaps(start, end, [(each.starts_at, each.ends_at) for each in live])
        length = sum((ends - begins for begins, ends in free), timedelta())
        if length > most:
            best, most = [((unit_id,), begins, ends) for begins, ends in free], length
    return best
