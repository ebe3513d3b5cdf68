"""All that makes the price of a resource, on one page, with an example that follows."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Mode
from hospes.modules.pricing import facade
from hospes.modules.pricing.contracts import Offer, Party, Price
from hospes.modules.pricing.errors import NoPrice, Restricted
from hospes.modules.pricing.web.managing import Managed, managed
from hospes.modules.pricing.web.typed import change_words, when_words
from hospes.modules.pricing.web.wording import restriction_words, rule_words
from hospes.platform.caller import require_caller
from hospes.platform.db import ReadTx
from hospes.platform.money import Money
from hospes.platform.pages import render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/host/rates")
UNITS = {Mode.NIGHTLY: "a night", Mode.TIMED: "an hour", Mode.DEPARTURE: "a place"}
MOST = 200
MOST_NIGHTS = 60


@router.get("")
async def overview(request: Request) -> Response:
    """Everything the business sells with its usual price and how many plans, rules and restrictions change it."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        business = await catalog.business_of(tx, caller.user_id)
        if business is None:
            return RedirectResponse("/host", 303)
        await catalog.ensure_manages(tx, caller, business.id, catalog.Permission.LISTINGS)
        cards: list[dict[str, Any]] = []
        for each in (await catalog.resources_of_business(tx, business.id))[:MOST]:
            rate = await facade.find_rate(tx, each.resource_id)
            cards.append(
                {
                    "sellable": each,
                    "price": Money(rate.base_amount, rate.currency).text() if rate else "",
                    "unit": UNITS[each.mode],
                    "plans": await facade.list_plans(tx, each.resource_id),
                    "rules": len(await facade.list_rules(tx, each.resource_id)),
                    "restrictions": len(await facade.list_restrictions(tx, each.resource_id)),
                }
            )
    return render(request, "pricing/host_rates.html", {"cards": cards})


@router.get("/{resource_id}")
async def rates(
    request: Request,
    resource_id: UUID,
    arrival: Annotated[str, Query()] = "",
    departure: Annotated[str, Query()] = "",
    adults: Annotated[str, Query()] = "2",
    children: Annotated[str, Query()] = "0",
) -> Response:
    """The usual price, plans, rules, restrictions, and what an example costs with them."""
    caller, rt = require_caller(request), runtime(request)
    now = rt.clock.now()
    async with rt.db.read() as tx:
        mine = await managed(tx, caller, resource_id)
        rules = await facade.list_rules(tx, resource_id)
        restrictions = await facade.list_restrictions(tx, resource_id)
        example = await _example(tx, mine, now, arrival, departure, Party(_count(adults, 2), _count(children, 0)))
    context: dict[str, Any] = {
        "sellable": mine.sellable,
        "rate": mine.rate,
        "unit": UNITS[mine.sellable.mode],
        "plans": mine.plans,
        "plan_names": {each.id: each.name for each in mine.plans},
        "change_words": change_words,
        "rules": [(each, rule_words(each), when_words(each.first, each.last, each.weekdays)) for each in rules],
        "restrictions": [
            (each, restriction_words(each), when_words(each.first, each.last, each.weekdays)) for each in restrictions
        ],
        "example": example,
    }
    part = request.headers.get("hx-target") == "example"
    return render(request, "pricing/_example.html" if part else "pricing/host_rate.html", context)


async def _example(
    tx: ReadTx, mine: Managed, now: datetime, arrival: str, departure: str, party: Party
) -> dict[str, Any]:
    """Dates, party, and what they cost at the usual price and at each plan."""
    today = now.astimezone(ZoneInfo(mine.sellable.zone)).date()
    first = max(_day(arrival) or today + timedelta(days=30), date(2000, 1, 1))
    last = _day(departure) or first + timedelta(days=3)
    if not 0 < (last - first).days <= MOST_NIGHTS:
        last = first + timedelta(days=1)
    found: dict[str, Any] = {
        "arrival": first,
        "departure": last,
        "party": party,
        "usual": None,
        "refusal": "",
        "offers": [],
    }
    if mine.rate is None:
        return found
    try:
        found["usual"] = await _usual(tx, mine, first, last, party, today)
    except (Restricted, NoPrice) as refusal:
        found["refusal"] = refusal.detail
    if mine.sellable.mode is Mode.NIGHTLY:
        offers: list[Offer] = await facade.offers(tx, mine.sellable.resource_id, first, last, party, today=today)
        found["offers"] = offers
    return found


async def _usual(tx: ReadTx, mine: Managed, first: date, last: date, party: Party, today: date) -> Price:
    resource_id, zone = mine.sellable.resource_id, mine.sellable.zone
    if mine.sellable.mode is Mode.NIGHTLY:
        return await facade.price_stay(tx, resource_id, first, last, party, today=today)
    if mine.sellable.mode is Mode.TIMED:
        starts = datetime.combine(first, time(10), ZoneInfo(zone))
        return await facade.price_hours(tx, resource_id, starts, starts + timedelta(hours=1), zone, party, today=today)
    return await facade.price_places(tx, resource_id, first, party, today=today)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2200 else None


def _count(text: str, otherwise: int) -> int:
    return min(50, int(text)) if text.isascii() and text.isdecimal() and len(text) < 4 else otherwise
