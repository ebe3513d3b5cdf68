"""Compares what properties are called here with the database."""

from collections.abc import Collection, Iterable
from uuid import UUID

from hospes.modules.search.naming.changed import Changed, differing, shelved
from hospes.modules.search.naming.world import entry_of
from hospes.modules.search.queries import names
from hospes.platform.db import Database, Row

Wrong = dict[UUID, tuple[str, ...]]


def differences(changed: Changed, ids: Iterable[UUID], rows: Collection[Row]) -> Wrong:
    """Of these properties those that are otherwise than in the rows (of those that are live), and in what."""
    told = {row["id"]: entry for row in rows if shelved(entry := entry_of(row))}
    found = {each: differing(changed.entry(each), told.get(each)) for each in ids}
    return {each: what for each, what in found.items() if what}


async def mended(db: Database, changed: Changed, ids: Collection[UUID]) -> Wrong:
    """Of these properties those that were otherwise than in the database, and in what; they are right again."""
    async with db.read() as tx:
        rows = [row async for batch in names.live_names(tx, sorted(ids)) for row in batch]
    wrong = differences(changed, ids, rows)
    if wrong:
        await changed.put(sorted(wrong), {row["id"]: entry_of(row) for row in rows if row["id"] in wrong})
    return wrong
