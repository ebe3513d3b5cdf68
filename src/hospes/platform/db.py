"""Transactions on psycopg pools. `ReadTx` and `WriteTx` are types, so a signature says what a function may do."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, LiteralString

import orjson
from psycopg import AsyncConnection, AsyncPipeline
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import AsyncConnectionPool

Row = dict[str, Any]
Params = Sequence[Any] | dict[str, Any]

set_json_dumps(orjson.dumps)
set_json_loads(orjson.loads)


class ReadTx:
    """An open transaction for reading; rows come as dicts."""

    def __init__(self, conn: AsyncConnection[DictRow]) -> None:
        self.conn = conn

    async def find(self, sql: LiteralString, params: Params = ()) -> Row | None:
        """The first row, or None."""
        return await (await self.conn.execute(sql, params)).fetchone()

    async def all(self, sql: LiteralString, params: Params = ()) -> list[Row]:
        """Every row."""
        return await (await self.conn.execute(sql, params)).fetchall()

    def pipeline(self) -> AbstractAsyncContextManager[AsyncPipeline]:
        """Statements sent inside share round trips; fetch a result only when it is needed."""
        return self.conn.pipeline()


class WriteTx(ReadTx):
    """An open transaction for writing; committed by the edge that opened it, never below."""

    async def run(self, sql: LiteralString, params: Params = ()) -> int:
        """Execute and answer the number of rows touched."""
        return (await self.conn.execute(sql, params)).rowcount

    async def run_many(self, sql: LiteralString, rows: Sequence[Params]) -> None:
        """Execute once per parameter row, batched."""
        await self.conn.cursor().executemany(sql, rows)

    def savepoint(self) -> AbstractAsyncContextManager[Any]:
        """What fails inside is undone without losing the transaction."""
        return self.conn.transaction()


class Database:
    """The read-write and the read-only pool of one process."""

    def __init__(self, url: str, *, read_url: str | None = None, max_write: int = 20, max_read: int = 20) -> None:
        self.url = url
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
        async with self._write.connection() as conn, conn.transaction():
            yield WriteTx(conn)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadTx]:
        """A read-only transaction."""
        async with self._read.connection() as conn, conn.transaction():
            yield ReadTx(conn)
