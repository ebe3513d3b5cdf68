"""Set a rate plan."""

from dataclasses import replace
from datetime import datetime

from hospes.modules.pricing import queries, store
from hospes.modules.pricing.contracts import RatePlan
from hospes.modules.pricing.errors import RateInvalid
from hospes.modules.pricing.policies.validity import faults_of_plan
from hospes.modules.pricing.use_cases.change_rules import begin_change, end_change, ensure_version
from hospes.modules.pricing.use_cases.get_plan import get_plan
from hospes.platform.db import WriteTx


async def put_plan(tx: WriteTx, plan: RatePlan, *, expected: int | None = None, now: datetime) -> RatePlan:
    """The rate plan as stored, with its new version: a new one for a new id, else in place of the old.

    Raises `RateNotFound` without a base price, `RateInvalid`, and `VersionChanged` when it is not version `expected`.
    """
    resource_id = plan.resource_id
    await begin_change(tx, resource_id, now=now)
    there = {each.id: each for each in await queries.list_plans(tx, resource_id)}
    before = there.pop(plan.id, None)
    ensure_version(before.version if before else None, expected)
    if faults := faults_of_plan(plan, list(there.values())):
        raise RateInvalid(fields=faults)
    plan = replace(plan, name=plan.name.strip())
    await store.upsert_plan(tx, plan)
    await end_change(tx, resource_id, now=now)
    return await get_plan(tx, resource_id, plan.id)
