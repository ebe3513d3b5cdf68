"""Imported calendars and export addresses. A feed's row is locked before its busy times are touched."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from hospes.modules.inventory.policies.feeds import BusySpan, Feed, FeedResult, SpanState, next_try
from hospes.modules.inventory.queries.feeds import FEED, as_feed
from hospes.platform.db import Row, WriteTx

_BEING_TRIED = timedelta(minutes=5)


async def insert_feed(tx: WriteTx, feed: Feed) -> bool:
    """Whether it is new at its resource."""
    return bool(
        await tx.run(
            "INSERT INTO inventory.feed (id, resource_id, unit_id, name, url, next_try_at, created_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (feed.id, feed.resource_id, feed.unit_id, feed.name, feed.url, feed.next_try_at, feed.created_at),
        )
    )


async def lock_feed(tx: WriteTx, feed_id: UUID) -> Feed | None:
    """The feed, locked until the transaction ends."""
    sql: LiteralString = f"SELECT {FEED} FROM inventory.feed AS f WHERE f.id = %s FOR UPDATE"  # noqa: S608
    row = await tx.find(sql, (feed_id,))
    return None if row is None else as_feed(row)


async def delete_feed(tx: WriteTx, feed_id: UUID) -> None:
    """The feed and its busy times; let go of their claims first."""
    await tx.run("DELETE FROM inventory.feed WHERE id = %s", (feed_id,))


async def take_due(tx: WriteTx, limit: int, now: datetime) -> list[UUID]:
    """Feeds whose time has come; nobody else takes them for 5 minutes."""
    rows = await tx.all(
        "WITH due AS (SELECT f.id FROM inventory.feed AS f WHERE f.next_try_at <= %(now)s ORDER BY f.next_try_at"
        " LIMIT %(limit)s::bigint FOR UPDATE SKIP LOCKED)"
        " UPDATE inventory.feed AS f SET next_try_at = %(later)s FROM due WHERE f.id = due.id RETURNING f.id",
        {"now": now, "limit": limit, "later": now + _BEING_TRIED},
    )
    return [row["id"] for row in rows]


async def note_failure(tx: WriteTx, feed_id: UUID, detail: str, now: datetime) -> None:
    """The last try failed; each failure in a row doubles the wait."""
    feed = await lock_feed(tx, feed_id)
    if feed is not None:
        await tx.run(
            "UPDATE inventory.feed SET result = 'failed', detail = %s, tried_at = %s, failures = %s::integer,"
            " next_try_at = %s WHERE id = %s",
            (detail, now, feed.failures + 1, next_try(now, feed.failures + 1), feed_id),
        )


async def note_answer(
    tx: WriteTx,
    feed_id: UUID,
    result: FeedResult,
    detail: str | None,
    tags: tuple[str | None, str | None],
    suspected_at: datetime | None,
    now: datetime,
) -> None:
    """There was an answer (`detail` None: keep the old sentence); `tags` are sent with the next question."""
    await tx.run(
        "UPDATE inventory.feed SET result = %s, detail = COALESCE(%s, detail), etag = %s, last_modified = %s,"
        " tried_at = %s, succeeded_at = %s, suspected_at = %s, failures = 0, next_try_at = %s WHERE id = %s",
        (str(result), detail, *tags, now, now, suspected_at, next_try(now, 0), feed_id),
    )


async def insert_spans(tx: WriteTx, feed_id: UUID, spans: Sequence[tuple[UUID, BusySpan]]) -> None:
    """Busy times that have come up, by the id their claims will have; nothing is claimed for them yet."""
    await tx.run_many(
        "INSERT INTO inventory.feed_span (id, feed_id, uid, occurrence, starts_at, ends_at, first_day, last_day,"
        " summary, tentative, state) VALUES (%(id)s, %(feed)s, %(uid)s, %(occurrence)s, %(starts)s, %(ends)s,"
        " %(first)s, %(last)s, %(summary)s, %(tentative)s, 'covered')",
        [{**_values(span), "id": span_id, "feed": feed_id} for span_id, span in spans],
    )


async def update_span(tx: WriteTx, span_id: UUID, span: BusySpan) -> None:
    """What the feed says of it now."""
    await tx.run(
        "UPDATE inventory.feed_span SET uid = %(uid)s, occurrence = %(occurrence)s, starts_at = %(starts)s,"
        " ends_at = %(ends)s, first_day = %(first)s, last_day = %(last)s, summary = %(summary)s,"
        " tentative = %(tentative)s WHERE id = %(id)s",
        {**_values(span), "id": span_id},
    )


async def set_span_state(tx: WriteTx, span_id: UUID, state: SpanState, detail: str) -> None:
    """What has become of it."""
    await tx.run(
        "UPDATE inventory.feed_span SET state = %s, detail = %s WHERE id = %s",
        (str(state), detail, span_id),
    )


async def delete_span(tx: WriteTx, span_id: UUID) -> None:
    """It is gone over there; let go of its claims first."""
    await tx.run("DELETE FROM inventory.feed_span WHERE id = %s", (span_id,))


async def put_export_secret(tx: WriteTx, resource_id: UUID, secret: str, now: datetime) -> None:
    """The new address; the old one leads nowhere from now on."""
    await tx.run(
        "INSERT INTO inventory.export_address (resource_id, secret, rotated_at) VALUES (%s, %s, %s)"
        " ON CONFLICT (resource_id) DO UPDATE SET secret = EXCLUDED.secret, rotated_at = EXCLUDED.rotated_at",
        (resource_id, secret, now),
    )


def _values(span: BusySpan) -> Row:
    return {
        "uid": span.uid,
        "occurrence": span.occurrence,
        "starts": span.starts_at,
        "ends": span.ends_at,
        "first": span.first_day,
        "last": span.last_day,
        "summary": span.summary,
        "tentative": span.tentative,
    }
