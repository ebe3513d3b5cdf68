"""Imported calendars, their busy times, and what is told to others."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.inventory.contracts import Claim, ClaimKind
from hospes.modules.inventory.policies.feeds import BusySpan, Feed, FeedConflict, FeedResult, SpanState, StoredSpan
from hospes.modules.inventory.queries.claims import CLAIM, as_claim
from hospes.platform.db import ReadTx, Row

FEED: LiteralString = (
    "f.id, f.resource_id, f.unit_id, f.name, f.url, f.result, f.detail, f.etag, f.last_modified, f.tried_at,"
    " f.succeeded_at, f.suspected_at, f.failures, f.next_try_at, f.created_at"
)
_SPAN: LiteralString = "s.uid, s.occurrence, s.starts_at, s.ends_at, s.first_day, s.last_day, s.summary, s.tentative"


@dataclass(frozen=True, slots=True)
class Told:
    """A live claim as an export tells it; `made_at` is when it was made."""

    claim: Claim
    made_at: datetime


def as_feed(row: Row) -> Feed:
    """A row of `FEED`."""
    return Feed(**{**row, "result": FeedResult(row["result"])})


def _as_span(row: Row) -> BusySpan:
    names = ("uid", "occurrence", "starts_at", "ends_at", "first_day", "last_day", "summary", "tentative")
    return BusySpan(**{name: row[name] for name in names})


async def find_feed(tx: ReadTx, feed_id: UUID) -> Feed | None:
    """A feed by id."""
    row = await tx.find(f"SELECT {FEED} FROM inventory.feed AS f WHERE f.id = %s", (feed_id,))  # noqa: S608
    return None if row is None else as_feed(row)


async def list_feeds(tx: ReadTx, resource_id: UUID) -> list[Feed]:
    """The feeds of a resource, the oldest first."""
    sql: LiteralString = f"SELECT {FEED} FROM inventory.feed AS f WHERE f.resource_id = %s ORDER BY f.id"  # noqa: S608
    return [as_feed(row) for row in await tx.all(sql, (resource_id,))]


async def list_spans(tx: ReadTx, feed_id: UUID, since: datetime) -> list[StoredSpan]:
    """The busy times of a feed that end after `since`, ordered."""
    rows = await tx.all(
        f"SELECT s.id, s.state, s.detail, {_SPAN} FROM inventory.feed_span AS s WHERE s.feed_id = %s AND s.ends_at > %s"  # noqa: S608
        " ORDER BY s.starts_at, s.id",
        (feed_id, since),
    )
    return [StoredSpan(row["id"], _as_span(row), SpanState(row["state"]), row["detail"]) for row in rows]


async def count_spans(tx: ReadTx, feed_ids: Sequence[UUID], since: datetime) -> dict[UUID, int]:
    """How many busy times of each feed end after `since`."""
    rows = await tx.all(
        "SELECT feed_id, count(*) AS n FROM inventory.feed_span WHERE feed_id = ANY(%s::uuid[]) AND ends_at > %s"
        " GROUP BY feed_id",
        (list(feed_ids), since),
    )
    return {row["feed_id"]: row["n"] for row in rows}


async def list_conflicts(tx: ReadTx, feed_ids: Sequence[UUID], since: datetime, limit: int = 200) -> list[FeedConflict]:
    """What meets our own holds and bookings, the soonest first."""
    rows = await tx.all(
        f"SELECT s.feed_id, s.detail, {_SPAN} FROM inventory.feed_span AS s WHERE s.feed_id = ANY(%s::uuid[])"  # noqa: S608
        " AND s.ends_at > %s AND s.state = 'conflict' ORDER BY s.starts_at, s.id LIMIT %s::bigint",
        (list(feed_ids), since, limit),
    )
    return [FeedConflict(row["feed_id"], _as_span(row), row["detail"]) for row in rows]


async def list_feeds_left_over(tx: ReadTx, resource_id: UUID, now: datetime) -> list[UUID]:
    """Feeds of the resource with busy times to come that are not wholly claimed, in order."""
    rows = await tx.all(
        "SELECT f.id FROM inventory.feed AS f WHERE f.resource_id = %s AND EXISTS (SELECT FROM inventory.feed_span AS s"
        " WHERE s.feed_id = f.id AND s.ends_at > %s AND s.state <> 'claimed') ORDER BY f.id",
        (resource_id, now),
    )
    return [row["id"] for row in rows]


async def list_claims_of_spans(tx: ReadTx, span_ids: Collection[UUID]) -> dict[UUID, list[Claim]]:
    """The live claims of these busy times."""
    rows = await tx.all(
        f"SELECT {CLAIM} FROM inventory.claim AS c WHERE c.owner_id = ANY(%s::uuid[]) AND c.released_at IS NULL",  # noqa: S608
        (list(span_ids),),
    )
    found: dict[UUID, list[Claim]] = {}
    for claim in map(as_claim, rows):
        found.setdefault(claim.owner_id, []).append(claim)
    return found


async def list_in_the_way(
    tx: ReadTx, resource_id: UUID, unit_ids: Sequence[UUID] | None, start: datetime, end: datetime
) -> list[Claim]:
    """Live claims that meet [start, end): on these units, or counted ones for None."""
    rows = await tx.all(
        f"SELECT {CLAIM} FROM inventory.claim AS c WHERE c.resource_id = %(resource)s AND c.released_at IS NULL"  # noqa: S608
        " AND c.during && tstzrange(%(start)s, %(end)s) AND CASE WHEN %(units)s::uuid[] IS NULL"
        " THEN c.unit_id IS NULL ELSE c.unit_id = ANY(%(units)s::uuid[]) END ORDER BY c.first_night, c.id",
        {
            "resource": resource_id,
            "units": None if unit_ids is None else list(unit_ids),
            "start": start,
            "end": end,
        },
    )
    return [as_claim(row) for row in rows]


async def list_owners_at(tx: ReadTx, resource_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    """Which of these have or had claims at this resource."""
    if not ids:
        return set()
    rows = await tx.all(
        "SELECT DISTINCT c.owner_id FROM inventory.claim AS c WHERE c.owner_id = ANY(%s::uuid[])"
        " AND c.owner_id IS NOT NULL AND c.resource_id = %s",
        (list(ids), resource_id),
    )
    return {row["owner_id"] for row in rows}


async def find_export_secret(tx: ReadTx, resource_id: UUID) -> str | None:
    """The secret part of the resource's export address."""
    row = await tx.find("SELECT secret FROM inventory.export_address WHERE resource_id = %s", (resource_id,))
    return None if row is None else str(row["secret"])


async def find_exported(tx: ReadTx, secret: str) -> UUID | None:
    """The resource behind an export address."""
    row = await tx.find("SELECT resource_id FROM inventory.export_address WHERE secret = %s", (secret,))
    return None if row is None else UUID(str(row["resource_id"]))


async def list_told(tx: ReadTx, resource_id: UUID, *, since: datetime, until: datetime, now: datetime) -> list[Told]:
    """Live bookings and blocks that meet [since, until), in order."""
    rows = await tx.all(
        f"SELECT {CLAIM}, c.created_at FROM inventory.claim AS c WHERE c.resource_id = %s AND c.released_at IS NULL"  # noqa: S608
        " AND c.during && tstzrange(%s, %s) AND c.kind = ANY(%s) AND (c.held_until IS NULL OR c.held_until > %s)"
        " ORDER BY c.first_night, c.id",
        (resource_id, since, until, [str(ClaimKind.BOOKING), str(ClaimKind.BLOCK)], now),
    )
    return [Told(as_claim({k: v for k, v in row.items() if k != "created_at"}), row["created_at"]) for row in rows]
