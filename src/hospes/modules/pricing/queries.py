"""The read side of pricing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from hospes.modules.pricing.contracts import (
    NO_SHEET,
    Meals,
    PlanKind,
    PriceRule,
    Rate,
    RatePlan,
    RefundTier,
    Restriction,
    RuleKind,
    Sheet,
    Tax,
    TaxKind,
)
from hospes.platform.db import Asked, ReadTx, Row

RATE: LiteralString = (
    "r.currency, r.base_amount, r.cleaning_fee, r.service_fee_bp, r.taxes, r.version, r.travel_fee,"
    " r.travel_per_km, r.child_amount"
)
PLAN: LiteralString = (
    "id, resource_id, name, code, kind, parent_id, adjust_bp, adjust_amount, meals, meals_amount, cancellation_policy,"
    " tiers, active, position, version"
)
RULE: LiteralString = (
    "id, resource_id, kind, name, plan_id, weekdays, first, last, adjust_bp, adjust_amount, above_adults,"
    " from_age, to_age,"
    " min_nights, max_nights, min_days_ahead, max_days_ahead, position, version"
)
RESTRICTION: LiteralString = (
    "id, resource_id, plan_id, first, last, weekdays, min_stay, max_stay, min_stay_on_arrival, closed_to_arrival,"
    " closed_to_departure, stop_sell, min_advance_days, max_advance_days, version"
)
_SHEET: LiteralString = (
    "CASE WHEN r.has_rules THEN pricing.sheet_of(r.resource_id, %(first)s::date, %(end)s::date) END AS sheet"
)
_IN_DAYS: LiteralString = f"""
SELECT {RATE},
       (SELECT array_agg((d.day - %(first)s::date) ORDER BY d.day) FROM pricing.day_price AS d
        WHERE d.resource_id = r.resource_id AND d.day >= %(first)s AND d.day < %(end)s) AS offsets,
       (SELECT array_agg(d.amount ORDER BY d.day) FROM pricing.day_price AS d
        WHERE d.resource_id = r.resource_id AND d.day >= %(first)s AND d.day < %(end)s) AS amounts,
       {_SHEET}
FROM pricing.rate AS r WHERE r.resource_id = %(resource)s
"""  # noqa: S608 (constants only)

_MANY_IN_DAYS: LiteralString = f"""
SELECT r.resource_id, {RATE}, d.offsets, d.amounts, {_SHEET}
FROM pricing.rate AS r LEFT JOIN (
    SELECT d.resource_id, array_agg(d.day - %(first)s::date ORDER BY d.day) AS offsets,
           array_agg(d.amount ORDER BY d.day) AS amounts
    FROM pricing.day_price AS d
    WHERE d.resource_id = ANY(%(resources)s::uuid[]) AND d.day >= %(first)s AND d.day < %(end)s GROUP BY d.resource_id
) AS d ON d.resource_id = r.resource_id
WHERE r.resource_id = ANY(%(resources)s::uuid[])
"""  # noqa: S608 (constants only)


class RateSheet(NamedTuple):
    """A rate, the days with a price of their own, and what else changes the price of these days."""

    rate: Rate
    days: dict[date, int]
    sheet: Sheet


@dataclass(frozen=True, slots=True)
class RateInDays:
    """A rate and day prices that have been sent for."""

    asked: Asked
    first: date

    async def get(self) -> RateSheet | None:
        """The rate and the nights with a price of their own, or None without a rate."""
        row = await self.asked.row()
        return None if row is None else _as_rate_in_days(row, self.first)


async def ask_rate_in_days(tx: ReadTx, resource_id: UUID, first: date, end: date) -> RateInDays:
    """Ask for the rate and the day prices of [first, end), with the next statement."""
    return RateInDays(tx.ask(_IN_DAYS, {"resource": resource_id, "first": first, "end": end}), first)


async def list_rates_in_days(
    tx: ReadTx, resource_ids: Collection[UUID], first: date, end: date
) -> dict[UUID, RateSheet]:
    """The rates and the day prices of [first, end), in one statement; what has no rate is left out."""
    params = {"resources": list(resource_ids), "first": first, "end": end}
    return {row.pop("resource_id"): _as_rate_in_days(row, first) for row in await tx.all(_MANY_IN_DAYS, params)}


async def find_rate(tx: ReadTx, resource_id: UUID) -> Rate | None:
    """The rate, or None."""
    row = await tx.find(f"SELECT {RATE} FROM pricing.rate AS r WHERE r.resource_id = %s", (resource_id,))  # noqa: S608
    return None if row is None else as_rate(row)


async def list_day_prices(tx: ReadTx, resource_id: UUID, first: date, last: date) -> dict[date, int]:
    """The nights in [first, last] with a price of their own."""
    rows = await tx.all(
        "SELECT d.day, d.amount FROM pricing.day_price AS d"
        " WHERE d.resource_id = %s AND d.day BETWEEN %s AND %s ORDER BY d.day",
        (resource_id, first, last),
    )
    return {row["day"]: row["amount"] for row in rows}


async def list_plans(tx: ReadTx, resource_id: UUID) -> list[RatePlan]:
    """The plans of a resource, active or not, in their order."""
    sql: LiteralString = f"SELECT {PLAN} FROM pricing.rate_plan WHERE resource_id = %s ORDER BY position, id"  # noqa: S608
    return [as_plan(row) for row in await tx.all(sql, (resource_id,))]


async def list_rules(tx: ReadTx, resource_id: UUID) -> list[PriceRule]:
    """The price rules of a resource, in their order."""
    sql: LiteralString = f"SELECT {RULE} FROM pricing.price_rule WHERE resource_id = %s ORDER BY position, id"  # noqa: S608
    return [as_rule(row) for row in await tx.all(sql, (resource_id,))]


async def list_restrictions(tx: ReadTx, resource_id: UUID) -> list[Restriction]:
    """The restrictions of a resource, those without dates first."""
    sql: LiteralString = (
        f"SELECT {RESTRICTION} FROM pricing.restriction WHERE resource_id = %s ORDER BY first NULLS FIRST, id"  # noqa: S608
    )
    return [as_restriction(row) for row in await tx.all(sql, (resource_id,))]


async def has_amounts(tx: ReadTx, resource_id: UUID) -> bool:
    """Whether plans or rules of the resource hold amounts in its currency."""
    row = await tx.find(
        "SELECT EXISTS (SELECT FROM pricing.rate_plan WHERE resource_id = %(id)s"
        " AND (adjust_amount <> 0 OR meals_amount > 0)) OR EXISTS (SELECT FROM pricing.price_rule"
        " WHERE resource_id = %(id)s AND adjust_amount <> 0) AS found",
        {"id": resource_id},
    )
    return row is not None and bool(row["found"])


def _as_rate_in_days(row: Row, first: date) -> RateSheet:
    row = dict(row)
    start = first.toordinal()
    offsets, amounts = row.pop("offsets") or (), row.pop("amounts") or ()
    days = {date.fromordinal(start + offset): amount for offset, amount in zip(offsets, amounts, strict=True)}
    sheet = row.pop("sheet")
    return RateSheet(as_rate(row), days, NO_SHEET if sheet is None else _as_sheet(sheet))


def _as_sheet(value: dict[str, list[Row] | None]) -> Sheet:
    return Sheet(
        plans=tuple(as_plan(each) for each in value["plans"] or ()),
        rules=tuple(as_rule(each) for each in value["rules"] or ()),
        restrictions=tuple(as_restriction(each) for each in value["restrictions"] or ()),
    )


def as_plan(row: Row) -> RatePlan:
    """A row of `PLAN`, or the same from JSON."""
    tiers = row["tiers"]
    return RatePlan(
        **{
            **_typed(row),
            "kind": PlanKind(row["kind"]),
            "meals": Meals(row["meals"]),
            "tiers": None if tiers is None else tuple(RefundTier(**each) for each in tiers),
        }
    )


def as_rule(row: Row) -> PriceRule:
    """A row of `RULE`, or the same from JSON, where what is null may be left out."""
    return PriceRule(**{**_typed(row), "kind": RuleKind(row["kind"])})


def as_restriction(row: Row) -> Restriction:
    """A row of `RESTRICTION`, or the same from JSON, where what is null may be left out."""
    return Restriction(**_typed(row))


def _typed(row: Row) -> Row:
    """Ids and days as such, which in JSON are text."""
    typed = dict(row)
    for name in ("id", "resource_id", "plan_id", "parent_id"):
        if isinstance(typed.get(name), str):
            typed[name] = UUID(typed[name])
    for name in ("first", "last"):
        if isinstance(typed.get(name), str):
            typed[name] = date.fromisoformat(typed[name])
    return typed


def as_rate(row: Row) -> Rate:
    """A row of `RATE`."""
    return Rate(**{**row, "taxes": tuple(_as_tax(each) for each in row["taxes"])})


def _as_tax(value: dict[str, Any]) -> Tax:
    return Tax(
        code=value["code"],
        name=value["name"],
        kind=TaxKind(value["kind"]),
        bp=value.get("bp", 0),
        amount=value.get("amount", 0),
        included=value.get("included", False),
        exempt_under_age=value.get("exempt_under_age"),
        max_nights=value.get("max_nights"),
    )
