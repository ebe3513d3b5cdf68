"""Where the database stands, and what was told or has lapsed since: reads of the outbox for catching up."""

from datetime import datetime
from uuid import UUID

from psycopg.errors import FeatureNotSupported, InsufficientPrivilege, UndefinedFunction

from hospes.modules.search.policies.repairing import Stand
from hospes.platform.db import Database, ReadTx, Row
from hospes.platform.outbox import Event

_LINE = (
    "SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || CASE WHEN pg_is_in_recovery()"
    " THEN (SELECT timeline_id FROM pg_control_checkpoint())"
    " ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer END AS line"
)


async def where_it_stands(db: Database, *, at: datetime) -> Stand:
    """Read before what it shall be the stand of."""
    async with db.read() as tx:
        row = await tx.find(
            "SELECT d.oid::text AS oid, d.datname, (SELECT version_num FROM public.schema_version) AS revision,"
            " pg_current_snapshot()::text AS position,"
            " pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next_xid,"
            " coalesce(pg_sequence_last_value('platform.outbox_id_seq'), 0) AS last_event,"
            " (SELECT min(id) FROM platform.outbox) AS first_kept"
            " FROM pg_database AS d WHERE d.datname = current_database()"
        )
    assert row is not None
    line = await _line(db)
    return Stand(
        f"{line}/{row['oid']}/{row['datname']}", str(row["revision"]), row["position"], row["next_xid"],
        row["last_event"], row["first_kept"], at,
    )  # fmt: skip


async def _line(db: Database) -> str:
    """The server and its timeline, which a restore and a fail-over change; empty where asking is not allowed."""
    try:
        async with db.read() as tx:
            row = await tx.find(_LINE)
    except (InsufficientPrivilege, FeatureNotSupported, UndefinedFunction):
        return ""
    return str(row["line"]) if row else ""


async def events_since(tx: ReadTx, position: str, *, limit: int) -> list[Event]:
    """Events that were not committed at that position, at most `limit`, in order."""
    rows = await tx.all(
        "SELECT event_id, type, aggregate_id, data, occurred_at, id FROM platform.outbox"
        " WHERE xact >= pg_snapshot_xmin(%(position)s::pg_snapshot)"
        " AND NOT pg_visible_in_snapshot(xact, %(position)s::pg_snapshot) ORDER BY id LIMIT %(limit)s::bigint",
        {"position": position, "limit": limit},
    )
    return [_event(row) for row in rows]


async def count_between(tx: ReadTx, earlier: str, later: str) -> int:
    """How many events were committed at the later position and not at the earlier one."""
    row = await tx.find(
        "SELECT count(*) AS count FROM platform.outbox WHERE xact >= pg_snapshot_xmin(%(earlier)s::pg_snapshot)"
        " AND NOT pg_visible_in_snapshot(xact, %(earlier)s::pg_snapshot)"
        " AND pg_visible_in_snapshot(xact, %(later)s::pg_snapshot)",
        {"earlier": earlier, "later": later},
    )
    assert row is not None
    return int(row["count"])


async def lapsed_between(tx: ReadTx, since: datetime, until: datetime) -> list[UUID]:
    """Resources with a soft claim that nobody has released and that has run out in (since, until]."""
    rows = await tx.all(
        "SELECT DISTINCT resource_id FROM inventory.claim WHERE released_at IS NULL AND held_until IS NOT NULL"
        " AND held_until > %s AND held_until <= %s",
        (since, until),
    )
    return [row["resource_id"] for row in rows]


async def has_more_than(tx: ReadTx, count: int) -> bool:
    """Whether there are more resources than this, live or not."""
    row = await tx.find("SELECT FROM catalog.resource OFFSET %s::bigint LIMIT 1", (max(count, 0),))
    return row is not None or count < 0


async def some_resources(tx: ReadTx, count: int, *, of: int) -> list[UUID]:
    """Some resources, live or not, drawn anew at every call; `of`: about how many there are."""
    rows = await tx.all(
        "SELECT id FROM (SELECT id FROM catalog.resource TABLESAMPLE SYSTEM (%s)) AS r ORDER BY random()"
        " LIMIT %s::bigint",
        (percent_of(count, of), count),
    )
    return [row["id"] for row in rows]


def percent_of(count: int, of: int) -> float:
    """How much of a table to look at for a sample: twenty times what is wanted, since whole pages are drawn."""
    return min(100.0, 100.0 * 20 * count / max(of, 1))


async def resources_after(tx: ReadTx, last: UUID, count: int) -> list[UUID]:
    """The next resources in order of their ids, live or not."""
    rows = await tx.all("SELECT id FROM catalog.resource WHERE id > %s ORDER BY id LIMIT %s::bigint", (last, count))
    return [row["id"] for row in rows]


def _event(row: Row) -> Event:
    return Event(row["event_id"], row["type"], row["aggregate_id"], row["data"], row["occurred_at"], row["id"])
