"""Many at once: real commits, one connection each, started together by a barrier."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from hospes.platform.db import Database, WriteTx
from hospes.platform.errors import HospesError
from tests.builders.keys import KEYRING

Act = Callable[[WriteTx, int], Awaitable[object]]


@asynccontextmanager
async def many_connections(url: str, count: int) -> AsyncIterator[Database]:
    """A database with room for `count` open transactions."""
    database = Database(url, max_write=count, max_read=2, keyring=KEYRING)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def race(db: Database, count: int, act: Act) -> Counter[str]:
    """Everyone opens a transaction, all wait for all, then act and commit. Counts "won" and the codes of refusals.

    Anything but a refusal (a deadlock, a lock time-out) fails the test.
    """
    barrier = asyncio.Barrier(count)

    async def one(number: int) -> str:
        async with db.write() as tx:
            await tx.find("SELECT 1 AS ready")
            await barrier.wait()
            await act(tx, number)
        return "won"

    async def outcome(number: int) -> str:
        try:
            return await one(number)
        except HospesError as refusal:
            return refusal.code

    return Counter(await asyncio.gather(*(outcome(number) for number in range(count))))
