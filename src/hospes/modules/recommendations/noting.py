"""Views are noted in memory and written behind the requests, a second later; a page never waits for them."""

import asyncio
from contextlib import suppress
from datetime import date, datetime
from uuid import UUID

import structlog
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout

from hospes.modules.recommendations import store
from hospes.modules.recommendations.contracts import Person, View
from hospes.platform.db import Database
from hospes.platform.ending import end_tasks

log = structlog.get_logger(__name__)
EVERY_SECONDS = 1.0
MOST = 20_000


class Noting:
    """The views of one process that are not written yet: of the same person, listing and day one.

    When the database is away they are kept, `MOST` at most; more are left out. A process that is killed loses about a
    second of them."""

    def __init__(self, db: Database, *, most: int = MOST) -> None:
        self._db = db
        self._most = most
        self._views: dict[tuple[UUID, UUID, date], View] = {}
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._views)

    def note(self, person: Person, resource_id: UUID, *, now: datetime) -> None:
        """Somebody looks at a listing."""
        key = (person.id, resource_id, now.date())
        known = self._views.get(key)
        if known is None and len(self._views) >= self._most:
            return
        self._views[key] = View(person.id, resource_id, person.visitor, now, known.times + 1 if known else 1)

    async def flush(self) -> int:
        """Write all of it; answers how many rows. After a failure they are tried again with the next."""
        views, self._views = self._views, {}
        if not views:
            return 0
        try:
            async with self._db.write() as tx:
                return await store.add_views(tx, list(views.values()))
        except (DatabaseError, PoolTimeout):
            for key, view in views.items():
                known = self._views.get(key)
                if known is None and len(self._views) >= self._most:
                    continue
                later = known.at if known else view.at
                times = view.times + (known.times if known else 0)
                self._views[key] = View(view.person, view.resource_id, view.visitor, later, times)
            raise

    def start(self) -> None:
        """Write once a second from now on."""
        self._task = asyncio.create_task(self._keep_writing(), name="views")

    async def stop(self) -> None:
        """Write what is left."""
        task, self._task = self._task, None
        await end_tasks([task])
        with suppress(DatabaseError, PoolTimeout):
            await self.flush()

    async def _keep_writing(self) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self.flush()
            except (DatabaseError, PoolTimeout) as fault:
                log.warning("views_wait", views=len(self._views), reason=str(fault))
