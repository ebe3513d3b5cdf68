"""What is read: what places say, what is not written yet, and who says the like of a question."""

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from hospes.modules.semantic.contracts import MODEL, Saying, Vector
from hospes.platform.db import Asked, ReadTx, Row

SCANNED = 40_000  # vectors the graph may be followed through for one question
ANYTHING = 2.0  # nothing is farther away
LIVE: LiteralString = (
    " p.status = 'approved' AND EXISTS (SELECT FROM catalog.business AS b WHERE b.id = p.business_id"
    " AND b.status = 'ACTIVE') AND EXISTS (SELECT FROM catalog.resource AS r JOIN pricing.rate AS t"
    " ON t.resource_id = r.id WHERE r.property_id = p.id AND r.active)"
)
_SAYINGS: LiteralString = (
    "SELECT l.*, md5(l.name || chr(31) || l.text)::uuid AS said FROM (SELECT p.id, p.name, p.latitude, p.longitude,"  # noqa: S608
    " left(concat_ws(E'\\n', nullif(p.description, ''), (SELECT string_agg(DISTINCT r.description, E'\\n')"
    " FROM catalog.resource AS r WHERE r.property_id = p.id AND r.active AND r.description <> '')),"
    " 6000) AS text FROM catalog.property AS p WHERE" + LIVE
)
_STALE: LiteralString = (
    " LEFT JOIN semantic.said AS s ON s.property_id = l.id WHERE (s.model, s.said, s.latitude, s.longitude)"
    " IS DISTINCT FROM (%(model)s::text, l.said, l.latitude, l.longitude)"
)


async def there(tx: ReadTx) -> bool:
    """Whether there is a table: the server has pgvector."""
    row = await tx.find("SELECT to_regclass('semantic.said') IS NOT NULL AS there")
    return bool(row and row["there"])


async def how_many(tx: ReadTx) -> int:
    """Places that can be found with this model; none where there is no table."""
    if not await there(tx):
        return 0
    row = await tx.find("SELECT count(*) AS n FROM semantic.said WHERE model = %s", (MODEL,))
    return int(row["n"]) if row else 0


async def behind(tx: ReadTx) -> int:
    """How many live places are not written as they are. Reads every place."""
    row = await tx.find("WITH l AS (" + _SAYINGS + ") AS l) SELECT count(*) AS n FROM l" + _STALE, {"model": MODEL})  # noqa: S608
    return int(row["n"]) if row else 0


async def next_stale(tx: ReadTx, after: UUID, *, looked_at: int) -> tuple[list[Saying], UUID | None]:
    """Of the `looked_at` next places by id those that are not written as they are, and the last one looked at: None
    when it was the last of all."""
    last = await tx.find(
        "SELECT id, n FROM (SELECT p.id, count(*) OVER () AS n FROM (SELECT p.id FROM catalog.property AS p"
        " WHERE p.id > %s ORDER BY p.id LIMIT %s::bigint) AS p) AS p ORDER BY id DESC LIMIT 1",
        (after, looked_at),
    )
    if last is None:
        return [], None
    rows = await tx.all(
        "WITH l AS (" + _SAYINGS + " AND p.id > %(after)s AND p.id <= %(until)s) AS l)"  # noqa: S608
        " SELECT l.* FROM l" + _STALE + " ORDER BY l.id",
        {"after": after, "until": last["id"], "model": MODEL},
    )
    return [_saying(row) for row in rows], last["id"] if last["n"] == looked_at else None


async def stale_of(tx: ReadTx, ids: Sequence[UUID]) -> list[Saying]:
    """Of these places those that are live and not written as they are."""
    rows = await tx.all(
        "WITH l AS (" + _SAYINGS + " AND p.id = ANY(%(ids)s)) AS l) SELECT l.* FROM l" + _STALE + " ORDER BY l.id",  # noqa: S608
        {"ids": list(ids), "model": MODEL},
    )
    return [_saying(row) for row in rows]


async def nearest_of(
    tx: ReadTx, vector: Vector, ids: Sequence[UUID], *, most: int, farthest: float = ANYTHING
) -> list[UUID]:
    """Of these places those that say most alike, the best first: each is compared. `farthest`: cosine distance."""
    rows = await tx.all(
        "WITH these AS MATERIALIZED (SELECT property_id, vector FROM semantic.said"
        " WHERE property_id = ANY(%(ids)s) AND model = %(model)s)"
        " SELECT property_id FROM these WHERE vector <=> %(vector)s::halfvec <= %(farthest)s::float8"
        " ORDER BY vector <=> %(vector)s::halfvec, property_id LIMIT %(most)s::bigint",
        {"ids": list(ids), "vector": as_text(vector), "model": MODEL, "most": most, "farthest": farthest},
    )
    return [row["property_id"] for row in rows]


async def nearest(
    tx: ReadTx, vector: Vector, *, box: tuple[float, float, float, float] | None, most: int, onward: bool = True,
    farthest: float = ANYTHING,
) -> list[UUID]:  # fmt: skip
    """Of all places (in the box of south, west, north, east degrees) those that say most alike, the best first, found
    by following a graph: nearly all of the best. `onward`: it is followed until enough lie in the box. `farthest`:
    cosine distance."""
    await tx.find(
        "SELECT set_config('hnsw.iterative_scan', %s, true), set_config('hnsw.ef_search', %s, true),"
        " set_config('hnsw.max_scan_tuples', %s, true)",
        ("relaxed_order" if onward else "off", str(min(max(most, 40), 1_000)), str(SCANNED)),
    )
    south, west, north, east = box or (-90.0, -180.0, 90.0, 180.0)
    inside: LiteralString = (
        " AND latitude BETWEEN %(south)s AND %(north)s"
        + (" AND longitude BETWEEN %(west)s AND %(east)s" if west <= east else "")
        + (" AND (longitude >= %(west)s OR longitude <= %(east)s)" if west > east else "")
        if box
        else ""
    )
    rows = await tx.all(
        "SELECT property_id FROM (SELECT property_id, vector <=> %(vector)s::halfvec AS away FROM semantic.said"  # noqa: S608
        " WHERE model = %(model)s" + inside + " ORDER BY vector <=> %(vector)s::halfvec LIMIT %(most)s::bigint)"
        " AS found WHERE away <= %(farthest)s::float8 ORDER BY away, property_id",
        {"vector": as_text(vector), "model": MODEL, "most": most, "farthest": farthest, "south": south, "west": west,
         "north": north, "east": east},
    )  # fmt: skip
    return [row["property_id"] for row in rows]


def ask_alike(tx: ReadTx, resource_id: UUID, others: Sequence[UUID]) -> Asked:
    """Of these properties the cosine to that of this listing, without those that are not written; with the next
    statement."""
    return tx.ask(
        "SELECT array_agg(o.property_id) AS others, array_agg((1 - (o.vector <=> t.vector))::float8) AS alike"
        " FROM catalog.resource AS r JOIN semantic.said AS t ON t.property_id = r.property_id"
        " JOIN semantic.said AS o ON o.property_id = ANY(%s::uuid[]) AND o.model = t.model"
        " WHERE r.id = %s AND t.model = %s",
        (list(others), resource_id, MODEL),
    )


async def vectors_of(tx: ReadTx, ids: Sequence[UUID]) -> dict[UUID, list[float]]:
    """Of these places, without those that are not written."""
    rows = await tx.all(
        "SELECT property_id, vector::float4[] AS vector FROM semantic.said"
        " WHERE property_id = ANY(%s::uuid[]) AND model = %s",
        (list(ids), MODEL),
    )
    return {row["property_id"]: row["vector"] for row in rows}


def as_text(vector: Vector) -> str:
    """As pgvector reads it."""
    return "[" + ",".join(f"{each:.6g}" for each in vector) + "]"


def _saying(row: Row) -> Saying:
    return Saying(row["id"], row["name"], row["text"], row["said"], row["latitude"], row["longitude"])
