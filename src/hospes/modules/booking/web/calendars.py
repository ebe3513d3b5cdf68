"""The host's calendar: things × days, with bookings and blocks; choosing days keeps them off sale."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.booking import facade, queries
from hospes.modules.booking.contracts import Booking
from hospes.modules.booking.policies.restrictions import today_in
from hospes.modules.booking.web import views
from hospes.modules.booking.web.asking import Kept, as_id, read_asked
from hospes.modules.booking.web.hosting import first_day
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Mode, Sellable
from hospes.modules.identity import facade as users
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import Claim, ClaimKind
from hospes.platform.caller import require_caller
from hospes.platform.errors import Conflict, Invalid, NotFound
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter()
DAYS = 21
MOST_ROWS = 40


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that takes a row from one column to another, clipped to what is shown."""

    kind: str
    start: int
    span: int
    label: str
    detail: str
    href: str
    owner_id: UUID
    begins: bool
    ends: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the calendar: a resource and what takes it; overlapping bars of a pool get lanes of their own."""

    sellable: Sellable
    title: str
    bars: tuple[Bar, ...]
    first_of_resource: bool


@router.get("/host/calendar")
async def calendar_page(
    request: Request,
    start: Annotated[str, Query(alias="from")] = "",
    resource_id: Annotated[str, Query()] = "",
) -> Response:
    """Three weeks of everything, or of one resource."""
    return await _show(request, start, as_id(resource_id), {}, {}, 200)


@router.post("/host/calendar/block")
async def block(request: Request) -> Response:
    """Keep the chosen nights off sale; `departure` is the day sales begin again."""
    caller, rt = require_caller(request), runtime(request)
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    asked, resource_id = read_asked(form), as_id(form.get("resource_id", ""))
    faults = {name: text for name, text in asked.faults.items() if name in ("arrival", "departure")}
    for name, day in (("arrival", asked.arrival), ("departure", asked.departure)):
        if day is None:
            faults.setdefault(name, "Choose a day.")
    if resource_id is None:
        faults["resource_id"] = "Choose what to block."
    if faults or resource_id is None or asked.arrival is None or asked.departure is None:
        return await _show(request, form.get("from", ""), None, form, faults, 422)
    try:
        async with rt.db.write() as tx:
            await facade.block_dates(
                tx,
                caller=caller,
                resource_id=resource_id,
                arrival=asked.arrival,
                departure=asked.departure,
                note=form.get("note", "").strip()[:200],
                now=rt.clock.now(),
            )
    except (Invalid, Conflict) as refusal:
        said = refusal.fields or {"form": refusal.detail}
        return await _show(request, form.get("from", ""), None, form, said, refusal.status)
    return _back(form, "Off sale. Nobody can book these nights now.")


@router.post("/host/calendar/unblock")
async def unblock(request: Request) -> Response:
    """Put a block's nights on sale again."""
    caller, rt = require_caller(request), runtime(request)
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    resource_id, block_id = as_id(form.get("resource_id", "")), as_id(form.get("block_id", ""))
    said = "On sale again."
    if resource_id and block_id:
        try:
            async with rt.db.write() as tx:
                await facade.unblock_dates(
                    tx, caller=caller, resource_id=resource_id, block_id=block_id, now=rt.clock.now()
                )
        except NotFound as refusal:
            said = refusal.detail
    return _back(form, said)


def _back(form: dict[str, str], said: str) -> Response:
    start = first_day(form.get("from", ""), date.min)
    response = RedirectResponse("/host/calendar" + (f"?from={start}" if start > date.min else ""), 303)
    flash(response, said)
    return response


async def _show(
    request: Request, start: str, only: UUID | None, typed: dict[str, str], errors: dict[str, str], status: int
) -> Response:
    caller, rt = require_caller(request), runtime(request)
    now = rt.clock.now()
    async with rt.db.read() as tx:
        business = await catalog.business_of(tx, caller.user_id)
        if business is None:
            return RedirectResponse("/host", 303)
        every = [each for each in await catalog.resources_of_business(tx, business.id) if each.mode is Mode.NIGHTLY]
        shown = [each for each in every if only in (None, each.resource_id)][:MOST_ROWS]
        today = today_in(shown[0].zone if shown else "UTC", now)
        first = min(max(first_day(start, today), date(2000, 1, 3)), date(2200, 1, 1))
        last = first + timedelta(days=DAYS - 1)
        claims = await inventory.claims_between(tx, [each.resource_id for each in shown], first, last)
        bookings = {each.id: each for each in await queries.list_bookings_between(tx, business.id, first, last)}
        guests = await users.users_by_id(tx, list({each.guest_id for each in bookings.values()}))
    names = {each.id: guests[each.guest_id].first_name for each in bookings.values() if each.guest_id in guests}
    live = [each for each in claims if each.held_until is None or each.held_until > now]
    context: dict[str, Any] = {
        "business": business,
        "days": [first + timedelta(days=at) for at in range(DAYS)],
        "lanes": [lane for each in shown for lane in lanes_of(each, live, bookings, names, first)],
        "resources": every,
        "blocks": [each for each in live if each.kind is ClaimKind.BLOCK],
        "names": {each.resource_id: f"{each.property_name}: {each.resource_name}" for each in every},
        "only": only,
        "first": first,
        "today": today,
        "before": first - timedelta(days=14),
        "after": first + timedelta(days=14),
        "typed": Kept(typed),
        "errors": Kept(errors),
        "views": views,
    }
    return render(request, "booking/host_calendar.html", context, status)


def lanes_of(
    sellable: Sellable, claims: list[Claim], bookings: dict[UUID, Booking], names: dict[UUID, str], first: date
) -> list[Lane]:
    """The lines of one resource; each bar goes on the first line where it fits."""
    lines: list[list[Bar]] = [[]]
    mine = [each for each in claims if each.resource_id == sellable.resource_id]
    for claim in sorted(mine, key=lambda each: (each.first_night, each.departure, each.id)):
        bar = _bar(claim, bookings, names, first)
        for line in lines:
            if not line or line[-1].start + line[-1].span <= bar.start:
                line.append(bar)
                break
        else:
            lines.append([bar])
    return [Lane(sellable, sellable.resource_name, tuple(line), at == 0) for at, line in enumerate(lines)]


def _bar(claim: Claim, bookings: dict[UUID, Booking], names: dict[UUID, str], first: date) -> Bar:
    booking = bookings.get(claim.owner_id)
    begin = max(0, (claim.first_night - first).days)
    end = min(DAYS, (claim.departure - first).days)
    nights = views.nights_words(claim.first_night, claim.departure)
    label = {
        ClaimKind.BOOKING: names.get(claim.owner_id, "Guest"),
        ClaimKind.HOLD: "Being booked",
        ClaimKind.BLOCK: claim.note or "Off sale",
        ClaimKind.EXTERNAL: claim.note or "Other calendar",
    }[claim.kind]
    kind = str(claim.kind)
    if booking is not None and booking.status.startswith("pending"):
        kind = "pending"
    return Bar(
        kind=kind,
        start=begin,
        span=max(1, end - begin),
        label=label,
        detail=f"{label}, {nights} from {claim.first_night:%d %b} to {claim.departure:%d %b}",
        href=f"/trips/{booking.id}" if booking is not None else "",
        owner_id=claim.owner_id,
        begins=claim.first_night >= first,
        ends=(claim.departure - first).days <= DAYS,
    )
