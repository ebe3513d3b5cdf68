"""What the index is filled with, column by column: SQL across the schemas of catalog, pricing and inventory.

One statement answers one row with an array for each column of a batch, in order of the listings' ids: numbers and faces
as bytes one after the other, words as lists. Reading them costs nearly nothing for each listing. The same statement
reads a batch of all listings, by a range of ids, and listings that have changed, by their ids.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

import numpy as np

from hospes.modules.search.queries.listings import FROM, WHERE
from hospes.modules.search.queries.tariffs import RESTRICTIONS, RULES
from hospes.platform.db import ReadTx

Raw = dict[str, Any]
BATCH = 5_000
_LAST = UUID(int=2**128 - 1)

# Of every listing: the column, how it is sent, and what numpy calls that.
_NUMBERS: dict[str, tuple[LiteralString, str]] = {
    "id": ("uuid_send(r.id)", "S16"),
    "property": ("uuid_send(r.property_id)", "S16"),
    "latitude": ("float8send(p.latitude)", ">f8"),
    "longitude": ("float8send(p.longitude)", ">f8"),
    "guests": ("int2send(r.max_guests)", ">i2"),
    "pets": ("boolsend(r.pets_allowed)", "?"),
    "instant": ("boolsend(r.instant)", "?"),
    "pooled": ("boolsend(r.pooled)", "?"),
    "rating": ("float8send(coalesce(r.rating_avg, 0)::float8)", ">f8"),
    "rating_count": ("int4send(r.rating_count)", ">i4"),
    "base": ("int8send(t.base_amount)", ">i8"),
    "cleaning": ("int8send(t.cleaning_fee)", ">i8"),
    "service": ("int4send(t.service_fee_bp)", ">i4"),
    "min_nights": ("int2send(r.min_nights)", ">i2"),
    "max_nights": ("int2send(r.max_nights)", ">i2"),
    "notice": ("int2send(r.notice_hours)", ">i2"),
    "horizon": ("int2send(r.horizon_days)", ">i2"),
    "check_in": ("time_send(p.check_in_from)", ">i8"),
    "units": (
        "int4send((SELECT count(*) FROM catalog.unit AS u WHERE u.resource_id = r.id AND u.active)::integer)",
        ">i4",
    ),
}
_WORDS: dict[str, LiteralString] = {
    "kind": "r.kind",
    "mode": "r.mode",
    "currency": "t.currency::text",
    "zone": "p.zone",
    "amenities": "array_to_string(p.amenities || r.amenities, ',')",
}
# What results show, as `Face` is packed.
FACE: LiteralString = (
    "'[' || concat_ws(',', to_json(p.name), to_json(r.name), to_json(p.city), to_json(p.country::text),"
    " coalesce(m.picture, 'null,\"\"'), r.bedrooms, coalesce(r.rating_avg::text, 'null'), r.rating_count) || ']'"
)
_PICTURE: LiteralString = (
    " LEFT JOIN LATERAL (SELECT to_json(storage_key) || ',' || to_json(alt) AS picture FROM catalog.media AS m"
    " WHERE m.property_id = p.id AND (m.resource_id IS NULL OR m.resource_id = r.id)"
    " ORDER BY (m.resource_id IS NULL), m.position, m.id LIMIT 1) AS m ON true"
)
# Of the few that have any.
_TERMED: LiteralString = " FILTER (WHERE t.has_rules OR t.taxes <> '[]')"
_BUSY: dict[str, tuple[LiteralString, str]] = {
    "busy_of": ("uuid_send(c.resource_id)", "S16"),
    "busy_unit": ("uuid_send(c.unit_id)", "S16"),
    "busy_from": ("int4send(c.first_night - %(today)s::date)", ">i4"),
    "busy_to": ("int4send(c.last_night - %(today)s::date + 1)", ">i4"),
}
_FULL: dict[str, tuple[LiteralString, str]] = {
    "full_of": ("uuid_send(n.resource_id)", "S16"),
    "full_night": ("int4send(n.night - %(today)s::date)", ">i4"),
}
_OWN: dict[str, tuple[LiteralString, str]] = {
    "own_of": ("uuid_send(d.resource_id)", "S16"),
    "own_count": ("int4send(d.count)", ">i4"),
    "own_night": ("d.nights", ">i4"),
    "own_amount": ("d.amounts", ">i8"),
}
_TYPES = {name: kind for part in (_NUMBERS, _BUSY, _FULL, _OWN) for name, (_, kind) in part.items()}
_TYPES["term_of"] = "S16"


def _bytes(part: dict[str, tuple[LiteralString, str]], order: LiteralString) -> LiteralString:
    return ", ".join(f"string_agg({sent}, ''::bytea ORDER BY {order}) AS {name}" for name, (sent, _) in part.items())


def _statement(within: dict[str, LiteralString]) -> LiteralString:
    """`within`: for r, c, n and d the condition on the resource."""
    words: LiteralString = ", ".join(f"array_agg({each} ORDER BY r.id) AS {name}" for name, each in _WORDS.items())
    return (
        f"WITH listing AS (SELECT {_bytes(_NUMBERS, 'r.id')}, {words},"  # noqa: S608 (constants only)
        f" string_agg(convert_to({FACE}, 'UTF8'), '\\x0a'::bytea ORDER BY r.id) AS faces,"
        f" string_agg(uuid_send(r.id), ''::bytea ORDER BY r.id){_TERMED} AS term_of,"
        f" array_agg(t.taxes::text ORDER BY r.id){_TERMED} AS term_taxes,"
        f" array_agg(CASE WHEN t.has_rules THEN {RULES} END ORDER BY r.id){_TERMED} AS term_rules,"
        f" array_agg(CASE WHEN t.has_rules THEN {RESTRICTIONS} END ORDER BY r.id){_TERMED} AS term_restrictions"
        f"{FROM}{_PICTURE}{WHERE} AND {within['r']}),"
        f" busy AS (SELECT {_bytes(_BUSY, 'c.resource_id, c.unit_id')} FROM inventory.claim AS c"
        f" JOIN catalog.unit AS u ON u.id = c.unit_id AND u.active WHERE {within['c']} AND c.released_at IS NULL"
        " AND c.last_night >= %(today)s AND (c.held_until IS NULL OR c.held_until > %(now)s)),"
        f" sold_out AS (SELECT {_bytes(_FULL, 'n.resource_id')} FROM inventory.night_count AS n WHERE {within['n']}"
        " AND n.night >= %(today)s AND n.claimed >= n.capacity + n.overbooking"
        " AND n.claimed - coalesce((SELECT sum(c.quantity) FROM inventory.claim AS c"
        " WHERE c.resource_id = n.resource_id AND c.unit_id IS NULL AND c.released_at IS NULL"
        " AND c.held_until <= %(now)s AND n.night BETWEEN c.first_night AND c.last_night), 0)"
        " >= n.capacity + n.overbooking),"
        f" own AS (SELECT {_bytes(_OWN, 'd.resource_id')} FROM (SELECT d.resource_id, count(*)::integer AS count,"
        " string_agg(int4send(d.day - %(today)s::date), ''::bytea ORDER BY d.day) AS nights,"
        " string_agg(int8send(d.amount), ''::bytea ORDER BY d.day) AS amounts FROM pricing.day_price AS d"
        f" WHERE {within['d']} AND d.day >= %(today)s AND d.day < %(end)s GROUP BY d.resource_id) AS d)"
        " SELECT * FROM listing, busy, sold_out, own"
    )


_THESE = _statement({
    "r": "r.id = ANY(%(ids)s)", "c": "c.resource_id = ANY(%(ids)s)", "n": "n.resource_id = ANY(%(ids)s)",
    "d": "d.resource_id = ANY(%(ids)s)",
})  # fmt: skip
_RANGE = _statement({
    "r": "r.id > %(after)s AND r.id <= %(upto)s",
    "c": "c.resource_id > %(after)s AND c.resource_id <= %(upto)s",
    "n": "n.resource_id > %(after)s AND n.resource_id <= %(upto)s",
    "d": "d.resource_id > %(after)s AND d.resource_id <= %(upto)s",
})  # fmt: skip


async def these(tx: ReadTx, ids: Sequence[UUID], *, today: date, nights: int, now: datetime) -> Raw:
    """Those of these listings that are live, in one statement. Nights are counted from today; `nights`: how many."""
    return await _read(tx, _THESE, {"ids": list(ids)}, today, nights, now)


async def everything(tx: ReadTx, *, size: int, today: date, nights: int, now: datetime) -> AsyncIterator[Raw]:
    """Every live listing, in batches of at most `size`; nights as in `these`."""
    after = UUID(int=0)
    while True:
        # ranges of ids, so that all tables are read in their order; there is no listing without a resource
        row = await tx.find(
            "SELECT r.id FROM catalog.resource AS r WHERE r.id > %s ORDER BY r.id OFFSET %s::bigint LIMIT 1",
            (after, size - 1),
        )
        upto = row["id"] if row else _LAST
        yield await _read(tx, _RANGE, {"after": after, "upto": upto}, today, nights, now)
        if row is None:
            return
        after = upto


async def count_resources(tx: ReadTx) -> int:
    """How many resources there are, live or not."""
    row = await tx.find("SELECT count(*) AS count FROM catalog.resource")
    assert row is not None
    return int(row["count"])


async def _read(tx: ReadTx, sql: LiteralString, which: dict[str, Any], today: date, nights: int, now: datetime) -> Raw:
    said = await tx.in_binary(sql, {**which, "today": today, "end": today + timedelta(days=nights), "now": now})
    return {name: _array(name, value) for name, value in said.items()}


def _array(name: str, value: Any) -> Any:
    """Bytes of a column as an array, words as they are; nothing is an empty one."""
    if name in _TYPES:
        return np.frombuffer(value or b"", _TYPES[name])
    return value or (b"" if name == "faces" else [])
