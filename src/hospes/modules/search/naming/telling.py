"""What events tell about names: of which properties, and what these are called now."""

from collections.abc import Iterable
from uuid import UUID

import structlog

from hospes.modules.search.keeping.container import UnfitSnapshot
from hospes.modules.search.naming.changed import Changed
from hospes.modules.search.naming.world import entry_of
from hospes.modules.search.policies.repairing import Reason
from hospes.modules.search.queries import names
from hospes.platform.db import Database, ReadTx
from hospes.platform.outbox import Event

log = structlog.get_logger(__name__)
TOLD_BY = ("business.", "property.", "resource.")
MOST_CHANGES = 100_000  # what is told of by events; of more, all is read anew
BATCH = 1_000


async def named_by(tx: ReadTx, events: Iterable[Event]) -> set[UUID]:
    """The properties that these events may have changed the names of."""
    told = [event for event in events if event.type.startswith(TOLD_BY)]
    ids = {found for event in told if (found := _uuid(event.data.get("property_id")))}
    whole = [event.aggregate_id for event in told if event.type.startswith("business.")]
    return ids | set(await names.properties_of(tx, whole)) if whole else ids


async def told_since(db: Database, position: str, *, most: int = MOST_CHANGES) -> set[UUID]:
    """The properties that events not committed at that position name; raises `UnfitSnapshot` when they are too many."""
    async with db.read() as tx:
        rows = await names.told_since(tx, position, limit=most + 1)
        whole = [row["id"] for row in rows if row["whole"]]
        ids = {row["id"] for row in rows if not row["whole"]}
        ids |= set(await names.properties_of(tx, whole)) if whole else set()
    if len(rows) > most or len(ids) > most:
        raise UnfitSnapshot(Reason.TOO_MANY)
    return ids


async def read_again(db: Database, changed: Changed, ids: Iterable[UUID]) -> None:
    """Put what these properties are called now."""
    every = sorted(ids)
    for first in range(0, len(every), BATCH):
        part = every[first : first + BATCH]
        async with db.read() as tx:
            found = {row["id"]: entry_of(row) async for rows in names.live_names(tx, part) for row in rows}
        await changed.put(part, found)


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        log.error("search.event_names_no_property", value=str(value)[:80])
        return None
