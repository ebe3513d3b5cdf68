"""A rate plan: new, changed, deleted."""

import re
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.catalog.errors import VersionChanged
from hospes.modules.pricing import facade
from hospes.modules.pricing.contracts import Meals, PlanKind, RatePlan, RefundTier
from hospes.modules.pricing.errors import PlanInUse, RateInvalid, RateNotFound
from hospes.modules.pricing.web.managing import Managed, back, managed, version_of
from hospes.modules.pricing.web.typed import Typed, change_values, plain_values, read_typed
from hospes.platform.caller import require_caller
from hospes.platform.ids import new_id
from hospes.platform.money import plain_amount, read_decimal
from hospes.platform.pages import render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/host/rates/{resource_id}/plans")
TIERS = 3
POLICIES = [
    ("", "As the listing says"),
    ("flexible", "Flexible"),
    ("moderate", "Moderate"),
    ("strict", "Strict"),
    ("non_refundable", "Non-refundable"),
    ("custom", "My own steps"),
]
MEALS = [
    (Meals.NONE, "No meals"),
    (Meals.BREAKFAST, "Breakfast"),
    (Meals.HALF_BOARD, "Half board"),
    (Meals.FULL_BOARD, "Full board"),
    (Meals.ALL_INCLUSIVE, "All inclusive"),
]


@router.get("/new")
async def new(request: Request, resource_id: UUID) -> Response:
    """An empty form."""
    return await _show(request, resource_id, None, Typed({"active": "yes", "change_in": "percent", "position": "0"}))


@router.post("/new")
async def create(request: Request, resource_id: UUID) -> Response:
    """A new plan."""
    return await _save(request, resource_id, None)


@router.get("/{plan_id}")
async def edit(request: Request, resource_id: UUID, plan_id: UUID) -> Response:
    """The plan as it is."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        mine = await managed(tx, caller, resource_id)
        plan = await facade.get_plan(tx, resource_id, plan_id)
    return await _show(request, resource_id, plan_id, Typed(_values(plan, mine.currency)))


@router.post("/{plan_id}")
async def change(request: Request, resource_id: UUID, plan_id: UUID) -> Response:
    """All of it at once."""
    return await _save(request, resource_id, plan_id)


@router.post("/{plan_id}/delete")
async def delete(request: Request, resource_id: UUID, plan_id: UUID) -> Response:
    """Bookings keep their price; its rules and restrictions go along."""
    caller, rt = require_caller(request), runtime(request)
    try:
        async with rt.db.write() as tx:
            await managed(tx, caller, resource_id)
            await facade.delete_plan(tx, resource_id, plan_id, now=rt.clock.now())
    except PlanInUse as refusal:
        return back(resource_id, refusal.detail)
    return back(resource_id, "The rate plan is deleted. Bookings keep the price they were made at.")


async def _save(request: Request, resource_id: UUID, plan_id: UUID | None) -> Response:
    caller, rt = require_caller(request), runtime(request)
    typed = await read_typed(request)
    try:
        async with rt.db.write() as tx:
            mine = await managed(tx, caller, resource_id)
            if plan_id is not None:
                await facade.get_plan(tx, resource_id, plan_id)
            plan = _plan_of(typed, mine, plan_id or new_id())
            if not typed.errors:
                expected = version_of(typed["version"]) if plan_id else None
                await facade.put_plan(tx, plan, expected=expected, now=rt.clock.now())
    except RateInvalid as refusal:
        typed.blame(refusal.fields)
    except (RateNotFound, VersionChanged) as refusal:
        typed.errors["form"] = refusal.detail or refusal.title
    if typed.errors:
        return await _show(request, resource_id, plan_id, typed, 422)
    return back(resource_id, f"{plan.name} is saved.")


async def _show(request: Request, resource_id: UUID, plan_id: UUID | None, typed: Typed, status: int = 200) -> Response:
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        mine = await managed(tx, caller, resource_id)
    context: dict[str, Any] = {
        "sellable": mine.sellable,
        "plan_id": plan_id,
        "typed": typed,
        "currency": mine.currency,
        "parents": [(value, name) for value, name in mine.plan_options() if value != str(plan_id)],
        "policies": POLICIES,
        "meals": MEALS,
        "tiers": range(TIERS),
    }
    return render(request, "pricing/host_plan.html", context, status)


def _plan_of(typed: Typed, mine: Managed, plan_id: UUID) -> RatePlan:
    derived = bool(typed["parent_id"])
    changed = typed.change(mine.currency) if derived else {"adjust_bp": None, "adjust_amount": None}
    policy = typed["cancellation_policy"]
    return RatePlan(
        id=plan_id,
        resource_id=mine.sellable.resource_id,
        name=typed["name"],
        code=typed["code"] or _code_of(typed["name"], plan_id),
        kind=PlanKind.DERIVED if derived else PlanKind.STANDARD,
        parent_id=typed.one_of("parent_id"),
        adjust_bp=changed["adjust_bp"],
        adjust_amount=changed["adjust_amount"],
        meals=Meals(typed["meals"]) if typed["meals"] in set(Meals) else Meals.NONE,
        meals_amount=typed.amount("meals_amount", mine.currency),
        cancellation_policy=policy if policy in dict(POLICIES) and policy else None,
        tiers=_tiers(typed) if policy == "custom" else None,
        active=typed["active"] == "yes",
        position=typed.whole("position") or 0,
    )


def _tiers(typed: Typed) -> tuple[RefundTier, ...]:
    found = []
    for row in range(TIERS):
        days, percent = typed[f"tier{row}_days"], typed[f"tier{row}_percent"]
        if not days and not percent:
            continue
        before, share = read_decimal(days or "x"), read_decimal(percent or "x")
        if before is None or share is None or not 0 <= before <= 365 or not 0 < share <= 100:
            typed.errors["tiers"] = "Give days from 0 to 365 and a percentage above 0 and up to 100 in each step."
            continue
        found.append(RefundTier(int(before * 24), int(share * 100)))
    return tuple(found)


def _values(plan: RatePlan, currency: str) -> dict[str, str]:
    values = plain_values(plan, ("name", "code", "parent_id", "meals", "cancellation_policy", "position", "version"))
    values |= change_values(plan.adjust_bp, plan.adjust_amount, currency)
    values["active"] = "yes" if plan.active else ""
    values["meals_amount"] = plain_amount(plan.meals_amount, currency) if plan.meals_amount else ""
    for row, tier in enumerate((plan.tiers or ())[:TIERS]):
        values[f"tier{row}_days"] = f"{tier.hours_before / 24:g}"
        values[f"tier{row}_percent"] = f"{tier.refund_bp / 100:g}"
    return values


def _code_of(name: str, plan_id: UUID) -> str:
    """A code nobody has to think of."""
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:20]
    return f"{stem}-{plan_id.hex[-6:]}" if stem else plan_id.hex[-8:]
