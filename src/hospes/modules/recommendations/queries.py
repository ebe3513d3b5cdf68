"""What is read: cards, a person's views, what training has found; and for training everything people did."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.catalog.contracts import thumb_key
from hospes.modules.recommendations.contracts import Card, SoldBy
from hospes.platform.db import ReadTx, Row
from hospes.platform.money import Money

BATCH = 20_000
SOLD_BY: dict[str, SoldBy] = {"nightly": "night", "timed": "hour", "departure": "person"}

_LIVE: LiteralString = (
    " FROM catalog.resource AS r JOIN catalog.property AS p ON p.id = r.property_id"
    " JOIN catalog.business AS b ON b.id = p.business_id JOIN pricing.rate AS t ON t.resource_id = r.id"
    " LEFT JOIN LATERAL (SELECT storage_key, alt FROM catalog.media AS m WHERE m.property_id = p.id"
    " AND (m.resource_id IS NULL OR m.resource_id = r.id)"
    " ORDER BY (m.resource_id IS NULL), m.position, m.id LIMIT 1) AS m ON true"
    " WHERE r.active AND p.status = 'approved' AND b.status = 'ACTIVE'"
)
_CARD: LiteralString = (
    " r.id, p.id AS property_id, p.name AS property_name, r.name AS resource_name, p.city, p.country, r.kind,"
    " r.rating_avg, r.rating_count, r.mode, t.currency, t.base_amount, m.storage_key, m.alt"
)


async def cards_of_resources(tx: ReadTx, ids: Sequence[UUID]) -> dict[UUID, Card]:
    """Those that are on sale, by resource."""
    rows = await tx.all("SELECT" + _CARD + _LIVE + " AND r.id = ANY(%s)", (list(ids),))
    return {row["id"]: _card(row) for row in rows}


async def cards_of_properties(tx: ReadTx, ids: Sequence[UUID]) -> dict[UUID, Card]:
    """Of each property that is on sale its cheapest resource, by property."""
    rows = await tx.all(
        "SELECT DISTINCT ON (p.id)" + _CARD + _LIVE + " AND p.id = ANY(%s) ORDER BY p.id, t.base_amount, r.id",
        (list(ids),),
    )
    return {row["property_id"]: _card(row) for row in rows}


def _card(row: Row) -> Card:
    return Card(
        resource_id=row["id"],
        property_id=row["property_id"],
        title=row["property_name"],
        subtitle=row["resource_name"],
        city=row["city"],
        country=row["country"],
        kind=row["kind"],
        picture=f"/media/{thumb_key(row['storage_key'])}" if row["storage_key"] else None,
        picture_alt=row["alt"] or "",
        price=Money(row["base_amount"], row["currency"]),
        sold_by=SOLD_BY[row["mode"]],
        rating=float(row["rating_avg"]) if row["rating_avg"] is not None else None,
        rating_count=row["rating_count"],
    )


async def latest_views(tx: ReadTx, person: UUID, *, limit: int) -> list[Row]:
    """Listings this person looked at, the latest first: resource and when."""
    return await tx.all(
        "SELECT resource_id, max(last_at) AS at FROM recommendations.seen WHERE person = %s GROUP BY 1"
        " ORDER BY 2 DESC, 1 LIMIT %s::bigint",
        (person, limit),
    )


async def known_of(tx: ReadTx, person: UUID, *, limit: int) -> tuple[list[tuple[UUID, datetime]], list[UUID]]:
    """Listings this person looked at, the latest first, and places suggested to them; in one statement."""
    row = await tx.find(
        "SELECT (SELECT s.property_ids FROM recommendations.suggested AS s WHERE s.person = %(person)s) AS suggested,"
        " v.ids, v.at FROM (SELECT array_agg(resource_id ORDER BY at DESC, resource_id) AS ids,"
        " array_agg(at ORDER BY at DESC, resource_id) AS at FROM (SELECT resource_id, max(last_at) AS at"
        " FROM recommendations.seen WHERE person = %(person)s GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(limit)s::bigint)"
        " AS l) AS v",
        {"person": person, "limit": limit},
    )
    assert row is not None
    seen = list(zip(row["ids"] or [], row["at"] or [], strict=True))
    return seen, list(row["suggested"] or [])


async def find_wanted(tx: ReadTx, person: UUID) -> bool | None:
    """What this person has chosen; None when they have not said."""
    row = await tx.find("SELECT wanted FROM recommendations.choice WHERE person = %s", (person,))
    return None if row is None else bool(row["wanted"])


async def find_together(tx: ReadTx, resource_id: UUID) -> dict[UUID, float]:
    """Properties that the same people looked at as the one of this listing, and how close; with what else is asked, in
    one statement."""
    row = await tx.find(
        "SELECT t.others, t.scores FROM recommendations.together AS t JOIN catalog.resource AS r"
        " ON r.property_id = t.property_id WHERE r.id = %s",
        (resource_id,),
    )
    return dict(zip(row["others"], row["scores"], strict=True)) if row else {}


async def find_popular(tx: ReadTx, city: str, country: str = "") -> Row | None:
    """City, country and properties; of several of that name the one where most goes on. Capitals do not matter."""
    return await tx.find(
        "SELECT city, country, property_ids FROM recommendations.popular WHERE lower(city) = lower(%(city)s)"
        " AND (%(country)s::text = '' OR country = %(country)s) ORDER BY weight DESC LIMIT 1",
        {"city": city, "country": country},
    )


async def most_popular(tx: ReadTx) -> Row | None:
    """The city where most goes on."""
    return await tx.find("SELECT city, country, property_ids FROM recommendations.popular ORDER BY weight DESC LIMIT 1")


# For training.


async def places(tx: ReadTx) -> AsyncIterator[list[Row]]:
    """Every live property with the cheapest of its resources and all amenities, in batches."""
    last = UUID(int=0)
    while True:
        rows = await tx.all(
            "SELECT DISTINCT ON (p.id) p.id, p.city, p.country, p.latitude, p.longitude, r.kind, r.max_guests,"
            " p.amenities || r.amenities AS amenities, r.rating_avg, t.currency, t.base_amount"
            " FROM catalog.property AS p JOIN catalog.business AS b ON b.id = p.business_id"
            " JOIN catalog.resource AS r ON r.property_id = p.id AND r.active"
            " JOIN pricing.rate AS t ON t.resource_id = r.id"
            " WHERE p.status = 'approved' AND b.status = 'ACTIVE' AND p.id > %s"
            " ORDER BY p.id, t.base_amount, r.id LIMIT %s::bigint",
            (last, BATCH),
        )
        if not rows:
            return
        yield rows
        last = rows[-1]["id"]


_DID: LiteralString = """
SELECT a.person, a.property_id, sum(a.views)::integer AS views, bool_or(a.kept) AS kept, bool_or(a.booked) AS booked,
       extract(epoch FROM max(a.at))::float8 AS at
  FROM (SELECT s.person, r.property_id, count(*) AS views, false AS kept, false AS booked, max(s.last_at) AS at
          FROM recommendations.seen AS s JOIN catalog.resource AS r ON r.id = s.resource_id
         WHERE s.person > %(after)s AND s.person <= %(until)s AND s.day >= %(since)s GROUP BY 1, 2
        UNION ALL
        SELECT b.guest_id, b.property_id, 0, false, true, b.created_at
          FROM booking.booking AS b
         WHERE b.guest_id > %(after)s AND b.guest_id <= %(until)s AND b.created_at >= %(since)s
           AND b.status IN ('confirmed', 'in_progress', 'completed')
           AND NOT EXISTS (SELECT FROM recommendations.choice AS c WHERE c.person = b.guest_id AND NOT c.wanted)
        UNION ALL
        SELECT i.user_id, r.property_id, 0, true, false, i.saved_at
          FROM wishlists.item AS i JOIN catalog.resource AS r ON r.id = i.resource_id
         WHERE i.user_id > %(after)s AND i.user_id <= %(until)s AND i.saved_at >= %(since)s
           AND NOT EXISTS (SELECT FROM recommendations.choice AS c WHERE c.person = i.user_id AND NOT c.wanted)) AS a
 GROUP BY 1, 2 ORDER BY 1, 2
"""
_NEXT: LiteralString = """
SELECT person AS until FROM (
  SELECT person FROM (
    SELECT DISTINCT person FROM recommendations.seen WHERE person > %(after)s
    UNION SELECT DISTINCT guest_id FROM booking.booking WHERE guest_id > %(after)s
    UNION SELECT DISTINCT user_id FROM wishlists.item WHERE user_id > %(after)s) AS p
   ORDER BY person LIMIT %(people)s::bigint) AS next_people ORDER BY person DESC LIMIT 1
"""


async def acts(tx: ReadTx, *, since: date, people: int = 2_000) -> AsyncIterator[list[Row]]:
    """What everybody did with each property since then, all of a person in one batch: views, kept, booked, and when
    last in seconds since 1970. Of who wants nothing kept, nothing."""
    after = UUID(int=0)
    while True:
        last = await tx.find(_NEXT, {"after": after, "people": people})
        if last is None:
            return
        yield await tx.all(_DID, {"after": after, "until": last["until"], "since": since})
        after = last["until"]


async def single_acts(tx: ReadTx, *, since: date, limit: int) -> list[Row]:
    """Every view of a day and every booking since then, one by one, the latest `limit`: person, property, whether it
    was a booking, and when in days since 1970. For measuring."""
    return await tx.all(
        "SELECT * FROM (SELECT s.person, r.property_id, false AS booked, extract(epoch FROM s.last_at)::float8 / 86400"
        " AS at FROM recommendations.seen AS s JOIN catalog.resource AS r ON r.id = s.resource_id"
        " WHERE s.day >= %(since)s UNION ALL"
        " SELECT b.guest_id, b.property_id, true, extract(epoch FROM b.created_at)::float8 / 86400"
        " FROM booking.booking AS b WHERE b.created_at >= %(since)s"
        " AND b.status IN ('confirmed', 'in_progress', 'completed')"
        " AND NOT EXISTS (SELECT FROM recommendations.choice AS c WHERE c.person = b.guest_id AND NOT c.wanted)) AS a"
        " ORDER BY at DESC LIMIT %(limit)s::bigint",
        {"since": since, "limit": limit},
    )
