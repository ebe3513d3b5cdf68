"""What is written: vectors of what places say."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hospes.modules.semantic.contracts import MODEL, Written
from hospes.modules.semantic.queries import LIVE, as_text
from hospes.platform.db import WriteTx


async def prepare(tx: WriteTx) -> str:
    """Have a table where the server can; answers what is missing, in words, or nothing."""
    row = await tx.find("SELECT semantic.prepare() AS missing")
    return str(row["missing"]) if row else ""


async def put(tx: WriteTx, rows: Sequence[Written], *, now: datetime) -> None:
    """Write these, in place of what was known of them."""
    await tx.run_many(
        "INSERT INTO semantic.said (property_id, model, said, vector, latitude, longitude, written_at)"
        " VALUES (%s, %s, %s, %s::halfvec, %s, %s, %s) ON CONFLICT (property_id) DO UPDATE SET model = excluded.model,"
        " said = excluded.said, vector = excluded.vector, latitude = excluded.latitude,"
        " longitude = excluded.longitude, written_at = excluded.written_at",
        [
            (
                each.saying.property_id, MODEL, each.saying.said, as_text(each.vector), each.saying.latitude,
                each.saying.longitude, now,
            )
            for each in rows
        ],
    )  # fmt: skip


async def forget_those_not_live(tx: WriteTx, only: Sequence[UUID] | None = None) -> int:
    """Take out places that are no longer on sale (of `only`, or of all); answers how many."""
    return await tx.run(
        "DELETE FROM semantic.said AS s WHERE (%(only)s::uuid[] IS NULL OR s.property_id = ANY(%(only)s::uuid[]))"  # noqa: S608
        " AND NOT EXISTS (SELECT FROM catalog.property AS p WHERE p.id = s.property_id AND" + LIVE + ")",
        {"only": None if only is None else list(only)},
    )
