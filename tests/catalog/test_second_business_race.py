"""Many requests for one owner's first business: the database lets one through."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

import pytest

from hospes.modules.catalog import queries
from hospes.modules.catalog.contracts import BusinessType
from hospes.modules.catalog.errors import BusinessExists
from hospes.modules.catalog.use_cases.create_business import create_business
from hospes.platform.db import Database, WriteTx
from tests.builders.catalog import a_business
from tests.builders.identity import a_user

RIVALS = 12
pytestmark = pytest.mark.race


async def businesses_after(db: Database, attempt: Callable[[WriteTx, UUID], Awaitable[None]]) -> tuple[int, int]:
    """How many rivals believe they got a business, and how many the database holds."""
    async with db.write() as tx:
        owner = await a_user(tx)
    start = asyncio.Barrier(RIVALS)

    async def rival() -> bool:
        try:
            async with db.write() as tx:
                await tx.find("SELECT 1")
                await start.wait()
                await attempt(tx, owner.id)
        except BusinessExists:
            return False
        return True

    won = await asyncio.gather(*(rival() for _ in range(RIVALS)))
    async with db.read() as tx:
        row = await tx.find("SELECT count(*) AS n FROM catalog.business AS b WHERE b.owner_id = %s", (owner.id,))
    assert row is not None
    return sum(won), row["n"]


async def test_of_many_requests_for_a_first_business_one_wins(db: Database, now: datetime) -> None:
    async def attempt(tx: WriteTx, owner_id: UUID) -> None:
        await create_business(tx, owner_id=owner_id, name="Sea & Sons", type=BusinessType.HOME, now=now)

    assert await businesses_after(db, attempt) == (1, 1)


async def test_control_looking_first_without_the_constraint_lets_rivals_through(db: Database) -> None:
    async with db.write() as tx:
        await tx.run("DROP INDEX catalog.business_one_per_owner")

    async def attempt(tx: WriteTx, owner_id: UUID) -> None:
        if await queries.find_business_of(tx, owner_id) is not None:
            raise BusinessExists()
        await asyncio.sleep(0.05)
        await a_business(tx, owner_id=owner_id)

    won, held = await businesses_after(db, attempt)
    assert won == held == RIVALS
