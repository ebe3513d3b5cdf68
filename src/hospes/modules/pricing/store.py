"""The write side of pricing."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from hospes.modules.pricing.contracts import PriceRule, Rate, RatePlan, Restriction
from hospes.platform.db import WriteTx


async def upsert_rate(tx: WriteTx, resource_id: UUID, rate: Rate, now: datetime) -> int:
    """Insert or replace; answers the new version. Day prices stay."""
    row = await tx.find(
        "INSERT INTO pricing.rate AS r (resource_id, currency, base_amount, cleaning_fee, service_fee_bp, taxes,"
        " travel_fee, travel_per_km, child_amount, updated_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (resource_id) DO UPDATE SET currency ="
        " EXCLUDED.currency,"
        " base_amount = EXCLUDED.base_amount, cleaning_fee = EXCLUDED.cleaning_fee,"
        " service_fee_bp = EXCLUDED.service_fee_bp, taxes = EXCLUDED.taxes,"
        " travel_fee = EXCLUDED.travel_fee, travel_per_km = EXCLUDED.travel_per_km,"
        " child_amount = EXCLUDED.child_amount, updated_at = EXCLUDED.updated_at,"
        " version = r.version + 1 RETURNING r.version",
        (
            *(resource_id, rate.currency, rate.base_amount, rate.cleaning_fee, rate.service_fee_bp),
            *(Jsonb([asdict(tax) for tax in rate.taxes]), rate.travel_fee, rate.travel_per_km, rate.child_amount, now),
        ),
    )
    assert row is not None
    return int(row["version"])


async def delete_day_prices(tx: WriteTx, resource_id: UUID) -> None:
    """Forget every day price: they were in another currency."""
    await tx.run("DELETE FROM pricing.day_price WHERE resource_id = %s", (resource_id,))


async def write_day_prices(tx: WriteTx, resource_id: UUID, prices: Mapping[date, int | None]) -> None:
    """Set those with an amount, remove the others."""
    gone = [day for day, amount in prices.items() if amount is None]
    there = {day: amount for day, amount in prices.items() if amount is not None}
    await tx.run("DELETE FROM pricing.day_price WHERE resource_id = %s AND day = ANY(%s::date[])", (resource_id, gone))
    await tx.run(
        "INSERT INTO pricing.day_price (resource_id, day, amount)"
        " SELECT %s, each.day, each.amount FROM unnest(%s::date[], %s::bigint[]) AS each (day, amount)"
        " ON CONFLICT (resource_id, day) DO UPDATE SET amount = EXCLUDED.amount",
        (resource_id, list(there), list(there.values())),
    )


async def touch_rate(tx: WriteTx, resource_id: UUID, now: datetime) -> bool:
    """Lock the rate and mark it changed; False when there is none."""
    return bool(
        await tx.run(
            "UPDATE pricing.rate SET updated_at = %s, version = version + 1 WHERE resource_id = %s", (now, resource_id)
        )
    )


async def upsert_plan(tx: WriteTx, plan: RatePlan) -> None:
    """Insert, or replace as the next version."""
    tiers = None if plan.tiers is None else Jsonb([asdict(each) for each in plan.tiers])
    await tx.run(
        "INSERT INTO pricing.rate_plan AS p (id, resource_id, name, code, kind, parent_id, adjust_bp,"
        " adjust_amount, meals,"
        " meals_amount, cancellation_policy, tiers, active, position) VALUES (%(id)s, %(resource_id)s,"
        " %(name)s, %(code)s,"
        " %(kind)s, %(parent_id)s, %(adjust_bp)s, %(adjust_amount)s, %(meals)s, %(meals_amount)s,"
        " %(cancellation_policy)s,"
        " %(tiers)s, %(active)s, %(position)s) ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, code ="
        " EXCLUDED.code,"
        " kind = EXCLUDED.kind, parent_id = EXCLUDED.parent_id, adjust_bp = EXCLUDED.adjust_bp,"
        " adjust_amount = EXCLUDED.adjust_amount, meals = EXCLUDED.meals, meals_amount = EXCLUDED.meals_amount,"
        " cancellation_policy = EXCLUDED.cancellation_policy, tiers = EXCLUDED.tiers, active = EXCLUDED.active,"
        " position = EXCLUDED.position, version = p.version + 1 WHERE p.resource_id = EXCLUDED.resource_id",
        {**_values(plan), "tiers": tiers},
    )


async def upsert_rule(tx: WriteTx, rule: PriceRule) -> None:
    """Insert, or replace as the next version."""
    await tx.run(
        "INSERT INTO pricing.price_rule AS u (id, resource_id, kind, name, plan_id, weekdays, first, last, adjust_bp,"
        " adjust_amount, above_adults, from_age, to_age, min_nights, max_nights, min_days_ahead,"
        " max_days_ahead, position)"
        " VALUES (%(id)s, %(resource_id)s, %(kind)s, %(name)s, %(plan_id)s, %(weekdays)s, %(first)s, %(last)s,"
        " %(adjust_bp)s, %(adjust_amount)s, %(above_adults)s, %(from_age)s, %(to_age)s, %(min_nights)s, %(max_nights)s,"
        " %(min_days_ahead)s, %(max_days_ahead)s, %(position)s) ON CONFLICT (id) DO UPDATE SET kind = EXCLUDED.kind,"
        " name = EXCLUDED.name, plan_id = EXCLUDED.plan_id, weekdays = EXCLUDED.weekdays, first = EXCLUDED.first,"
        " last = EXCLUDED.last, adjust_bp = EXCLUDED.adjust_bp, adjust_amount = EXCLUDED.adjust_amount,"
        " above_adults = EXCLUDED.above_adults, from_age = EXCLUDED.from_age, to_age = EXCLUDED.to_age,"
        " min_nights = EXCLUDED.min_nights, max_nights = EXCLUDED.max_nights, min_days_ahead = EXCLUDED.min_days_ahead,"
        " max_days_ahead = EXCLUDED.max_days_ahead, position = EXCLUDED.position, version = u.version + 1"
        " WHERE u.resource_id = EXCLUDED.resource_id",
        _values(rule),
    )


async def upsert_restriction(tx: WriteTx, restriction: Restriction) -> None:
    """Insert, or replace as the next version."""
    await tx.run(
        "INSERT INTO pricing.restriction AS s (id, resource_id, plan_id, first, last, weekdays, min_stay, max_stay,"
        " min_stay_on_arrival, closed_to_arrival, closed_to_departure, stop_sell, min_advance_days, max_advance_days)"
        " VALUES (%(id)s, %(resource_id)s, %(plan_id)s, %(first)s, %(last)s, %(weekdays)s, %(min_stay)s, %(max_stay)s,"
        " %(min_stay_on_arrival)s, %(closed_to_arrival)s, %(closed_to_departure)s, %(stop_sell)s, %(min_advance_days)s,"
        " %(max_advance_days)s) ON CONFLICT (id) DO UPDATE SET plan_id = EXCLUDED.plan_id, first = EXCLUDED.first,"
        " last = EXCLUDED.last, weekdays = EXCLUDED.weekdays, min_stay = EXCLUDED.min_stay, max_stay ="
        " EXCLUDED.max_stay,"
        " min_stay_on_arrival = EXCLUDED.min_stay_on_arrival, closed_to_arrival = EXCLUDED.closed_to_arrival,"
        " closed_to_departure = EXCLUDED.closed_to_departure, stop_sell = EXCLUDED.stop_sell,"
        " min_advance_days = EXCLUDED.min_advance_days, max_advance_days = EXCLUDED.max_advance_days,"
        " version = s.version + 1 WHERE s.resource_id = EXCLUDED.resource_id",
        _values(restriction),
    )


_DELETE: dict[type[RatePlan] | type[PriceRule] | type[Restriction], LiteralString] = {
    RatePlan: "DELETE FROM pricing.rate_plan WHERE id = %s AND resource_id = %s",
    PriceRule: "DELETE FROM pricing.price_rule WHERE id = %s AND resource_id = %s",
    Restriction: "DELETE FROM pricing.restriction WHERE id = %s AND resource_id = %s",
}


async def delete(
    tx: WriteTx, kind: type[RatePlan] | type[PriceRule] | type[Restriction], resource_id: UUID, which: UUID
) -> bool:
    """Remove a plan (its rules and restrictions with it), a rule or a restriction; False when there is none."""
    return bool(await tx.run(_DELETE[kind], (which, resource_id)))


async def note_rules(tx: WriteTx, resource_id: UUID) -> None:
    """Have the rate know whether there are plans, rules or restrictions to read."""
    await tx.run(
        "UPDATE pricing.rate SET has_rules = EXISTS (SELECT FROM pricing.rate_plan WHERE resource_id = %(id)s)"
        " OR EXISTS (SELECT FROM pricing.price_rule WHERE resource_id = %(id)s)"
        " OR EXISTS (SELECT FROM pricing.restriction WHERE resource_id = %(id)s) WHERE resource_id = %(id)s",
        {"id": resource_id},
    )


def _values(given: RatePlan | PriceRule | Restriction) -> dict[str, Any]:
    return {each.name: getattr(given, each.name) for each in fields(given)}
