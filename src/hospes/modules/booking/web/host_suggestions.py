"""Suggested prices on the host's pages of rates: look, choose nights, accept; the calendar takes it back."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.booking.policies.restrictions import today_in
from hospes.modules.booking.use_cases.suggest_prices import Suggested, suggest_prices
from hospes.modules.booking.web import host_undo
from hospes.modules.booking.web.host_range import runs_of
from hospes.modules.booking.web.host_undo import Undo
from hospes.modules.catalog.contracts import Mode, Sellable
from hospes.modules.inventory import facade as inventory
from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.contracts import Rate
from hospes.modules.pricing.errors import RateInvalid
from hospes.platform.caller import require_caller
from hospes.platform.money import plain_amount, read_amount
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/host/rates/{resource_id}/suggestions")
DAYS = 30
MOST_DAYS = 92


@router.get("")
async def suggestions(request: Request, resource_id: UUID) -> Response:
    """A month of nights with what they cost and might cost; the bounds travel in the address."""
    return await _show(request, resource_id, dict(request.query_params.items()), {})


@router.post("")
async def accept(request: Request, resource_id: UUID) -> Response:
    """Set the nights that were ticked to the prices that were shown; none outside the bounds."""
    caller, rt = require_caller(request), runtime(request)
    form = await request.form()
    said = {name: value.strip()[:40] for name, value in form.items() if isinstance(value, str)}
    async with rt.db.write() as tx:
        sellable = await inventory.get_managed(tx, caller, resource_id, Mode.NIGHTLY)
        rate = await pricing.get_rate(tx, resource_id)
        floor, ceiling = (read_amount(said.get(name, ""), rate.currency) for name in ("floor", "ceiling"))
        wanted = _wanted([str(each) for each in form.getlist("night")][:MOST_DAYS])
        errors = _faults(wanted, floor, ceiling, today_in(sellable.zone, rt.clock.now()))
        if not errors:
            days = sorted(wanted)
            before = await pricing.day_prices(tx, resource_id, days[0], days[-1])
            await pricing.set_day_prices(tx, resource_id, dict(wanted), now=rt.clock.now())
    if errors:
        return await _show(request, resource_id, said, errors, 422)
    response = RedirectResponse(f"/host/calendar?from={days[0]}", 303)
    flash(
        response,
        f"{len(days)} night{'' if len(days) == 1 else 's'} of {sellable.resource_name} at the suggested price.",
    )
    host_undo.keep(response, Undo(resource_id=resource_id, prices=runs_of([(day, before.get(day)) for day in days])))
    return response


def _wanted(ticked: list[str]) -> dict[date, int]:
    """Nights and prices as the ticks carry them; others are left out."""
    found: dict[date, int] = {}
    for each in ticked:
        day, _, amount = each.partition("=")
        try:
            night = date.fromisoformat(day)
        except ValueError:
            continue
        if amount.isascii() and amount.isdecimal() and len(amount) < 11:
            found[night] = int(amount)
    return found


def _faults(wanted: dict[date, int], floor: int | None, ceiling: int | None, today: date) -> dict[str, str]:
    if floor is None or ceiling is None or not 0 <= floor <= ceiling:
        return {"floor": "Give a lowest price up to the highest."}
    if not wanted:
        return {"form": "Tick the nights whose price you want to set."}
    if min(wanted) < today:
        return {"form": "Some of these nights are over."}
    if not all(floor <= amount <= ceiling for amount in wanted.values()):
        return {"form": "Some of these prices are outside your lowest and highest. Look again."}
    return {}


async def _show(
    request: Request, resource_id: UUID, said: dict[str, str], errors: dict[str, str], status: int = 200
) -> Response:
    caller, rt = require_caller(request), runtime(request)
    now = rt.clock.now()
    async with rt.db.read() as tx:
        sellable = await inventory.get_managed(tx, caller, resource_id, Mode.NIGHTLY)
        rate = await pricing.find_rate(tx, resource_id)
        if rate is None:
            return RedirectResponse(f"/host/rates/{resource_id}", 303)
        first, last, errors = _range(sellable, said, dict(errors), now)
        bounds = _bounds(said, rate, errors)
        try:
            found = await suggest_prices(tx, caller, resource_id, first, last, **bounds, now=now)
        except RateInvalid as refusal:
            errors |= refusal.fields
            found = await suggest_prices(tx, caller, resource_id, first, last, now=now)
    context: dict[str, Any] = {
        "sellable": sellable,
        "rate": rate,
        "found": found,
        "typed": _typed(said, rate, found, first, last),
        "errors": errors,
    }
    return render(request, "booking/host_suggestions.html", context, 422 if errors and status == 200 else status)


def _range(
    sellable: Sellable, said: dict[str, str], errors: dict[str, str], now: datetime
) -> tuple[date, date, dict[str, str]]:
    today = today_in(sellable.zone, now)
    first = max(_day(said.get("from", "")) or today, today)
    last = _day(said.get("to", "")) or first + timedelta(days=DAYS - 1)
    if last < first or (last - first).days >= MOST_DAYS:
        errors["to"] = f"From 1 to {MOST_DAYS} nights."
        last = first + timedelta(days=DAYS - 1)
    return first, last, errors


def _bounds(said: dict[str, str], rate: Rate, errors: dict[str, str]) -> dict[str, int]:
    bounds = {}
    for name in ("floor", "ceiling"):
        if said.get(name):
            amount = read_amount(said[name], rate.currency)
            if amount is None or not 0 <= amount <= 1_000_000_000:
                errors[name] = "Enter an amount, such as 120."
            else:
                bounds[name] = amount
    return bounds


def _typed(said: dict[str, str], rate: Rate, found: Suggested, first: date, last: date) -> dict[str, str]:
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "floor": said.get("floor") or plain_amount(found.floor, rate.currency),
        "ceiling": said.get("ceiling") or plain_amount(found.ceiling, rate.currency),
    }


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2100 else None
