"""Posting: once per key, zero in sum, never changed."""

import asyncio
from datetime import datetime
from uuid import uuid4

import psycopg
import pytest

from hospes.modules.ledger import facade
from hospes.modules.ledger.contracts import Line, guest, host, platform, provider
from hospes.modules.ledger.errors import UnbalancedTransaction
from hospes.platform.db import Database, WriteTx

GUEST, HOST = guest(uuid4()), host(uuid4())
PAID = (Line(provider("sandbox"), 12_000), Line(GUEST, -12_000))


async def paid(tx: WriteTx, now: datetime, *, key: str = "one", lines=PAID, about=None) -> bool:
    return await facade.post(
        tx, key=key, kind="captured", about=about, lines=lines, currency="EUR", now=now, note="of a test"
    )


async def test_what_is_posted_is_read_back_with_balances(tx: WriteTx, now: datetime) -> None:
    booking = uuid4()
    assert await paid(tx, now, about=booking)
    shares = (Line(GUEST, 12_000), Line(HOST, -10_500), Line(platform("fees"), -1_500), Line(platform("rounding"), 0))
    assert await paid(tx, now, key="two", lines=shares, about=booking)
    assert await facade.balance(tx, GUEST, "EUR") == 0
    assert await facade.balance(tx, HOST, "EUR") == -10_500
    assert await facade.balance(tx, HOST, "NGN") == 0
    newest, oldest = await facade.entries(tx, GUEST, "EUR")
    assert [(each.money.amount, each.balance) for each in (newest, oldest)] == [(12_000, 0), (-12_000, -12_000)]
    first, second = await facade.about(tx, booking)
    assert (first.key, first.lines, first.note) == ("one", PAID, "of a test")
    assert second.lines == shares[:3]


async def test_the_same_key_posts_once(tx: WriteTx, now: datetime) -> None:
    assert await paid(tx, now)
    assert not await paid(tx, now)
    assert await facade.balance(tx, GUEST, "EUR") == -12_000


async def test_of_rivals_with_one_key_one_posts(db: Database, now: datetime) -> None:
    async def once() -> bool:
        async with db.write() as tx:
            return await paid(tx, now)

    assert sorted(await asyncio.gather(*(once() for _ in range(8)))) == [False] * 7 + [True]
    async with db.read() as tx:
        assert await facade.balance(tx, GUEST, "EUR") == -12_000


async def test_control_without_the_unique_key_rivals_post_twice(db: Database, now: datetime) -> None:
    async with db.write() as tx:
        await tx.run("ALTER TABLE ledger.transaction DROP CONSTRAINT transaction_once_per_key")
        await tx.run(
            "CREATE UNIQUE INDEX transaction_once_per_key ON ledger.transaction (key, id)"
        )  # the guard, switched off
        source = await tx.find("SELECT pg_get_functiondef('ledger.post'::regproc) AS code")
        assert source
        await tx.conn.execute(source["code"].replace("ON CONFLICT (key) DO NOTHING", ""))
    for _ in range(2):
        async with db.write() as tx:
            assert await paid(tx, now)
    async with db.read() as tx:
        assert await facade.balance(tx, GUEST, "EUR") == -24_000


async def test_later_it_rides_with_the_next_statement(tx: WriteTx, now: datetime) -> None:
    await facade.post_later(tx, key="one", kind="captured", about=None, lines=PAID, currency="EUR", now=now)
    assert await tx.find("SELECT key FROM ledger.transaction") == {"key": "one"}


async def test_lines_that_do_not_sum_to_zero_are_refused_before_the_database(tx: WriteTx, now: datetime) -> None:
    with pytest.raises(UnbalancedTransaction):
        await paid(tx, now, lines=(Line(GUEST, 5), Line(HOST, -4)))


async def test_nothing_is_posted_for_lines_of_zero(tx: WriteTx, now: datetime) -> None:
    assert not await paid(tx, now, lines=(Line(GUEST, 0), Line(HOST, 0)))
    assert await tx.find("SELECT FROM ledger.transaction") is None


ONE_SIDED = (
    "INSERT INTO ledger.journal (key, kind, currency, posted_at, kinds, owners, amounts)"
    " VALUES ('lost', 'captured', 'EUR', now(), '{guest,host}', '{a,b}', '{5,-4}')"
)
ALONE = "INSERT INTO ledger.transaction (key, kind, currency, posted_at) VALUES ('alone', 'x', 'EUR', now())"
ADDED = (
    "INSERT INTO ledger.posting (account_id, transaction_id, amount, posted_at)"
    " SELECT account_id, transaction_id, 7, posted_at FROM ledger.posting LIMIT 1"
)
MIXED = (
    "WITH a AS (INSERT INTO ledger.account (kind, owner, currency, opened_at)"
    " VALUES ('host', 'm', 'EUR', now()), ('host', 'm', 'NGN', now()) RETURNING id, currency),"
    " t AS (INSERT INTO ledger.transaction (key, kind, currency, posted_at)"
    " VALUES ('m', 'x', 'EUR', now()) RETURNING id)"
    " INSERT INTO ledger.posting (account_id, transaction_id, amount, posted_at)"
    " SELECT a.id, t.id, CASE currency WHEN 'EUR' THEN 1 ELSE -1 END, now() FROM a, t"
)


@pytest.mark.parametrize("wrong", [ONE_SIDED, ALONE, ADDED, MIXED], ids=["one-sided", "alone", "added", "mixed"])
async def test_the_database_refuses_a_transaction_that_is_off(db: Database, now: datetime, wrong) -> None:
    async with db.write() as tx:
        await paid(tx, now)
    with pytest.raises(psycopg.errors.CheckViolation, match="Ledger transaction"):
        async with db.write() as tx:
            await tx.run(wrong)
    async with db.read() as tx:
        assert await tx.find("SELECT count(*) AS n FROM ledger.posting") == {"n": 2}


@pytest.mark.parametrize("wrong", [ONE_SIDED, ALONE, ADDED, MIXED], ids=["one-sided", "alone", "added", "mixed"])
async def test_control_without_the_triggers_it_is_taken(db: Database, now: datetime, wrong) -> None:
    async with db.write() as tx:
        await paid(tx, now)
        await tx.run("DROP TRIGGER transaction_sums_to_zero ON ledger.transaction")
        await tx.run("DROP TRIGGER posting_keeps_the_sum_zero ON ledger.posting")
    async with db.write() as tx:
        assert await tx.run(wrong) > 0


@pytest.mark.parametrize("table", ["account", "transaction", "posting"])
@pytest.mark.parametrize(
    "change", ["DELETE FROM ledger.{}", "UPDATE ledger.{} SET id = DEFAULT", "TRUNCATE ledger.{} CASCADE"]
)
async def test_what_is_posted_is_never_changed(tx: WriteTx, now: datetime, table: str, change: str) -> None:
    await paid(tx, now)
    await tx.conn.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still to come cannot be emptied anyway
    with pytest.raises(psycopg.Error, match="is only added to"):
        await tx.conn.execute(change.format(table))
