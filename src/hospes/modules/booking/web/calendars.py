"""The host's calendar by night: resources × days. Choosing nights takes them off sale, prices them, sets rules."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.booking import facade, queries
from hospes.modules.booking.policies.restrictions import today_in
from hospes.modules.booking.web import host_undo, views
from hospes.modules.booking.web.asking import Kept
from hospes.modules.booking.web.host_range import change_range, faults_of
from hospes.modules.booking.web.host_tape import ALL_LANES, DAYS, MOST_LANES, Known, rows_of
from hospes.modules.booking.web.host_undo import Undo
from hospes.modules.booking.web.hosting import first_day
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Business, Mode, Sellable
from hospes.modules.identity import facade as users
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import ClaimKind
from hospes.modules.pricing import facade as pricing
from hospes.platform.caller import require_caller
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.errors import Conflict, Invalid, NotFound
from hospes.platform.ids import as_id
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter()
PAGE = 20
STEP = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Shown:
    """What part of the calendar an address asks for."""

    start: str = ""
    property_id: UUID | None = None
    resource_id: UUID | None = None
    page: int = 1

    def query(self, **changed: Any) -> str:
        """The address of the same with something else."""
        values = {
            "from": self.start,
            "property_id": self.property_id,
            "resource_id": self.resource_id,
            "page": self.page if self.page > 1 else None,
            **changed,
        }
        text = urlencode({name: value for name, value in values.items() if value})
        return "/host/calendar" + (f"?{text}" if text else "")


@router.get("/host/calendar")
async def calendar_page(
    request: Request,
    start: Annotated[str, Query(alias="from")] = "",
    property_id: Annotated[str, Query()] = "",
    resource_id: Annotated[str, Query()] = "",
    page: Annotated[str, Query()] = "1",
) -> Response:
    """Three weeks of everything, of one place, or of one thing with its units."""
    return await _show(request, Shown(start, as_id(property_id), as_id(resource_id), _page(page)), {}, {}, 200)


@router.post("/host/calendar/change")
async def change(request: Request) -> Response:
    """What `do` says with the nights [arrival, departure): block, unblock, price, rules or clear."""
    caller, rt = require_caller(request), runtime(request)

    async def run(tx: WriteTx, form: dict[str, str]) -> tuple[str, Undo | None]:
        return await change_range(tx, caller, form, now=rt.clock.now())

    return await _change(request, run)


@router.post("/host/calendar/block")
async def block(request: Request) -> Response:
    """Keep the chosen nights off sale; `departure` is the day sales begin again."""
    caller, rt = require_caller(request), runtime(request)

    async def run(tx: WriteTx, form: dict[str, str]) -> tuple[str, Undo | None]:
        return await change_range(tx, caller, {**form, "do": "block"}, now=rt.clock.now())

    return await _change(request, run)


@router.post("/host/calendar/unblock")
async def unblock(request: Request) -> Response:
    """Put a block's nights on sale again."""
    caller, rt = require_caller(request), runtime(request)

    async def run(tx: WriteTx, form: dict[str, str]) -> tuple[str, Undo | None]:
        resource_id, block_id = as_id(form.get("resource_id", "")), as_id(form.get("block_id", ""))
        if resource_id is None or block_id is None:
            return "There is no such block.", None
        try:
            claims = await inventory.claims_of(tx, block_id)
            await facade.unblock_dates(
                tx, caller=caller, resource_id=resource_id, block_id=block_id, now=rt.clock.now()
            )
        except NotFound as refusal:
            return refusal.detail, None
        again = [(each.first_night, each.departure, each.note) for each in claims]
        return "On sale again.", Undo(resource_id=resource_id, block=again)

    return await _change(request, run)


@router.post("/host/calendar/undo")
async def undo(request: Request) -> Response:
    """Take back the change before."""
    caller, rt = require_caller(request), runtime(request)

    async def run(tx: WriteTx, form: dict[str, str]) -> tuple[str, Undo | None]:
        way = host_undo.read(form.get("undo", ""))
        if way is None:
            return "There is nothing to take back.", None
        await host_undo.take_back(tx, caller, way, provider=rt.settings.payment_provider, now=rt.clock.now())
        return "Taken back.", None

    return await _change(request, run)


async def _change(
    request: Request, run: Callable[[WriteTx, dict[str, str]], Awaitable[tuple[str, Undo | None]]]
) -> Response:
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    shown = Shown(
        form.get("from", ""), as_id(form.get("property", "")), as_id(form.get("only", "")), _page(form.get("page", ""))
    )
    try:
        async with runtime(request).db.write() as tx:
            said, way = await run(tx, form)
    except (Invalid, Conflict) as refusal:
        return await _show(request, shown, form, faults_of(refusal), refusal.status)
    response = RedirectResponse(shown.query(), 303)
    flash(response, said)
    if way is not None:
        host_undo.keep(response, way)
    return response


async def _show(request: Request, shown: Shown, typed: dict[str, str], errors: dict[str, str], status: int) -> Response:
    caller, rt = require_caller(request), runtime(request)
    now = rt.clock.now()
    async with rt.db.read() as tx:
        business = await catalog.business_of(tx, caller.user_id)
        if business is None:
            return RedirectResponse("/host", 303)
        every = await catalog.resources_of_business(tx, business.id)
        nightly = [each for each in every if each.mode is Mode.NIGHTLY]
        found = [
            each
            for each in nightly
            if shown.property_id in (None, each.property_id) and shown.resource_id in (None, each.resource_id)
        ]
        page = min(shown.page, max(1, -(-len(found) // PAGE)))
        rows = found[(page - 1) * PAGE : page * PAGE]
        today = today_in(rows[0].zone if rows else "UTC", now)
        first = min(max(first_day(shown.start, today), date(2000, 1, 3)), date(2200, 1, 1))
        parts = await _parts(tx, request, business, rows, first, single=shown.resource_id is not None)
    context: dict[str, Any] = {
        **parts,
        **_around(shown, first, today, page, len(found)),
        "days": [first + timedelta(days=at) for at in range(DAYS)],
        "resources": nightly,
        "other_modes": {str(each.mode) for each in every if each.mode is not Mode.NIGHTLY},
        "places": list({each.property_id: each.property_name for each in nightly}.items()),
        "names": {each.resource_id: f"{each.property_name}: {each.resource_name}" for each in every},
        "typed": Kept({"from": "", **typed}),
        "errors": Kept(errors),
        "pooled": [each.resource_id for each in rows if each.pooled and each.capacity > 1],
        "undo": host_undo.offered(request) if status == 200 else "",
    }
    response = render(request, "booking/host_calendar.html", context, status)
    response.delete_cookie(host_undo.COOKIE, path="/host")
    return response


async def _parts(
    tx: ReadTx, request: Request, business: Business, rows: list[Sellable], first: date, *, single: bool
) -> dict[str, Any]:
    """Rows with their bars, and the blocks among them."""
    now, last = runtime(request).clock.now(), first + timedelta(days=DAYS - 1)
    ids = [each.resource_id for each in rows]
    claims = await inventory.claims_between(tx, ids, first, last)
    live = [each for each in claims if each.held_until is None or each.held_until > now]
    bookings = {each.id: each for each in await queries.list_bookings_between(tx, business.id, first, last)}
    guests = await users.users_by_id(tx, list({each.guest_id for each in bookings.values()}))
    names = {each.id: guests[each.guest_id].first_name for each in bookings.values() if each.guest_id in guests}
    terms = await pricing.list_night_terms(tx, ids, first, last)
    with_units = single and rows and rows[0].capacity > 1 and not rows[0].pooled
    units = await catalog.units_of(tx, ids) if with_units else {}
    known = Known(bookings, names)
    made = [
        row
        for each in rows
        for row in rows_of(
            each,
            live,
            known,
            terms.get(each.resource_id, []),
            [unit for unit in units.get(each.resource_id, []) if unit.active],
            first,
            most=ALL_LANES if single else MOST_LANES,
        )
    ]
    return {"rows": made, "blocks": [each for each in live if each.kind is ClaimKind.BLOCK], "priced": set(terms)}


def _around(shown: Shown, first: date, today: date, page: int, total: int) -> dict[str, Any]:
    """Where one can go from here."""
    pages = max(1, -(-total // PAGE))
    return {
        "shown": shown,
        "first": first,
        "today": today,
        "before": shown.query(**{"from": first - STEP}),
        "after": shown.query(**{"from": first + STEP}),
        "now_link": shown.query(**{"from": None}),
        "page": page,
        "pages": pages,
        "page_before": shown.query(page=page - 1) if page > 1 else "",
        "page_after": shown.query(page=page + 1) if page < pages else "",
        "views": views,
    }


def _page(text: str) -> int:
    return min(int(text), 1000) if text.isascii() and text.isdecimal() and len(text) < 5 and int(text) else 1
