"""What pricing knows of listings beside their base price and fees: taxes, price rules and restrictions.

Rules and restrictions have no ids here; those of rate plans, and those that are over, are left out.
"""

import json
from datetime import date
from functools import lru_cache
from typing import Any, LiteralString

from hospes.modules.pricing.contracts import PriceRule, Restriction, RuleKind, Tax, TaxKind
from hospes.modules.search.contracts import Tariff
from hospes.modules.search.contracts.listing import NOWHERE

# Without what makes equal rules of two hosts differ, so that equal texts are read once.
RULES: LiteralString = (
    "(SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(u) - '{id,resource_id,version,name,position}'::text[])"
    " ORDER BY u.position, u.id) FROM pricing.price_rule AS u WHERE u.resource_id = t.resource_id"
    " AND u.plan_id IS NULL AND (u.last IS NULL OR u.last >= %(today)s))::text"
)
RESTRICTIONS: LiteralString = (
    "(SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(s) - '{id,resource_id,version}'::text[]) ORDER BY s.id)"
    " FROM pricing.restriction AS s WHERE s.resource_id = t.resource_id"
    " AND s.plan_id IS NULL AND (s.last IS NULL OR s.last >= %(today)s))::text"
)


def tariff_in(taxes: str, rules: str | None) -> Tariff:
    """Taxes and price rules as the statement sends them; fees are not in them."""
    return Tariff(taxes=_taxes(taxes), rules=_rules(rules) if rules else ())


def restrictions_in(text: str | None) -> tuple[Restriction, ...]:
    """The same of restrictions, oldest first."""
    return _restrictions(text) if text else ()


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
