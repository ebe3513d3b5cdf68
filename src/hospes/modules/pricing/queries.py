"""The read side of pricing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, LiteralString
from uuid import UUID

from psycopg import AsyncCursor
from psycopg.rows import DictRow

from hospes.modules.pricing.contracts import Rate, Tax, TaxKind
from hospes.platform.db import ReadTx, Row

RATE: LiteralString = "r.currency, r.base_amount, r.cleaning_fee, r.service_fee_bp, r.taxes, r.version"
_IN_DAYS: LiteralString = f"""
SELECT {RATE},
       (SELECT array_agg((d.day - %(first)s::date) ORDER BY d.day) FROM pricing.day_price AS d
        WHERE d.resource_id = r.resource_id AND d.day >= %(first)s AND d.day < %(end)s) AS offsets,
       (SELECT array_agg(d.amount ORDER BY d.day) FROM pricing.day_price AS d
        WHERE d.resource_id = r.resource_id AND d.day >= %(first)s AND d.day < %(end)s) AS amounts
FROM pricing.rate AS r WHERE r.resource_id = %(resource)s
"""  # noqa: S608 (constants only)

_MANY_IN_DAYS: LiteralString = f"""
SELECT r.resource_id, {RATE}, d.offsets, d.amounts
FROM pricing.rate AS r LEFT JOIN (
    SELECT d.resource_id, array_agg(d.day - %(first)s::date ORDER BY d.day) AS offsets,
           array_agg(d.amount ORDER BY d.day) AS amounts
    FROM pricing.day_price AS d
    WHERE d.resource_id = ANY(%(resources)s::uuid[]) AND d.day >= %(first)s AND d.day < %(end)s GROUP BY d.resource_id
) AS d ON d.resource_id = r.resource_id
WHERE r.resource_id = ANY(%(resources)s::uuid[])
"""  # noqa: S608 (constants only)


@dataclass(frozen=True, slots=True)
class RateInDays:
    """A rate and day prices that have been sent for."""

    cursor: AsyncCursor[DictRow]
    first: date

    async def get(self) -> tuple[Rate, dict[date, int]] | None:
        """The rate and the nights with a price of their own, or None without a rate."""
        row = await self.cursor.fetchone()
        return None if row is None else _as_rate_in_days(row, self.first)


async def ask_rate_in_days(tx: ReadTx, resource_id: UUID, first: date, end: date) -> RateInDays:
    """Send for the rate and the day prices of [first, end)."""
    params = {"resource": resource_id, "first": first, "end": end}
    return RateInDays(await tx.conn.execute(_IN_DAYS, params), first)


async def list_rates_in_days(
    tx: ReadTx, resource_ids: Collection[UUID], first: date, end: date
) -> dict[UUID, tuple[Rate, dict[date, int]]]:
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


def _as_rate_in_days(row: Row, first: date) -> tuple[Rate, dict[date, int]]:
    start = first.toordinal()
    offsets, amounts = row.pop("offsets") or (), row.pop("amounts") or ()
    days = {date.fromordinal(start + offset): amount for offset, amount in zip(offsets, amounts, strict=True)}
    return as_rate(row), days


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
    )
