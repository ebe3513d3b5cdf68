"""What must hold in the database after a replay, asked of the tables directly."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

import psycopg

from bench.replay_rows import Expected
from hospes.modules.booking.contracts import Action, BookingStatus
from hospes.modules.booking.states import MOVES, STAYS, first_status

EXAMPLES = 5
KEEPS_PLACE = ("pending_approval", "pending_payment", "confirmed", "in_progress", "completed", "no_show")


@dataclass(frozen=True, slots=True)
class Finding:
    """How often an invariant is broken, with a few examples."""

    breaches: int
    examples: tuple[str, ...] = ()


_SOLD: LiteralString = """
WITH sold AS (
  SELECT c.resource_id, d.night::date AS night, sum(c.quantity) AS places
  FROM inventory.claim AS c
  CROSS JOIN LATERAL generate_series(c.first_night, c.last_night, interval '1 day') AS d (night)
  WHERE c.released_at IS NULL AND c.unit_id IS NULL GROUP BY 1, 2),
units AS (SELECT u.resource_id, count(*) AS places FROM catalog.unit AS u WHERE u.active GROUP BY 1),
nights AS (
  SELECT resource_id, night, coalesce(n.claimed, 0) AS claimed, coalesce(s.places, 0) AS places, n.capacity,
         coalesce(n.overbooking, 0) AS overbooking
  FROM inventory.night_count AS n FULL JOIN sold AS s USING (resource_id, night))
"""

INVARIANTS: dict[str, LiteralString] = {
    # counted or claimed places of a night, at the end
    "night_above_capacity": _SOLD
    + """
        SELECT n.resource_id || ' ' || n.night FROM nights AS n LEFT JOIN units AS u USING (resource_id)
        WHERE greatest(n.claimed, n.places) > least(n.capacity, coalesce(u.places, 0)) + n.overbooking
    """,
    # the same at every moment of the simulated years, from the claims alone; what is released makes room at once
    "night_was_above_capacity": _SOLD
    + """
        , steps AS (
          SELECT c.resource_id, d.night::date AS night, s.at, s.places FROM inventory.claim AS c
          CROSS JOIN LATERAL generate_series(c.first_night, c.last_night, interval '1 day') AS d (night)
          CROSS JOIN LATERAL (VALUES (c.created_at, c.quantity), (c.released_at, -c.quantity)) AS s (at, places)
          WHERE c.unit_id IS NULL AND s.at IS NOT NULL),
        filled AS (
          SELECT resource_id, night, max(places) AS places FROM (
            SELECT resource_id, night, sum(places) OVER (PARTITION BY resource_id, night ORDER BY at, places) AS places
            FROM steps) AS each GROUP BY 1, 2)
        SELECT f.resource_id || ' ' || f.night FROM filled AS f LEFT JOIN units AS u USING (resource_id)
        LEFT JOIN nights AS n USING (resource_id, night)
        WHERE f.places > coalesce(u.places, 0) + coalesce(n.overbooking, 0)
    """,
    "night_count_differs_from_claims": _SOLD
    + """
        SELECT n.resource_id || ' ' || n.night FROM nights AS n WHERE n.claimed <> n.places
    """,
    # a live claim of nobody, or of a booking that has given its place back
    "claim_without_booking": """
        SELECT c.id::text FROM inventory.claim AS c WHERE c.released_at IS NULL AND NOT EXISTS (
          SELECT FROM booking.booking AS b WHERE b.id = c.owner_id AND b.status = ANY(%(keeping)s))
    """,
    # who has not come keeps the first night only
    "booking_without_claim": """
        SELECT b.id::text FROM booking.booking AS b WHERE b.status = ANY(%(keeping)s) AND 1 <> (
          SELECT count(*) FROM inventory.claim AS c JOIN booking.item AS i ON i.claim_id = c.id AND i.booking_id = b.id
          WHERE c.owner_id = b.id AND c.released_at IS NULL AND c.resource_id = i.resource_id
            AND c.quantity = i.quantity AND c.first_night = b.arrival
            AND (c.last_night = b.departure - 1 OR b.status = 'no_show' AND c.last_night BETWEEN b.arrival AND b.departure))
    """,
    # the first step makes the booking, each goes on where the one before has ended, and there are as many as versions
    "history_incomplete": """
        WITH steps AS (
          SELECT h.booking_id, h.from_status, h.action, h.at,
                 lag(h.to_status) OVER w AS before, lag(h.at) OVER w AS before_at
          FROM booking.history AS h WINDOW w AS (PARTITION BY h.booking_id ORDER BY h.step))
        SELECT b.id::text FROM booking.booking AS b LEFT JOIN steps AS s ON s.booking_id = b.id
        GROUP BY b.id, b.version
        HAVING count(s.booking_id) <> b.version
            OR bool_or(s.from_status IS DISTINCT FROM s.before OR s.at < s.before_at
                       OR (s.before IS NULL) <> (s.action = 'create'))
    """,
    "history_step_not_allowed": """
        SELECT h.booking_id::text FROM booking.history AS h
        WHERE concat_ws(' ', coalesce(h.from_status, '-'), h.action, h.to_status, h.actor) <> ALL(%(allowed)s)
    """,
    "history_ends_elsewhere": """
        SELECT b.id::text FROM booking.booking AS b WHERE b.status IS DISTINCT FROM (
          SELECT h.to_status FROM booking.history AS h WHERE h.booking_id = b.id ORDER BY h.step DESC LIMIT 1)
    """,
    "lines_do_not_sum_to_total": """
        SELECT b.id::text FROM booking.booking AS b
        WHERE (b.terms -> 'price' ->> 'total')::bigint IS DISTINCT FROM b.total OR b.total IS DISTINCT FROM (
          SELECT sum((l.line ->> 'amount')::bigint)
          FROM jsonb_array_elements(b.terms -> 'price' -> 'lines') AS l (line))
    """,
    "payment_of_another_amount": """
        SELECT b.id::text FROM booking.booking AS b WHERE b.total > 0 AND NOT EXISTS (
          SELECT FROM payments.payment AS p
          WHERE p.booking_id = b.id AND p.amount = b.total AND p.currency = b.currency)
    """,
}


def allowed_steps() -> list[str]:
    """Every step the table of states has, as "from action to actor"."""
    first = {str(first_status(instant=instant, free=free)) for instant in (True, False) for free in (True, False)}
    steps = [f"- create {status} guest" for status in sorted(first)]
    for action, move in MOVES.items():
        targets = {move.target, BookingStatus.CONFIRMED} if action is Action.ACCEPT else {move.target}
        steps += [f"{source} {action} {target} {actor}" for source in move.sources for target in targets
                  for actor in move.actors]  # fmt: skip
    steps += [f"{at} {action} {at} {actor}" for action, (where, by) in STAYS.items() for at in where for actor in by]
    return steps


def check(conn: psycopg.Connection[Any]) -> dict[str, Finding]:
    """Every invariant by name, with what breaks it."""
    given = {"keeping": list(KEEPS_PLACE), "allowed": allowed_steps()}
    conn.execute("SET LOCAL work_mem = '64MB'")
    return {name: _finding(conn, sql, given) for name, sql in INVARIANTS.items()}


def _finding(conn: psycopg.Connection[Any], sql: LiteralString, given: dict[str, Any]) -> Finding:
    counted: LiteralString = (
        f"SELECT count(*), (array_agg(each.one ORDER BY each.one))[:{EXAMPLES}] FROM ({sql}) AS each (one)"
    )
    row = conn.execute(counted, given).fetchone()
    assert row is not None
    return Finding(row[0], tuple(row[1] or ()))


def compare(
    conn: psycopg.Connection[Any], bookings: Mapping[int, UUID], refusals: Mapping[int, str], expected: Expected
) -> Finding:
    """The rows that ended, or were refused, otherwise than a plain counter of rooms says."""
    statuses: dict[UUID, str] = dict(conn.execute("SELECT id, status FROM booking.booking").fetchall())
    said = {**expected.statuses, **expected.refusals}
    came = {**{number: statuses.get(booking, "missing") for number, booking in bookings.items()}, **refusals}
    wrong = [number for number in sorted(said.keys() | came.keys()) if said.get(number) != came.get(number)]
    examples = tuple(f"row {n}: {came.get(n)} instead of {said.get(n)}" for n in wrong[:EXAMPLES])
    strangers = len(statuses.keys() - set(bookings.values()))
    return Finding(len(wrong) + strangers, examples)
