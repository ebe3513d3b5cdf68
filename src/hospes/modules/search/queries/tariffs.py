"""What pricing knows of listings beside their base price: fees, taxes, price rules and restrictions."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, LiteralString
from uuid import UUID

from hospes.modules.pricing.contracts import PriceRule, Restriction, RuleKind, Tax, TaxKind
from hospes.modules.search.contracts import Tariff
from hospes.modules.search.contracts.listing import BARE, NOWHERE
from hospes.platform.db import ReadTx, Row


@dataclass(frozen=True, slots=True)
class Terms:
    """What comes on top of a base price, and which stays are not sold. Rules and restrictions have no ids here."""

    tariff: Tariff = BARE
    restrictions: tuple[Restriction, ...] = ()


BARE_TERMS = Terms()
# Without what makes equal rules of two hosts differ, so that equal texts are read once.
_RULES: LiteralString = (
    "(SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(u) - '{id,resource_id,version,name,position}'::text[])"
    " ORDER BY u.position, u.id) FROM pricing.price_rule AS u WHERE u.resource_id = r.resource_id"
    " AND u.plan_id IS NULL AND (u.last IS NULL OR u.last >= %(today)s))::text"
)
_RESTRICTIONS: LiteralString = (
    "(SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(s) - '{id,resource_id,version}'::text[]) ORDER BY s.id)"
    " FROM pricing.restriction AS s WHERE s.resource_id = r.resource_id"
    " AND s.plan_id IS NULL AND (s.last IS NULL OR s.last >= %(today)s))::text"
)
_TERMS: LiteralString = (
    f"SELECT r.resource_id, r.cleaning_fee, r.service_fee_bp, r.taxes::text AS taxes,"  # noqa: S608 (constants only)
    f" CASE WHEN r.has_rules THEN {_RULES} END AS rules,"
    f" CASE WHEN r.has_rules THEN {_RESTRICTIONS} END AS restrictions"
    " FROM pricing.rate AS r WHERE r.resource_id = ANY(%(ids)s)"
    " AND (r.has_rules OR r.cleaning_fee > 0 OR r.service_fee_bp > 0 OR r.taxes <> '[]')"
)


async def tariffs_of(tx: ReadTx, ids: Sequence[UUID], *, today: date) -> dict[UUID, Terms]:
    """The terms of these listings from today on, in one statement; rules and restrictions of rate plans, and those
    that are over, are left out, and so are listings that have neither fees nor taxes nor rules."""
    rows = await tx.all(_TERMS, {"ids": list(ids), "today": today})
    return {row["resource_id"]: _terms(row) for row in rows}


def _terms(row: Row) -> Terms:
    taxes = _taxes(row["taxes"])
    rules = _rules(row["rules"]) if row["rules"] else ()
    restrictions = _restrictions(row["restrictions"]) if row["restrictions"] else ()
    return Terms(Tariff(row["cleaning_fee"], row["service_fee_bp"], taxes, rules), restrictions)


@lru_cache(maxsize=4_096)
def _taxes(text: str) -> tuple[Tax, ...]:
    return tuple(
        Tax(
            code=each["code"],
            name=each["name"],
            kind=TaxKind(each["kind"]),
            bp=each.get("bp", 0),
            amount=each.get("amount", 0),
            included=each.get("included", False),
            exempt_under_age=each.get("exempt_under_age"),
            max_nights=each.get("max_nights"),
        )
        for each in json.loads(text)
    )


@lru_cache(maxsize=4_096)
def _rules(text: str) -> tuple[PriceRule, ...]:
    return tuple(
        PriceRule(NOWHERE, NOWHERE, **{**_dated(each), "kind": RuleKind(each["kind"])}) for each in json.loads(text)
    )


@lru_cache(maxsize=4_096)
def _restrictions(text: str) -> tuple[Restriction, ...]:
    return tuple(Restriction(NOWHERE, NOWHERE, **_dated(each)) for each in json.loads(text))


def _dated(value: dict[str, Any]) -> dict[str, Any]:
    return {name: date.fromisoformat(each) if name in ("first", "last") else each for name, each in value.items()}
