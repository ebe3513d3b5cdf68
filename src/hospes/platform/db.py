"""Transactions on psycopg pools. `ReadTx` and `WriteTx` are types, so a signature says what a function may do."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from typing import Any, LiteralString

import orjson
from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import DictRow, dict_row, tuple_row
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import AsyncConnectionPool

from hospes.platform.sealing import Keyring, SealBroken
from hospes.platform.statements import Params, named, one_after_the_other, same_now, side_by_side, split

__all__ = ["LIMITED_TO", "Asked", "Database", "Params", "ReadTx", "Row", "WriteTx"]

# What the transactions of this request may reach, told to statements as the setting `hospes.limited_to`; empty: all.
LIMITED_TO: ContextVar[str] = ContextVar("limited_to", default="")

Row = dict[str, Any]

set_json_dumps(orjson.dumps)
set_json_loads(orjson.loads)


class Asked:
    """A question that waits for the next statement to take it along."""

    def __init__(self, tx: "ReadTx", check: Callable[[Row | None], None] | None) -> None:
        self._tx = tx
        self._check = check
        self._row: Row | None = None

    async def row(self) -> Row | None:
        """The first row, or None; asks now if nothing has taken the question along."""
        await self._tx.settle()
        return self._row

    def answered(self, row: Row | None) -> None:
        """The answer has come; what the asker's check raises, the statement that took it along raises."""
        self._row = row
        if self._check:
            self._check(row)


class ReadTx:
    """An open transaction for reading; rows come as dicts, and `keyring` opens what is sealed in them."""

    def __init__(self, conn: AsyncConnection[DictRow], keyring: Keyring | None = None) -> None:
        self.conn = conn
        self._keyring = keyring
        self._asked: list[tuple[LiteralString, Params, Asked]] = []

    @property
    def keyring(self) -> Keyring:
        """The keys of this installation; raises `SealBroken` when the database was opened without any."""
        return _given(self._keyring)

    def ask(
        self, sql: LiteralString, params: Params = (), *, check: Callable[[Row | None], None] | None = None
    ) -> Asked:
        """Put a SELECT of at most one row that the next statement takes along; `check` sees the answer first."""
        asked = Asked(self, check)
        self._asked.append((sql, params, asked))
        return asked

    async def find(self, sql: LiteralString, params: Params = ()) -> Row | None:
        """The first row, or None."""
        if self._asked and sql.lstrip()[:6].upper() == "SELECT":
            last = self.ask(sql, params)
            return await last.row()
        await self.settle()
        return await (await self.conn.execute(sql, params)).fetchone()

    async def all(self, sql: LiteralString, params: Params = ()) -> list[Row]:
        """Every row."""
        await self.settle()
        return await (await self.conn.execute(sql, params)).fetchall()

    async def in_binary(self, sql: LiteralString, params: Params = ()) -> Row:
        """The only row of a statement, sent in binary: for long arrays and bytes. Each statement answers one."""
        await self.settle()
        cursor = self.conn.cursor(binary=True)
        row = await (await cursor.execute(sql, params)).fetchone()
        assert row is not None
        return row

    async def settle(self) -> None:
        """Have the questions that wait answered, in one statement."""
        if not self._asked:
            return
        asked, self._asked = self._asked, []
        if same_now([params for _, params, _ in asked]):
            await self._answer(asked)
        else:
            for each in asked:
                await self._answer([each])

    async def _answer(self, asked: Sequence[tuple[LiteralString, Params, Asked]]) -> None:
        sql = side_by_side(tuple(each for each, _, _ in asked))
        cursor = self.conn.cursor(row_factory=tuple_row)
        await cursor.execute(sql, named([params for _, params, _ in asked]))
        values = await cursor.fetchone()
        assert values is not None
        for (_, _, question), row in zip(asked, split(_names(sql, cursor), values), strict=True):
            question.answered(row)


_known_names: dict[str, tuple[str, ...]] = {}


def _names(sql: str, cursor: AsyncCursor[tuple[Any, ...]]) -> tuple[str, ...]:
    """The columns of a statement's answer; psycopg takes a while to describe them, and they stay the same."""
    known = _known_names.get(sql)
    result = cursor.pgresult
    if known is None or result is None or result.nfields != len(known):
        assert cursor.description is not None
        known = _known_names[sql] = tuple(each.name for each in cursor.description)
    return known


def _given(keyring: Keyring | None) -> Keyring:
    if keyring is None:
        raise SealBroken("This database was opened without keys.")
    return keyring


class WriteTx(ReadTx):
    """An open transaction for writing; committed by the edge that opened it, never below."""

    def __init__(self, conn: AsyncConnection[DictRow], keyring: Keyring | None = None) -> None:
        super().__init__(conn, keyring)
        self._waiting: list[tuple[LiteralString, Params]] = []

    async def find(self, sql: LiteralString, params: Params = ()) -> Row | None:
        """The first row, or None."""
        await self.flush()
        return await super().find(sql, params)

    async def all(self, sql: LiteralString, params: Params = ()) -> list[Row]:
        """Every row."""
        await self.flush()
        return await super().all(sql, params)

    async def run(self, sql: LiteralString, params: Params = ()) -> int:
        """Execute and answer the number of rows touched."""
        await self.settle()
        await self.flush()
        return (await self.conn.execute(sql, params)).rowcount

    async def run_many(self, sql: LiteralString, rows: Sequence[Params]) -> None:
        """Execute once per parameter row, batched."""
        await self.settle()
        await self.flush()
        await self.conn.cursor().executemany(sql, rows)

    async def run_later(self, sql: LiteralString, params: Params) -> None:
        """Execute before the next statement or the commit, in one statement with whatever else waits.

        For plain inserts (no WITH) that do not read what the others write; a foreign key to their rows is fine. Equal
        statements keep their order. A fault shows only when they are executed.
        """
        if any(sql == each for each, _ in self._waiting):
            await self.flush()
        await self._make_way_for(params)
        self._waiting.append((sql, params))

    async def run_together(self, sql: LiteralString, params: Params) -> int:
        """Execute in one statement with all that waits; answers the rows this one touched."""
        await self.settle()
        await self._make_way_for(params)
        waiting, self._waiting = [*self._waiting, (sql, params)], []
        said = one_after_the_other(tuple(each for each, _ in waiting))
        return (await self.conn.execute(said, named([given for _, given in waiting]))).rowcount

    async def _make_way_for(self, params: Params) -> None:
        """What was told at another instant is executed on its own."""
        if not same_now([*(given for _, given in self._waiting), params]):
            await self.flush()

    async def flush(self) -> None:
        """Execute what waits."""
        if self._waiting:
            await self.run_together(*self._waiting.pop())

    def forget_waiting(self) -> None:
        """Drop what waits: the use case that wanted it has been refused."""
        self._waiting.clear()

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What fails inside is undone without losing the transaction."""
        await self.settle()
        await self.flush()
        async with AsyncExitStack() as refused:
            refused.callback(self.forget_waiting)
            async with self.conn.transaction():
                yield
                await self.flush()
            refused.pop_all()


class Database:
    """The read-write and the read-only pool of one process."""

    def __init__(
        self,
        url: str,
        *,
        read_url: str | None = None,
        max_write: int = 20,
        max_read: int = 20,
        keyring: Keyring | None = None,
    ) -> None:
        self.url = url
        self._keyring = keyring
        self._write = self._pool(url, max_write, read_only=False)
        self._read = self._pool(read_url or url, max_read, read_only=True)

    @staticmethod
    def _pool(url: str, size: int, *, read_only: bool) -> AsyncConnectionPool[AsyncConnection[DictRow]]:
        async def configure(conn: AsyncConnection[DictRow]) -> None:
            await conn.set_read_only(read_only)

        # Searches by date need plans made for their dates; the short writes are planned once.
        plans = "force_custom_plan" if read_only else "auto"
        options = f"-c statement_timeout=60000 -c lock_timeout=10000 -c timezone=UTC -c plan_cache_mode={plans}"
        return AsyncConnectionPool(
            url,
            min_size=1,
            max_size=size,
            open=False,
            timeout=10,
            configure=configure,
            check=None,
            kwargs={"row_factory": dict_row, "options": options, "prepare_threshold": 2},
        )

    @property
    def keyring(self) -> Keyring:
        """The keys that open what is sealed in it; raises `SealBroken` when it was opened without any."""
        return _given(self._keyring)

    async def open(self) -> None:
        """Connect; raises when the server cannot be reached within 10 s."""
        await self._write.open(wait=True, timeout=10)
        await self._read.open(wait=True, timeout=10)

    async def close(self) -> None:
        """Give every connection back."""
        await self._write.close()
        await self._read.close()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[WriteTx]:
        """A transaction that commits when the block ends and rolls back when it raises."""
        async with self._write.connection() as conn:  # it begins with the first statement; the pool commits
            await _limit(conn)
            tx = WriteTx(conn, self._keyring)
            yield tx
            await tx.flush()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadTx]:
        """A read-only transaction."""
        async with self._read.connection() as conn:
            await _limit(conn)
            yield ReadTx(conn, self._keyring)


async def _limit(conn: AsyncConnection[DictRow]) -> None:
    if limit := LIMITED_TO.get():
        await conn.execute("SELECT set_config('hospes.limited_to', %s, true)", (limit,))
