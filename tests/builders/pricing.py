"""Rates for tests, by plain inserts."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from hospes.modules.pricing.contracts import Rate, Tax
from hospes.platform.db import WriteTx

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
