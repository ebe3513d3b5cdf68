"""What is written: views, choices, and what training has found."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.recommendations.contracts import View
from hospes.platform.db import WriteTx

# Not of who wants nothing kept, nor of before they cleared it, nor of members of the business, nor of what is gone.
_SEE: LiteralString = """
INSERT INTO recommendations.seen AS s (person, resource_id, day, visitor, times, last_at)
SELECT v.person, v.resource_id, (v.at AT TIME ZONE 'UTC')::date, v.visitor, v.times, v.at
  FROM unnest(%(people)s::uuid[], %(resources)s::uuid[], %(visitors)s::boolean[], %(times)s::integer[],
              %(at)s::timestamptz[]) AS v (person, resource_id, visitor, times, at)
  JOIN catalog.resource AS r ON r.id = v.resource_id
  JOIN catalog.property AS p ON p.id = r.property_id
 WHERE NOT EXISTS (SELECT FROM recommendations.choice AS c WHERE c.person = v.person
                      AND (NOT c.wanted OR c.cleared_at >= v.at))
   AND NOT EXISTS (SELECT FROM catalog.business_member AS m
                    WHERE m.business_id = p.business_id AND m.user_id = v.person)
 ORDER BY v.person, v.resource_id
ON CONFLICT (person, resource_id, day) DO UPDATE
   SET times = s.times + EXCLUDED.times, last_at = greatest(s.last_at, EXCLUDED.last_at)
"""


async def add_views(tx: WriteTx, views: Sequence[View]) -> int:
    """Keep these, one row a person, listing and day; no two of them may be of the same. Answers how many were kept."""
    return await tx.run(
        _SEE,
        {
            "people": [each.person for each in views],
            "resources": [each.resource_id for each in views],
            "visitors": [each.visitor for each in views],
            "times": [each.times for each in views],
            "at": [each.at for each in views],
        },
    )


async def delete_views(tx: WriteTx, person: UUID) -> int:
    """All of this person's."""
    return await tx.run("DELETE FROM recommendations.seen WHERE person = %s", (person,))


async def delete_views_before(tx: WriteTx, day: date, *, limit: int) -> int:
    """The oldest of all, `limit` at most."""
    return await tx.run(
        "DELETE FROM recommendations.seen WHERE ctid = ANY(ARRAY(SELECT ctid FROM recommendations.seen"
        " WHERE day < %s LIMIT %s::bigint))",
        (day, limit),
    )


async def delete_suggested(tx: WriteTx, person: UUID) -> int:
    """What was made for this person."""
    return await tx.run("DELETE FROM recommendations.suggested WHERE person = %s", (person,))


async def delete_choices_before(tx: WriteTx, moment: datetime) -> int:
    """Of people who want views kept, when they cleared them: nothing of before then can still arrive."""
    return await tx.run("DELETE FROM recommendations.choice WHERE wanted AND changed_at < %s", (moment,))


async def put_choice(tx: WriteTx, person: UUID, *, wanted: bool, cleared_at: datetime | None, now: datetime) -> None:
    """Whether views are kept from now on, and since when all is cleared."""
    await tx.run(
        "INSERT INTO recommendations.choice AS c (person, wanted, cleared_at, changed_at) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (person) DO UPDATE SET wanted = EXCLUDED.wanted,"
        " cleared_at = coalesce(EXCLUDED.cleared_at, c.cleared_at), changed_at = EXCLUDED.changed_at",
        (person, wanted, cleared_at, now),
    )


async def put_suggested(
    tx: WriteTx, rows: Sequence[tuple[UUID, list[UUID]]], *, since: datetime, now: datetime
) -> None:
    """Of each person the places, the best first; not of who wants none, or has cleared their views since `since`."""
    await tx.run_many(
        "INSERT INTO recommendations.suggested (person, property_ids, made_at)"
        " SELECT %(person)s, %(places)s, %(now)s"
        " WHERE NOT EXISTS (SELECT FROM recommendations.choice AS c WHERE c.person = %(person)s"
        " AND (NOT c.wanted OR c.cleared_at >= %(since)s))"
        " ON CONFLICT (person) DO UPDATE SET property_ids = EXCLUDED.property_ids, made_at = EXCLUDED.made_at",
        [{"person": person, "places": places, "since": since, "now": now} for person, places in rows],
    )


async def put_together(tx: WriteTx, rows: Sequence[tuple[UUID, list[UUID], list[float]]], *, now: datetime) -> None:
    """Of each place the others, the closest first."""
    await tx.run_many(
        "INSERT INTO recommendations.together (property_id, others, scores, made_at) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (property_id) DO UPDATE SET others = EXCLUDED.others, scores = EXCLUDED.scores,"
        " made_at = EXCLUDED.made_at",
        [(place, others, scores, now) for place, others, scores in rows],
    )


async def put_popular(tx: WriteTx, rows: Sequence[tuple[str, str, list[UUID], float]], *, now: datetime) -> None:
    """Of each city and country the places, the most popular first, and how much goes on there."""
    await tx.run_many(
        "INSERT INTO recommendations.popular (city, country, property_ids, weight, made_at) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (city, country) DO UPDATE SET property_ids = EXCLUDED.property_ids, weight = EXCLUDED.weight,"
        " made_at = EXCLUDED.made_at",
        [(city, country, places, weight, now) for city, country, places, weight in rows],
    )


async def delete_made_before(tx: WriteTx, moment: datetime) -> None:
    """What the last training did not find any more."""
    await tx.run("DELETE FROM recommendations.suggested WHERE made_at < %s", (moment,))
    await tx.run("DELETE FROM recommendations.together WHERE made_at < %s", (moment,))
    await tx.run("DELETE FROM recommendations.popular WHERE made_at < %s", (moment,))
