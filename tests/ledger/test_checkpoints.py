"""Balances from checkpoints: right with transactions that commit late, and after a restore."""

from datetime import datetime

from hospes.modules.ledger import facade, store
from hospes.modules.ledger.contracts import Account, Line, platform, provider
from hospes.modules.ledger.use_cases.take_checkpoints import EVERY, take_checkpoints
from hospes.platform.db import Database, WriteTx

HELD, FEES = provider("sandbox"), platform("fees")


async def post(tx: WriteTx, key: str, amount: int, now: datetime) -> None:
    lines = (Line(HELD, amount), Line(FEES, -amount))
    assert await facade.post(tx, key=key, kind="captured", about=None, lines=lines, currency="EUR", now=now)


async def many(db: Database, count: int, now: datetime, *, prefix: str = "") -> None:
    async with db.write() as tx:
        for number in range(count):
            await post(tx, f"{prefix}{number}", 1, now)


async def balance(db: Database, account: Account) -> int:
    async with db.read() as tx:
        return await facade.balance(tx, account, "EUR")


async def checkpoints(db: Database) -> list[tuple[int, int]]:
    async with db.read() as tx:
        rows = await tx.all("SELECT balance, entries FROM ledger.checkpoint ORDER BY through")
    return [(row["balance"], row["entries"]) for row in rows]


async def test_every_so_many_postings_a_total_is_kept_and_balances_stay_the_same(db: Database, now: datetime) -> None:
    await many(db, EVERY + 10, now)
    assert await take_checkpoints(db) == 0  # the first turn only notes how far it may go
    assert await take_checkpoints(db) == 2
    assert await checkpoints(db) == [(EVERY, EVERY), (-EVERY, EVERY)]
    assert await balance(db, HELD) == EVERY + 10
    await many(db, EVERY, now, prefix="more")
    await take_checkpoints(db)
    assert await take_checkpoints(db) == 2
    assert await balance(db, FEES) == -2 * EVERY - 10


async def test_the_balance_after_each_entry_is_right_across_checkpoints(db: Database, now: datetime) -> None:
    await many(db, EVERY + 3, now)
    await take_checkpoints(db)
    await take_checkpoints(db)
    async with db.read() as tx:
        found = await facade.entries(tx, HELD, "EUR", limit=6)
    assert [each.balance for each in found] == [EVERY + 3, EVERY + 2, EVERY + 1, EVERY, EVERY - 1, EVERY - 2]


async def test_a_transaction_that_commits_late_is_counted(db: Database, now: datetime) -> None:
    await many(db, 1, now, prefix="opens the accounts")
    async with db.write() as slow:
        await post(slow, "slow", 1_000, now)
        await many(db, EVERY - 1, now)
        await take_checkpoints(db)
        assert await take_checkpoints(db) == 0  # it waits for the slow one
    await take_checkpoints(db)
    assert await balance(db, HELD) == 1_000 + EVERY
    assert await checkpoints(db) == [(1_000 + EVERY - 1, EVERY), (-1_000 - EVERY + 1, EVERY)]


async def test_control_without_waiting_for_late_ones_the_balance_is_wrong(db: Database, now: datetime) -> None:
    await many(db, 1, now, prefix="opens the accounts")
    async with db.write() as slow:
        await post(slow, "slow", 1_000, now)
        await many(db, EVERY - 1, now)
        async with db.write() as tx:
            last = await store.last_posting(tx)
            await store.insert_checkpoints(tx, 0, last, every=EVERY)
    assert await balance(db, HELD) == EVERY


async def test_a_mark_of_another_cluster_is_made_anew(db: Database, now: datetime) -> None:
    await many(db, EVERY, now)
    await take_checkpoints(db)
    async with db.write() as tx:
        await tx.run("UPDATE ledger.progress SET pending_after = '999999999999'")
    await take_checkpoints(db)
    assert await take_checkpoints(db) == 2
    assert await balance(db, HELD) == EVERY
