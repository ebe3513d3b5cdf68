"""Search's port `Likeness`, which places say what somebody asks for, and recommendations' `Descriptions`."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import suppress
from uuid import UUID

import structlog
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout

from hospes.modules.search import facade as search
from hospes.modules.search.contracts import Box
from hospes.modules.search.errors import IndexLoading, SemanticUnavailable
from hospes.modules.semantic import queries, watching
from hospes.modules.semantic.asking import Asking
from hospes.modules.semantic.errors import EmbedderAway
from hospes.platform.db import Asked, ReadTx
from hospes.platform.ending import end_tasks
from hospes.platform.runtime import Runtime

log = structlog.get_logger(__name__)
LOOKS_EVERY = 30.0
FARTHEST = 0.82  # of what answers a question; measured: the farthest good answer is at 0.813, most others are farther


class Likening:
    """Of one API process. `on`: there is something to find."""

    def __init__(self, rt: Runtime, asking: Asking) -> None:
        self._rt = rt
        self._asking = asking
        self._task: asyncio.Task[None] | None = None
        self.on = False

    async def open(self) -> None:
        """Look whether there is something to find, now and from time to time."""
        await self.look()
        self._task = asyncio.create_task(self._keep_looking(), name="semantic")

    async def close(self) -> None:
        """No more questions."""
        task, self._task = self._task, None
        await end_tasks([task])
        await self._asking.close()

    async def look(self) -> None:
        """Whether there is something to find, from now on in `on`."""
        async with self._rt.db.read() as tx:
            written = await queries.how_many(tx)
        self.on = written > 0
        with suppress(IndexLoading):
            watching.BEHIND.set(max(search.world(self._rt).found.total - written, 0))

    async def nearest(
        self, text: str, *, among: Sequence[UUID] | None = None, box: Box | None = None, most: int
    ) -> list[UUID]:
        """Properties that say most alike, the best first: of `among` if given (each is compared), else of those in the
        box. Without a box what is hardly alike is left out. Raises `SemanticUnavailable`."""
        try:
            with watching.SECONDS.labels("embedded").time():
                vector = await self._asking.question(text)
        except EmbedderAway as fault:
            watching.ASKED.labels("away").inc()
            log.warning("semantic.question_unanswered", reason=str(fault))
            raise SemanticUnavailable("Descriptions cannot be searched for a moment.") from fault
        farthest = FARTHEST if box is None else queries.ANYTHING
        sides = (box.south, box.west, box.north, box.east) if box else None
        async with self._rt.db.read() as tx:
            with watching.SECONDS.labels("compared").time():
                if among is not None:
                    found = await queries.nearest_of(tx, vector, among, most=most, farthest=farthest)
                else:
                    found = await queries.nearest(tx, vector, box=sides, most=most, farthest=farthest)
        watching.ASKED.labels("answered").inc()
        return found

    def ask_alike(self, tx: ReadTx, resource_id: UUID, others: Sequence[UUID]) -> Awaitable[Mapping[UUID, float]]:
        """As recommendations' port `Descriptions`. Nothing is embedded for it."""
        return _read(queries.ask_alike(tx, resource_id, others))

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOKS_EVERY)
            with suppress(DatabaseError, PoolTimeout):
                await self.look()


async def _read(asked: Asked) -> Mapping[UUID, float]:
    row = await asked.row()
    return dict(zip(row["others"] or (), row["alike"] or (), strict=True)) if row else {}
