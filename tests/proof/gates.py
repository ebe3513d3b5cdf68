"""Gates at everything that outlives a process: each statement, each commit, each call to a vendor.

A run is one command as one process would do it. It dies at the gate whose turn it is, and passes no gate afterwards,
whatever its `finally` blocks would like to do. Several runs can be led through their gates in an order that is drawn.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from random import Random
from typing import Any

import psycopg

from hospes.platform.db import Database, ReadTx, WriteTx
from tests.proof.vendor import Killed

Rewrite = Callable[[str], str]
STATEMENT = "sql: "
SWITCH = 0.2
BLOCKED_AFTER = 0.03  # who has not reached its next gate by then waits for somebody's lock


@dataclass(eq=False)
class Run:
    """One command; `dies_at`: the gate, from 1, at which its process is gone, 0 for never.

    `edges`: statements within a transaction are not counted. Whoever dies at one leaves what who dies at the commit
    leaves, for the database takes all of it back (`test_crashes.py`)."""

    dies_at: int = 0
    edges: bool = False
    passed: list[str] = field(default_factory=list)
    dead: bool = False
    turns: "Turns | None" = None

    async def gate(self, what: str) -> None:
        """Wait for one's turn, and live or die."""
        if self.dead:
            raise Killed
        if not (self.edges and what.startswith(STATEMENT)):
            self.passed.append(what)
            if len(self.passed) == self.dies_at:
                self.dead = True
                raise Killed
        if self.turns is not None:
            await self.turns.wait(self)


_running: ContextVar[Run | None] = ContextVar("running", default=None)


async def gate(what: str) -> None:
    """Called before each statement, commit and call, and after each commit and call."""
    run = _running.get()
    if run is not None:
        await run.gate(what)


@contextmanager
def aside() -> Iterator[None]:
    """What the test itself asks passes no gates."""
    token = _running.set(None)
    try:
        yield
    finally:
        _running.reset(token)


async def through(act: Callable[[], Awaitable[Any]], run: Run) -> None:
    """The command as one process; raises `Killed` when it dies on the way."""
    token = _running.set(run)
    try:
        await act()
    finally:
        _running.reset(token)


class Turns:
    """Who waits at a gate; one is let through at a time, and mostly the same as before: what goes wrong needs few
    changes of turn, far apart."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Run, asyncio.Future[None]]] = []
        self.changed = asyncio.Event()
        self.last: Run | None = None

    async def wait(self, run: Run) -> None:
        """Until it is one's turn."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append((run, turn))
        self.changed.set()
        await turn

    async def lead(self, tasks: Sequence[asyncio.Task[None]], draw: Random) -> None:
        """Let one of those who wait go on, until all have ended."""
        for task in tasks:
            task.add_done_callback(lambda _: self.changed.set())
        busy = len(tasks)
        while busy:
            if len(self.waiting) < busy:  # somebody is on the way to a gate, or stands before a lock
                self.changed.clear()
                try:
                    async with asyncio.timeout(BLOCKED_AFTER if self.waiting else None):
                        await self.changed.wait()
                        busy = sum(not task.done() for task in tasks)
                        continue
                except TimeoutError:
                    pass
            busy = sum(not task.done() for task in tasks)
            if self.waiting:
                self._next(draw).set_result(None)

    def _next(self, draw: Random) -> "asyncio.Future[None]":
        stays = [each for each in self.waiting if each[0] is self.last] if draw.random() > SWITCH else []
        chosen = draw.choice(stays or self.waiting)
        self.waiting.remove(chosen)
        self.last = chosen[0]
        return chosen[1]


async def together(acts: Sequence[Callable[[], Awaitable[None]]], draw: Random, *, dies_at: Sequence[int] = ()) -> None:
    """Commands whose gates are passed in an order that is drawn; who dies, dies alone."""
    turns = Turns()
    deaths = [*dies_at, *[0] * len(acts)]

    async def one(act: Callable[[], Awaitable[None]], dies: int) -> None:
        await through(act, Run(dies, turns=turns))

    tasks = [asyncio.create_task(one(act, dies)) for act, dies in zip(acts, deaths, strict=False)]
    await turns.lead(tasks, draw)
    for task in tasks:
        await task


class GatedDatabase(Database):
    """The pools of another database, with a gate at every statement and around every commit.

    `rewrite`: what a statement is turned into, for controls."""

    def __init__(self, inner: Database, rewrite: Rewrite | None = None) -> None:
        self.url, self._write, self._read = inner.url, inner._write, inner._read
        self._keyring = inner._keyring
        self._cursor = _gated_cursor(rewrite)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[WriteTx]:
        async with self._write.connection() as conn:
            conn.cursor_factory = self._cursor
            try:
                tx = WriteTx(conn, self._keyring)
                yield tx
                await tx.flush()
                await gate("commit")
            finally:
                conn.cursor_factory = psycopg.AsyncCursor
        await gate("committed")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadTx]:
        async with self._read.connection() as conn:
            conn.cursor_factory = self._cursor
            try:
                yield ReadTx(conn, self._keyring)
            finally:
                conn.cursor_factory = psycopg.AsyncCursor


def _gated_cursor(rewrite: Rewrite | None) -> type[psycopg.AsyncCursor[Any]]:
    class Gated(psycopg.AsyncCursor[Any]):
        async def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
            said = rewrite(query) if rewrite and isinstance(query, str) else query
            await gate(STATEMENT + " ".join(str(said).split())[:60])
            return await super().execute(said, params, **more)

        async def executemany(self, query: Any, params_seq: Any, **more: Any) -> None:
            await gate(STATEMENT + " ".join(str(query).split())[:60])
            await super().executemany(query, params_seq, **more)

    return Gated
