"""Set a price rule."""

from dataclasses import replace
from datetime import datetime

from hospes.modules.pricing import queries, store
from hospes.modules.pricing.contracts import PriceRule
from hospes.modules.pricing.errors import RateInvalid
from hospes.modules.pricing.policies.validity import faults_of_rule
from hospes.modules.pricing.use_cases.change_rules import begin_change, end_change, ensure_version
from hospes.modules.pricing.use_cases.get_rule import get_rule
from hospes.platform.db import WriteTx


async def put_rule(tx: WriteTx, rule: PriceRule, *, expected: int | None = None, now: datetime) -> PriceRule:
    """The price rule as stored, with its new version: a new one for a new id, else in place of the old.

    Raises `RateNotFound` without a base price, `RateInvalid`, and `VersionChanged` when it is not version `expected`.
    """
    resource_id = rule.resource_id
    await begin_change(tx, resource_id, now=now)
    there = {each.id: each for each in await queries.list_rules(tx, resource_id)}
    before = there.pop(rule.id, None)
    ensure_version(before.version if before else None, expected)
    plans = await queries.list_plans(tx, resource_id)
    if faults := faults_of_rule(rule, list(there.values()), plans):
        raise RateInvalid(fields=faults)
    rule = replace(rule, name=rule.name.strip())
    await store.upsert_rule(tx, rule)
    await end_change(tx, resource_id, now=now)
    return await get_rule(tx, resource_id, rule.id)
