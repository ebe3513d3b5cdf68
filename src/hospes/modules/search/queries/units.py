"""Which nights of which unit are taken: SQL over inventory's claims."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from hospes.platform.db import ReadTx, Row


async def busy_units(tx: ReadTx, ids: Sequence[UUID], *, today: date, now: datetime) -> list[Row]:
    """Of the resources of which every active unit has a claim: resource and, unit by unit, the claimed nights, spans
    from `starts` to before `ends`, days from today; they may overlap. Soft claims that have expired do not count."""
    return await tx.all(
        "WITH busy AS (SELECT c.resource_id, array_agg(greatest(c.first_night - %(today)s::date, 0)) AS starts,"
        " array_agg(c.last_night - %(today)s::date + 1) AS ends, count(*) OVER (PARTITION BY c.resource_id) AS units"
        " FROM inventory.claim AS c JOIN catalog.unit AS u ON u.id = c.unit_id AND u.active"
        " WHERE c.resource_id = ANY(%(ids)s) AND c.released_at IS NULL AND c.last_night >= %(today)s"
        " AND (c.held_until IS NULL OR c.held_until > %(now)s) GROUP BY c.resource_id, c.unit_id)"
        " SELECT b.resource_id, b.starts, b.ends FROM busy AS b"
        " WHERE b.units = (SELECT count(*) FROM catalog.unit AS a WHERE a.resource_id = b.resource_id AND a.active)",
        {"ids": list(ids), "today": today, "now": now},
    )
