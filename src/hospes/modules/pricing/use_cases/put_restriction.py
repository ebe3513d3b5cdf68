"""Set a restriction."""

from datetime import datetime

from hospes.modules.pricing import queries, store
from hospes.modules.pricing.contracts import Restriction
from hospes.modules.pricing.errors import RateInvalid
from hospes.modules.pricing.policies.validity import faults_of_restriction
from hospes.modules.pricing.use_cases.change_rules import begin_change, end_change, ensure_version
from hospes.modules.pricing.use_cases.get_restriction import get_restriction
from hospes.platform.db import WriteTx


async def put_restriction(
    tx: WriteTx, restriction: Restriction, *, expected: int | None = None, now: datetime
) -> Restriction:
    """The restriction as stored, with its new version: a new one for a new id, else in place of the old.

    Raises `RateNotFound` without a base price, `RateInvalid`, and `VersionChanged` when it is not version `expected`.
    """
    resource_id = restriction.resource_id
    await begin_change(tx, resource_id, now=now)
    there = {each.id: each for each in await queries.list_restrictions(tx, resource_id)}
    before = there.pop(restriction.id, None)
    ensure_version(before.version if before else None, expected)
    plans = await queries.list_plans(tx, resource_id)
    if faults := faults_of_restriction(restriction, list(there.values()), plans):
        raise RateInvalid(fields=faults)
    await store.upsert_restriction(tx, restriction)
    await end_change(tx, resource_id, now=now)
    return await get_restriction(tx, resource_id, restriction.id)
