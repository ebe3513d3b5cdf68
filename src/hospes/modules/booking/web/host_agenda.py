"""The host's calendar by the hour: a day of every unit, or a week of one thing; hours off sale."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.booking import facade, queries, states
from hospes.modules.booking.contracts import Action, Actor, Booking, ChangeQuote
from hospes.modules.booking.policies.restrictions import instant, today_in
from hospes.modules.booking.use_cases.block_hours import block_hours
from hospes.modules.booking.use_cases.quote_change import shown
from hospes.modules.booking.web import host_undo
from hospes.modules.booking.web.asking import Kept
from hospes.modules.booking.web.host_detail import GIVING
from hospes.modules.booking.web.hosting import first_day
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Mode, Sellable, Unit
from hospes.modules.identity import facade as users
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import Claim, ClaimKind
from hospes.modules.inventory.errors import NotAvailable
from hospes.platform.caller import require_caller
from hospes.platform.db import ReadTx
from hospes.platform.errors import Conflict, Invalid, NotFound
from hospes.platform.ids import as_id
from hospes.platform.money import Money
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/host/calendar/hours")
QUARTER = 15
FIRST_HOUR, LAST_HOUR = 7, 20
MOST_LANES = 4
_DAY = timedelta(days=1)


@dataclass(slots=True)
class Item:
    """An appointment or a block: rows are quarters of an hour from the first hour shown."""

    kind: str
    start: datetime
    end: datetime
    label: str
    who: str
    href: str
    block_id: UUID | None
    booking_id: UUID | None = None
    whole: bool = True
    row: int = 0
    rows: int = 1
    lane: int = 0
    lanes: int = 1


@dataclass(slots=True)
class Column:
    """A unit of a day, or a day of a week."""

    title: str
    day: date
    unit_id: UUID | None = None
    items: list[Item] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Days:
    """The days shown (`day` or `week`), from `first` to `last`, and those that the links lead to."""

    span: str
    today: date
    first: date
    last: date
    before: date
    after: date


@dataclass(slots=True)
class Moving:
    """An appointment that is being moved: what was typed, the faults, and what it would cost."""

    booking_id: UUID
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    quote: ChangeQuote | None = None


@router.get("")
async def agenda(
    request: Request,
    day: Annotated[str, Query()] = "",
    span: Annotated[str, Query()] = "",
    resource_id: Annotated[str, Query()] = "",
    move: Annotated[str, Query()] = "",
) -> Response:
    """Appointments of a day, a column for each unit; or of a week, a column for each day; `move`: one to be moved."""
    booking_id = as_id(move)
    moving = Moving(booking_id) if booking_id else None
    return await show(request, day, span, as_id(resource_id), {}, {}, 200, moving=moving)


@router.post("/block")
async def block(request: Request) -> Response:
    """Keep hours of a day off sale."""
    caller, rt = require_caller(request), runtime(request)
    typed = {name: value.strip()[:200] for name, value in (await request.form()).items() if isinstance(value, str)}
    resource_id, day = as_id(typed.get("resource_id", "")), first_day(typed.get("day", ""), date.min)
    start, end = time_in(typed.get("start", "")), time_in(typed.get("end", ""))
    errors = {"start": "Give a time."} if start is None else {}
    errors |= {"end": "Give a time."} if end is None else {}
    errors |= {"day": "Choose a day."} if not 2000 <= day.year < 2200 else {}
    if resource_id is not None and start is not None and end is not None and not errors:
        try:
            async with rt.db.write() as tx:
                zone = (await catalog.get_sellable(tx, resource_id)).zone
                await block_hours(
                    tx,
                    caller=caller,
                    resource_id=resource_id,
                    unit_id=as_id(typed.get("unit_id", "")),
                    starts_at=instant(zone, day, start),
                    ends_at=instant(zone, day if end > start else day + _DAY, end),
                    note=typed.get("note", ""),
                    now=rt.clock.now(),
                )
        except NotAvailable:
            errors = {"form": "Somebody is booked then, or it is off sale already."}
        except (Invalid, Conflict) as refusal:
            errors = dict(refusal.fields) or {"form": refusal.detail}
    if errors or resource_id is None:
        return await show(request, typed.get("day", ""), typed.get("span", ""), resource_id, typed, errors, 422)
    return back(typed, "Off sale. Nobody can book this time now.")


@router.post("/unblock")
async def unblock(request: Request) -> Response:
    """Put it on sale again."""
    caller, rt = require_caller(request), runtime(request)
    typed = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    resource_id, block_id = as_id(typed.get("resource_id", "")), as_id(typed.get("block_id", ""))
    said = "On sale again."
    if resource_id and block_id:
        try:
            async with rt.db.write() as tx:
                await facade.unblock_dates(
                    tx, caller=caller, resource_id=resource_id, block_id=block_id, now=rt.clock.now()
                )
        except NotFound as refusal:
            said = refusal.detail
    return back(typed, said)


async def show(
    request: Request,
    day: str,
    span: str,
    resource_id: UUID | None,
    typed: dict[str, str],
    errors: dict[str, str],
    status: int,
    *,
    moving: Moving | None = None,
) -> Response:
    """The page, with what was typed and why it was refused."""
    caller, rt = require_caller(request), runtime(request)
    now = rt.clock.now()
    async with rt.db.read() as tx:
        business = await catalog.business_of(tx, caller.user_id)
        if business is None:
            return RedirectResponse("/host", 303)
        every = await catalog.resources_of_business(tx, business.id)
        timed = [each for each in every if each.mode is Mode.TIMED]
        if not timed:
            return RedirectResponse("/host/schedule", 303)
        chosen = next((each for each in timed if each.resource_id == resource_id), timed[0])
        days = _days(day, span, today_in(chosen.zone, now))
        units, columns = await _taken(tx, business.id, chosen, days, now)
        moved = await _moved(tx, business.id, chosen.resource_id, moving)
    context: dict[str, Any] = {
        "modes": {str(each.mode) for each in every},
        "timed": timed,
        "chosen": chosen,
        "columns": columns,
        "hours": _rows(columns),
        **asdict(days),
        "units": units,
        "typed": Kept(typed),
        "errors": Kept(errors),
        "moving": moved,
        "giving": list(GIVING.items()),
        "undo": host_undo.offered(request) if status == 200 else "",
    }
    response = render(request, "booking/host_agenda.html", context, status)
    response.delete_cookie(host_undo.COOKIE, path="/host")
    return response


def _days(day: str, span: str, today: date) -> Days:
    at = min(max(first_day(day, today), date(2000, 1, 3)), date(2199, 12, 1))
    if span != "week":
        return Days("day", today, at, at, at - _DAY, at + _DAY)
    first = at - at.weekday() * _DAY
    return Days("week", today, first, first + 6 * _DAY, first - 7 * _DAY, first + 7 * _DAY)


async def _taken(
    tx: ReadTx, business_id: UUID, chosen: Sellable, days: Days, now: datetime
) -> tuple[list[Unit], list[Column]]:
    """The units in use, and the columns with what takes their time."""
    units = [each for each in (await catalog.units_of(tx, [chosen.resource_id]))[chosen.resource_id] if each.active]
    claims = await inventory.claims_between(tx, [chosen.resource_id], days.first - _DAY, days.last)
    found = await queries.list_bookings_between(tx, business_id, days.first - 2 * _DAY, days.last)
    guests = await users.users_by_id(tx, list({each.guest_id for each in found}))
    names = {each.id: guests[each.guest_id].first_name for each in found if each.guest_id in guests}
    live = [each for each in claims if each.held_until is None or each.held_until > now]
    columns = _columns(days.span, days.first, units)
    _fill(columns, live, days.span, units, ZoneInfo(chosen.zone), {each.id: each for each in found}, names)
    return units, columns


async def _moved(tx: ReadTx, business_id: UUID, resource_id: UUID, moving: Moving | None) -> dict[str, Any] | None:
    """What the form of moving shows; None for what is not an appointment of this business that can be moved."""
    booking = await queries.find_booking(tx, moving.booking_id) if moving else None
    if moving is None or booking is None or booking.business_id != business_id or booking.resource_id != resource_id:
        return None
    if booking.mode is not Mode.TIMED or Action.CHANGE not in states.allowed(booking.status, Actor.HOST):
        return None
    info = ZoneInfo(booking.terms.zone)
    has = next(
        (each.unit_id for each in await inventory.claims_of(tx, booking.id) if each.resource_id == resource_id), ""
    )
    guest = (await users.users_by_id(tx, [booking.guest_id])).get(booking.guest_id)
    first = {
        "day": f"{booking.check_in_at.astimezone(info):%Y-%m-%d}",
        "start": f"{booking.check_in_at.astimezone(info):%H:%M}",
        "unit_id": str(has or ""),
    }
    return {
        "booking": booking,
        "who": f"{guest.first_name} {guest.last_name}" if guest else "Guest",
        "minutes": int((booking.check_out_at - booking.check_in_at).total_seconds() // 60),
        "typed": Kept({**first, **moving.typed}),
        "errors": Kept(moving.errors),
        "quote": moving.quote,
        "difference": "" if moving.quote is None else shown(Money(moving.quote.difference, booking.total.currency)),
    }


def _columns(span: str, first: date, units: Sequence[Unit]) -> list[Column]:
    if span == "week":
        return [Column(f"{first + at * _DAY:%a %-d}", first + at * _DAY) for at in range(7)]
    return [Column(each.name, first, each.id) for each in units]


def _fill(
    columns: list[Column],
    claims: Iterable[Claim],
    span: str,
    units: Sequence[Unit],
    info: ZoneInfo,
    bookings: Mapping[UUID, Booking],
    names: Mapping[UUID, str],
) -> None:
    """Put each claim into the columns it touches, clipped to their day."""
    who = {each.id: each.name for each in units}
    for claim in claims:
        start, end = claim.starts_at.astimezone(info), claim.ends_at.astimezone(info)
        for column, unit in zip(columns, units if span == "day" else [None] * len(columns), strict=True):
            if unit is not None and claim.unit_id != unit.id:
                continue
            midnight = datetime.combine(column.day, time(), info)
            begin, until = max(start, midnight), min(end, datetime.combine(column.day + _DAY, time(), info))
            if begin < until:
                column.items.append(_item(claim, begin, until, who.get(claim.unit_id or claim.id, ""), bookings, names))
    for column in columns:
        column.items.sort(key=lambda item: (item.start, item.end))
        _lanes(column.items)


def _item(
    claim: Claim, start: datetime, end: datetime, who: str, bookings: Mapping[UUID, Booking], names: Mapping[UUID, str]
) -> Item:
    booking = bookings.get(claim.owner_id)
    label = {
        ClaimKind.BOOKING: names.get(claim.owner_id, "Guest"),
        ClaimKind.HOLD: "Being booked",
        ClaimKind.BLOCK: claim.note or "Off sale",
        ClaimKind.EXTERNAL: claim.note or "Other calendar",
    }[claim.kind]
    kind = "pending" if booking is not None and booking.status.startswith("pending") else str(claim.kind)
    href = f"/host/bookings/{booking.id}" if booking is not None else ""
    block_id = claim.owner_id if claim.kind is ClaimKind.BLOCK else None
    movable = booking is not None and Action.CHANGE in states.allowed(booking.status, Actor.HOST)
    whole = (start, end) == (claim.starts_at, claim.ends_at)
    owner = booking.id if booking is not None and movable else None
    return Item(kind, start, end, label, who, href, block_id, owner, whole)


def _lanes(items: list[Item]) -> None:
    """Items at the same time stand side by side."""
    ends: list[datetime] = []
    for item in items:
        lane = next((at for at, until in enumerate(ends) if until <= item.start), len(ends))
        if lane == len(ends):
            ends.append(item.end)
        ends[lane] = item.end
        item.lane = min(lane, MOST_LANES - 1)
    for item in items:
        item.lanes = min(max(1, len(ends)), MOST_LANES)


def _rows(columns: Sequence[Column]) -> list[int]:
    """The hours shown; sets where each item begins and how long it is."""
    items = [item for column in columns for item in column.items]
    first = min([FIRST_HOUR, *(item.start.hour for item in items)])
    last = max([LAST_HOUR, *(_last_hour(item) for item in items)])
    for item in items:
        begin = item.start.hour * 60 + item.start.minute - first * 60
        minutes = int((item.end - item.start).total_seconds() // 60)
        item.row = begin // QUARTER
        item.rows = max(1, min(-(-(begin % QUARTER + minutes) // QUARTER), (last - first) * 4 - item.row))
    return list(range(first, last))


def _last_hour(item: Item) -> int:
    if item.end.date() > item.start.date():
        return 24
    return item.end.hour + (1 if item.end.minute else 0)


def time_in(text: str) -> time | None:
    """A time a browser has sent, or None."""
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None


def back(typed: dict[str, str], said: str) -> Response:
    """To the day, which says this."""
    day, span = first_day(typed.get("day", ""), date.min), "week" if typed.get("span") == "week" else "day"
    resource_id = as_id(typed.get("resource_id", "")) or ""
    where = f"?span={span}&resource_id={resource_id}" + (f"&day={day}" if day > date.min else "")
    response = RedirectResponse("/host/calendar/hours" + where, 303)
    flash(response, said)
    return response
