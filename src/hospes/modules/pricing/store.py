"""The write side of pricing."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from hospes.modules.pricing.contracts import Rate
from hospes.platform.db import WriteTx


async def upsert_rate(tx: WriteTx, resource_id: UUID, rate: Rate, now: datetime) -> int:
    """Insert or replace; answers the new version. Day prices stay."""
    row = await tx.find(
        "INSERT INTO pricing.rate AS r (resource_id, currency, base_amount, cleaning_fee, service_fee_bp, taxes,"
        " updated_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (resource_id) DO UPDATE SET currency = EXCLUDED.currency,"
        " base_amount = EXCLUDED.base_amount, cleaning_fee = EXCLUDED.cleaning_fee,"
        " service_fee_bp = EXCLUDED.service_fee_bp, taxes = EXCLUDED.taxes, updated_at = EXCLUDED.updated_at,"
        " version = r.version + 1 RETURNING r.version",
        (
            *(resource_id, rate.currency, rate.base_amount, rate.cleaning_fee, rate.service_fee_bp),
            *(Jsonb([asdict(tax) for tax in rate.taxes]), now),
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
