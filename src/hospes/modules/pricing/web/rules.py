"""A price rule: new, changed, deleted."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.catalog.errors import VersionChanged
from hospes.modules.pricing import facade
from hospes.modules.pricing.contracts import PriceRule, RuleKind
from hospes.modules.pricing.errors import RateInvalid, RateNotFound
from hospes.modules.pricing.web.managing import Managed, back, managed, version_of
from hospes.modules.pricing.web.typed import WEEK, Typed, change_values, days_of, plain_values, read_typed
from hospes.modules.pricing.web.wording import KINDS
from hospes.platform.caller import require_caller
from hospes.platform.ids import new_id
from hospes.platform.pages import render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/host/rates/{resource_id}/rules")
NUMBERS = {
    RuleKind.EXTRA_ADULT: ("above_adults",),
    RuleKind.CHILD: ("from_age", "to_age"),
    RuleKind.LENGTH: ("min_nights", "max_nights"),
    RuleKind.EARLY_BIRD: ("min_days_ahead",),
    RuleKind.LAST_MINUTE: ("max_days_ahead",),
}
_ALL = tuple(name for names in NUMBERS.values() for name in names)


@router.get("/new")
async def new(request: Request, resource_id: UUID) -> Response:
    """An empty form."""
    return await _show(request, resource_id, None, Typed({"kind": "weekday", "change_in": "percent", "position": "0"}))


@router.post("/new")
async def create(request: Request, resource_id: UUID) -> Response:
    """A new rule."""
    return await _save(request, resource_id, None)


@router.get("/{rule_id}")
async def edit(request: Request, resource_id: UUID, rule_id: UUID) -> Response:
    """The rule as it is."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        mine = await managed(tx, caller, resource_id)
        rule = await facade.get_rule(tx, resource_id, rule_id)
    values = plain_values(rule, ("kind", "name", "plan_id", "first", "last", "position", "version", *_ALL))
    values |= change_values(rule.adjust_bp, rule.adjust_amount, mine.currency)
    return await _show(request, resource_id, rule_id, Typed(values, days_of(rule.weekdays)))


@router.post("/{rule_id}")
async def change(request: Request, resource_id: UUID, rule_id: UUID) -> Response:
    """All of it at once."""
    return await _save(request, resource_id, rule_id)


@router.post("/{rule_id}/delete")
async def delete(request: Request, resource_id: UUID, rule_id: UUID) -> Response:
    """Bookings keep their price."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await managed(tx, caller, resource_id)
        await facade.delete_rule(tx, resource_id, rule_id, now=rt.clock.now())
    return back(resource_id, "The rule is deleted. Bookings keep the price they were made at.")


async def _save(request: Request, resource_id: UUID, rule_id: UUID | None) -> Response:
    caller, rt = require_caller(request), runtime(request)
    typed = await read_typed(request)
    try:
        async with rt.db.write() as tx:
            mine = await managed(tx, caller, resource_id)
            if rule_id is not None:
                await facade.get_rule(tx, resource_id, rule_id)
            rule = _rule_of(typed, mine, rule_id or new_id())
            if not typed.errors:
                expected = version_of(typed["version"]) if rule_id else None
                await facade.put_rule(tx, rule, expected=expected, now=rt.clock.now())
    except RateInvalid as refusal:
        typed.blame(refusal.fields)
    except (RateNotFound, VersionChanged) as refusal:
        typed.errors["form"] = refusal.detail or refusal.title
    if typed.errors:
        return await _show(request, resource_id, rule_id, typed, 422)
    return back(resource_id, "The rule is saved.")


async def _show(request: Request, resource_id: UUID, rule_id: UUID | None, typed: Typed, status: int = 200) -> Response:
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        mine = await managed(tx, caller, resource_id)
    context: dict[str, Any] = {
        "sellable": mine.sellable,
        "rule_id": rule_id,
        "typed": typed,
        "currency": mine.currency,
        "plans": mine.plan_options(),
        "kinds": list(KINDS.items()),
        "week": WEEK,
    }
    return render(request, "pricing/host_rule.html", context, status)


def _rule_of(typed: Typed, mine: Managed, rule_id: UUID) -> PriceRule:
    """What the kind does not use is left out, whatever was typed there."""
    kind = RuleKind(typed["kind"]) if typed["kind"] in set(RuleKind) else RuleKind.WEEKDAY
    numbers: dict[str, Any] = {name: typed.whole(name) for name in NUMBERS.get(kind, ())}
    changed: dict[str, Any] = typed.change(mine.currency)
    return PriceRule(
        id=rule_id,
        resource_id=mine.sellable.resource_id,
        kind=kind,
        name=typed["name"],
        plan_id=typed.one_of("plan_id"),
        weekdays=typed.mask(),
        first=typed.day("first"),
        last=typed.day("last"),
        position=typed.whole("position") or 0,
        **changed,
        **numbers,
    )
