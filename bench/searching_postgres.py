"""The questions of `searching`, put to PostgreSQL as a well-indexed booking site would: GiST for places, an anti-join
over claims for dates, the rest as plain conditions. The data is what the API answers from, in the same run."""

import time
from typing import Any

import psycopg

from hospes.modules.search.contracts import Query

Results = dict[str, Any]
EARTH = 6371.0088
INDEXES = (
    "CREATE INDEX bench_places ON catalog.property USING gist (point(longitude, latitude))",
    "CREATE INDEX bench_resources ON catalog.resource (property_id) INCLUDE (max_guests, rating_avg, min_nights)",
    "ANALYZE",
)
# The middle and the radius first as a box for the index, then exactly; the total as pricing has it for these homes:
# nights at the base price and the service fee on them, rounded half up; a night's share of it is compared in whole
# cents, as it is shown. The page and its count in one statement.
QUESTION = """
WITH found AS (
  SELECT p.id, t.base_amount * %(nights)s::bigint
         + (t.base_amount * %(nights)s::bigint * t.service_fee_bp + 5000) / 10000 AS total,
         r.rating_avg, r.rating_count, p.name
    FROM catalog.property AS p
    JOIN catalog.resource AS r ON r.property_id = p.id
    JOIN pricing.rate AS t ON t.resource_id = r.id
   WHERE point(p.longitude, p.latitude) <@ box(point(%(west)s, %(south)s), point(%(east)s, %(north)s))
     AND 2 * %(earth)s * asin(sqrt(least(1, pow(sin(radians(p.latitude - %(lat)s) / 2), 2)
         + cos(radians(%(lat)s)) * cos(radians(p.latitude)) * pow(sin(radians(p.longitude - %(lon)s) / 2), 2))))
         <= %(radius)s
     AND p.status = 'approved' AND r.active AND r.max_guests >= %(guests)s AND r.rating_avg >= %(rating)s
     AND p.amenities @> %(amenities)s AND r.min_nights <= %(nights)s AND r.max_nights >= %(nights)s
     AND r.horizon_days >= %(end)s::date - current_date
     AND (%(first)s::date + p.check_in_from) AT TIME ZONE p.zone >= now() + r.notice_hours * interval '1 hour'
     AND NOT EXISTS (SELECT FROM inventory.claim AS c WHERE c.resource_id = r.id AND c.released_at IS NULL
                     AND c.first_night < %(end)s AND c.last_night >= %(first)s))
SELECT f.*, count(*) OVER () AS of_all FROM found AS f
 WHERE round(f.total::float8 / %(nights)s::float8) BETWEEN %(low)s::float8 AND %(high)s::float8
 ORDER BY f.rating_avg DESC, f.id LIMIT 24
"""


def measure(database: str, questions: list[Query]) -> Results:
    """Index, then ask them one by one over one connection; p50 and p99, and how many each has found."""
    with psycopg.connect(database, autocommit=True) as conn:
        for statement in INDEXES:
            conn.execute(statement.encode())
        conn.execute("SET plan_cache_mode = force_custom_plan")
        times, totals = [], []
        for query in questions:
            values = _values(query)
            started = time.perf_counter()
            rows = conn.execute(QUESTION.encode(), values, prepare=True).fetchall()
            times.append(time.perf_counter() - started)
            totals.append(rows[0][-1] if rows else 0)
    times.sort()
    return {
        "asked": len(times),
        "p50_ms": times[len(times) // 2] * 1000,
        "p99_ms": times[int(len(times) * 0.99)] * 1000,
        "totals": totals,
    }


def _values(query: Query) -> dict[str, Any]:
    from hospes.modules.search.policies.grid import circle_box

    assert query.arrival is not None
    assert query.departure is not None
    assert query.latitude is not None
    assert query.longitude is not None
    box = circle_box(query.latitude, query.longitude, query.radius_km)
    return {
        "south": box.south, "west": box.west, "north": box.north, "east": box.east, "lat": query.latitude,
        "lon": query.longitude, "radius": query.radius_km, "earth": EARTH, "guests": query.guests,
        "rating": query.rating_min, "amenities": list(query.amenities), "first": query.arrival, "end": query.departure,
        "nights": (query.departure - query.arrival).days, "low": query.price_min, "high": query.price_max,
    }  # fmt: skip
