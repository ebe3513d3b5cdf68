"""Rates for tests, by plain inserts."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from hospes.modules.pricing import facade
from hospes.modules.pricing.contracts import PlanKind, PriceRule, Rate, RatePlan, Restriction, RuleKind, Tax
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id

SET_AT = datetime(2026, 1, 2, tzinfo=UTC)


async def a_rate(
    tx: WriteTx,
    resource_id: UUID,
    *,
    base_amount: int = 10_000,
    currency: str = "EUR",
    cleaning_fee: int = 0,
    service_fee_bp: int = 0,
    taxes: Sequence[Tax] = (),
    days: dict[date, int] | None = None,
) -> Rate:
    """100 euros a night and nothing else unless given; `days` are nights with a price of their own."""
    rate = Rate(currency, base_amount, cleaning_fee, service_fee_bp, tuple(taxes))
    await tx.run(
        "INSERT INTO pricing.rate (resource_id, currency, base_amount, cleaning_fee, service_fee_bp, taxes, updated_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (
            *(resource_id, currency, base_amount, cleaning_fee, service_fee_bp),
            *(Jsonb([asdict(each) for each in taxes]), SET_AT),
        ),
    )
    for day, amount in (days or {}).items():
        await tx.run(
            "INSERT INTO pricing.day_price (resource_id, day, amount) VALUES (%s, %s, %s)", (resource_id, day, amount)
        )
    return rate


async def a_plan(tx: WriteTx, resource_id: UUID, code: str = "standard", **given: Any) -> RatePlan:
    """A plan named after its code; one with a `parent_id` is derived. The resource has a rate already."""
    kind = PlanKind.DERIVED if given.get("parent_id") else PlanKind.STANDARD
    name = given.pop("name", code.capitalize())
    return await facade.put_plan(tx, RatePlan(new_id(), resource_id, name, code, kind, **given), now=SET_AT)


async def a_rule(tx: WriteTx, resource_id: UUID, kind: RuleKind, **given: Any) -> PriceRule:
    """A price rule; the resource has a rate already."""
    return await facade.put_rule(tx, PriceRule(new_id(), resource_id, kind, **given), now=SET_AT)


async def a_restriction(tx: WriteTx, resource_id: UUID, **given: Any) -> Restriction:
    """A restriction; the resource has a rate already."""
    return await facade.put_restriction(tx, Restriction(new_id(), resource_id, **given), now=SET_AT)
