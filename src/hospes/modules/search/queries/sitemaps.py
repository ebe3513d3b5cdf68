"""Every page of a listing, for search engines: in parts of as many as one file may hold."""

from uuid import UUID

from hospes.modules.search.queries.listings import LIVE
from hospes.platform.db import ReadTx, Row

PART = 20_000  # the format allows 50,000 addresses and 50 MB a file


async def parts(tx: ReadTx) -> list[UUID]:
    """The first listing of each part, by id."""
    rows = await tx.all(
        "SELECT id FROM (SELECT r.id, row_number() OVER (ORDER BY r.id) - 1 AS place"  # noqa: S608
        + LIVE
        + ") AS numbered"
        " WHERE place %% %s = 0 ORDER BY id",
        (PART,),
    )
    return [row["id"] for row in rows]


async def listings_from(tx: ReadTx, first: UUID, before: UUID | None) -> list[Row]:
    """Id and last change of the live listings in [first, before), by id; at most twice a part."""
    return await tx.all(
        "SELECT r.id, greatest(r.updated_at, p.updated_at) AS updated_at"
        + LIVE
        + " AND r.id >= %(first)s AND (%(before)s::uuid IS NULL OR r.id < %(before)s)"
        + " ORDER BY r.id LIMIT %(most)s::bigint",
        {"first": first, "before": before, "most": 2 * PART},
    )
