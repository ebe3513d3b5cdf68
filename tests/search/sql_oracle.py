"""What search should find, asked of the database itself in plain SQL: the calendar by anti-joins over the claims, the
distance by the haversine formula, totals by pricing's own `price_stays`. Slow, and plain to read.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import LiteralString, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from hospes.modules.catalog.queries import find_sellable
from hospes.modules.inventory import facade as inventory
from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.contracts import Price, Sheet
from hospes.modules.pricing.policies.hourly import price_span
from hospes.modules.search.contracts import Find, Flexible, Per, Query, Sort
from hospes.modules.search.policies.asking import HOURS_AHEAD
from hospes.modules.search.policies.reference_rates import cents
from hospes.modules.search.policies.relevance import relevance
from hospes.platform.db import ReadTx, Row

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Answer:
    """A property as `Hit` tells it."""

    resource_id: UUID
    property_id: UUID
    nightly: int
    total: int | None
    arrival: date | None
    departure: date | None
    starts_at: datetime | None
    fitting: int
    score: float = field(compare=False)


class Places(Protocol):
    """Who knows where something lies."""

    async def within(self, query: Query) -> Collection[UUID]:
        """The properties inside the circle and the polygon of a query."""


# Earth's mean radius as the index has it. Polygons as PostgreSQL's own type, drawn beyond the date line when need be.
_DISTANCE: LiteralString = (
    "2 * 6371.0088 * asin(sqrt(least(1, sin(radians(p.latitude - %(lat)s) / 2) ^ 2 + cos(radians(%(lat)s))"
    " * cos(radians(p.latitude)) * sin(radians(p.longitude - %(lon)s) / 2) ^ 2)))"
)
_WITHIN: LiteralString = (
    "SELECT p.id FROM catalog.property AS p WHERE (%(lat)s::float8 IS NULL OR " + _DISTANCE + " <= %(km)s)"
    " AND (%(ring)s::text IS NULL OR %(ring)s::polygon @> point(p.longitude, p.latitude)"
    " OR %(ring)s::polygon @> point(p.longitude + 360, p.latitude)"
    " OR %(ring)s::polygon @> point(p.longitude - 360, p.latitude))"
)


class PlainPlaces:
    """Plain PostgreSQL."""

    def __init__(self, tx: ReadTx) -> None:
        self._tx = tx

    async def within(self, query: Query) -> Collection[UUID]:
        """The properties inside the circle and the polygon of a query."""
        rows = await self._tx.all(_WITHIN, {**middle(query), "km": query.radius_km, "ring": ring_text(query)})
        return {row["id"] for row in rows}


def ring_of(query: Query) -> list[tuple[float, float]]:
    """The polygon as (longitude, latitude), each point at most half a turn from the one before."""
    points: list[tuple[float, float]] = []
    for latitude, longitude in query.polygon:
        while points and longitude - points[-1][0] > 180:
            longitude -= 360
        while points and longitude - points[-1][0] < -180:
            longitude += 360
        points.append((longitude, latitude))
    return points


def ring_text(query: Query) -> str | None:
    """The same as PostgreSQL writes it; None without one."""
    points = ring_of(query)
    return f"({','.join(f'({x!r},{y!r})' for x, y in points)})" if points else None


_FITTING: LiteralString = (
    "SELECT r.id, r.property_id, r.kind, r.mode, p.zone, r.rating_avg, r.rating_count, r.instant, t.currency,"
    " t.base_amount,"
    " CASE WHEN %(lat)s::float8 IS NULL THEN NULL ELSE " + _DISTANCE + " END AS km"
    " FROM catalog.resource AS r JOIN catalog.property AS p ON p.id = r.property_id"
    " JOIN catalog.business AS b ON b.id = p.business_id JOIN pricing.rate AS t ON t.resource_id = r.id"
    " WHERE r.active AND p.status = 'approved' AND b.status = 'ACTIVE' AND p.id = ANY(%(within)s)"
    " AND (%(south)s::float8 IS NULL OR p.latitude BETWEEN %(south)s AND %(north)s"
    "  AND CASE WHEN %(west)s::float8 <= %(east)s::float8 THEN p.longitude BETWEEN %(west)s AND %(east)s"
    "   ELSE p.longitude >= %(west)s OR p.longitude <= %(east)s END)"
    " AND (r.mode = 'departure' OR r.max_guests >= %(guests)s::integer) AND (%(pets)s::integer = 0 OR r.pets_allowed)"
    " AND (%(kinds)s::text[] = '{}' OR r.kind = ANY(%(kinds)s))"
    " AND %(amenities)s::text[] <@ (p.amenities || r.amenities)"
    " AND (NOT %(instant)s OR r.instant) AND coalesce(r.rating_avg, 0) >= %(rating)s::float8"
)
_FREE: LiteralString = (
    " AND r.mode = 'nightly' AND %(nights)s::integer BETWEEN r.min_nights AND r.max_nights"
    " AND %(arrival)s::date >= (%(now)s::timestamptz AT TIME ZONE p.zone)::date"
    " AND %(departure)s::date <= (%(now)s::timestamptz AT TIME ZONE p.zone)::date + r.horizon_days"
    " AND (r.notice_hours = 0 OR (%(arrival)s::date + p.check_in_from) AT TIME ZONE p.zone - %(now)s::timestamptz"
    "  >= make_interval(hours => r.notice_hours))"
    " AND EXISTS (SELECT FROM catalog.unit AS u WHERE u.resource_id = r.id AND u.active AND (r.pooled OR NOT EXISTS ("
    "  SELECT FROM inventory.claim AS c WHERE c.unit_id = u.id AND c.released_at IS NULL"
    "  AND (c.held_until IS NULL OR c.held_until > %(now)s) AND c.during && tstzrange("
    "   (%(arrival)s::date + time '12:00') AT TIME ZONE p.zone,"
    "   (%(departure)s::date + time '12:00') AT TIME ZONE p.zone))))"
    " AND NOT (r.pooled AND EXISTS ("
    "  SELECT FROM generate_series(%(arrival)s::date, %(departure)s::date - 1, interval '1 day') AS d"
    "  LEFT JOIN inventory.night_count AS n ON n.resource_id = r.id AND n.night = d::date"
    "  WHERE (SELECT coalesce(sum(c.quantity), 0) FROM inventory.claim AS c WHERE c.resource_id = r.id"
    "   AND c.unit_id IS NULL AND c.released_at IS NULL AND (c.held_until IS NULL OR c.held_until > %(now)s)"
    "   AND d::date BETWEEN c.first_night AND c.last_night) >= coalesce(n.capacity + n.overbooking,"
    "   (SELECT count(*) FROM catalog.unit AS a WHERE a.resource_id = r.id AND a.active))))"
)

# What leaves on these days with places for the group, by the cut-off not closed yet.
_LEAVING: LiteralString = (
    "SELECT d.resource_id, d.starts_at, d.first_day, d.price_amount FROM inventory.departure AS d"
    " WHERE d.resource_id = ANY(%(tours)s) AND d.status = 'scheduled'"
    " AND d.first_day BETWEEN %(arrival)s AND %(departure)s"
    " AND d.starts_at - make_interval(mins => d.cutoff_minutes) > %(now)s"
    " AND %(guests)s::integer BETWEEN d.min_group AND coalesce(d.max_group, d.capacity)"
    " AND d.capacity + d.overbooking >= %(guests)s::integer + (SELECT coalesce(sum(c.quantity), 0)"
    "  FROM inventory.claim AS c WHERE c.departure_id = d.id AND c.released_at IS NULL"
    "  AND (c.held_until IS NULL OR c.held_until > %(now)s))"
    " ORDER BY d.starts_at"
)


@dataclass(frozen=True)
class _Offer:
    """A resource and what it is offered for. Its stays are compared by `measure`, resources by `cents`."""

    row: Row
    nightly: int
    total: int | None
    arrival: date | None
    departure: date | None
    measure: float
    cents: int
    starts_at: datetime | None = None


class SqlOracle:
    """Answers queries from the database, at one time."""

    def __init__(self, tx: ReadTx, places: Places, now: datetime) -> None:
        self._tx, self._places, self._now = tx, places, now

    async def answer(self, query: Query) -> list[Answer]:
        """Every property that fits, in order, whatever the limit and the cursor."""
        values = {**middle(query), **_wishes(query), "within": list(await self._places.within(query))}
        offers = await self._offers(query, values)
        low = cents(query.price_min, query.currency) if query.price_min is not None else 0
        high = cents(query.price_max, query.currency) if query.price_max is not None else 2**62
        by_property: dict[UUID, list[_Offer]] = defaultdict(list)
        for offer in offers:
            if _looked_for(query, offer.row) and low <= offer.cents <= high:
                by_property[offer.row["property_id"]].append(offer)
        found = [_shown(query, several) for several in by_property.values()]
        return sorted(found, key=lambda each: (each.score, each.property_id.bytes))

    async def _offers(self, query: Query, values: Row) -> list[_Offer]:
        if query.flexible is not None:
            return await self._flexible(query, query.flexible, values)
        if query.arrival is not None and query.departure is not None:
            stays = await self._stays(query, query.arrival, query.departure, values)
            if _find(query) is Find.STAYS:
                return stays
            days = {"arrival": query.arrival, "departure": query.departure}
            things = [row for row in await self._tx.all(_FITTING, values) if row["mode"] != "nightly"]
            leaving = await self._leaving(query, {row["id"]: row for row in things if row["mode"] == "departure"}, days)
            hours = [each for row in things if row["mode"] == "timed" for each in await self._hours(query, row, days)]
            return [*stays, *leaving, *hours]
        rows = await self._tx.all(_FITTING, values)
        return [
            _Offer(row, row["base_amount"], None, None, None, 0, cents(row["base_amount"], row["currency"]))
            for row in rows
        ]

    async def _leaving(self, query: Query, tours: dict[UUID, Row], days: Row) -> list[_Offer]:
        """The cheapest departure of each, of equally cheap ones the first."""
        best: dict[UUID, _Offer] = {}
        asked = {**days, "tours": list(tours), "guests": query.guests, "now": self._now}
        for each in await self._tx.all(_LEAVING, asked):
            row = tours[each["resource_id"]]
            price = await pricing.price_places(
                self._tx, row["id"], each["first_day"], query.party, amount=each["price_amount"], today=self._today(row)
            )  # fmt: skip
            offer = self._thing(query, row, price, query.guests, each["starts_at"], price.lines[0].unit_amount)
            if row["id"] not in best or price.total < (best[row["id"]].total or 0):
                best[row["id"]] = offer
        return list(best.values())

    async def _hours(self, query: Query, row: Row, days: Row) -> list[_Offer]:
        """The first of the cheapest of all starts that inventory offers within the days that search knows."""
        sellable = await find_sellable(self._tx, row["id"])
        assert sellable is not None
        end = inventory.instant(row["zone"], self._today(row) + (HOURS_AHEAD + 1) * DAY, time())
        slots = await inventory.slots(
            self._tx, resource_id=row["id"], zone=row["zone"], unit_ids=sellable.unit_ids, first=days["arrival"],
            last=days["departure"], minutes=None, now=self._now,
        )  # fmt: skip
        slots = [each for each in slots if each.starts_at.timestamp() < end]
        sheet = Sheet(rules=tuple(await pricing.list_rules(self._tx, row["id"])))
        rate = await pricing.get_rate(self._tx, row["id"])
        prices = await pricing.day_prices(self._tx, row["id"], days["arrival"], days["departure"] + DAY)
        offers = []
        for each in slots:
            span = each.starts_at, each.ends_at, row["zone"], query.party
            price = price_span(rate, prices, *span, sheet=sheet, today=self._today(row))
            hour = prices.get(each.starts_at.astimezone(ZoneInfo(row["zone"])).date(), rate.base_amount)
            hours = (each.ends_at - each.starts_at) / timedelta(hours=1)
            offers.append(self._thing(query, row, price, hours, each.starts_at, hour))
        return sorted(offers, key=lambda each: each.total or 0)[:1]

    def _thing(self, query: Query, row: Row, price: Price, units: float, start: datetime, one: int) -> _Offer:
        measure = price.total / units if query.per is Per.NIGHT else float(price.total)
        compared = cents(measure, price.currency)  # type: ignore[arg-type]  # a share of a total need not be whole
        return _Offer(row, one, price.total, None, None, measure, compared, start)

    def _today(self, row: Row) -> date:
        return self._now.astimezone(ZoneInfo(row["zone"])).date()

    async def _flexible(self, query: Query, asked: Flexible, values: Row) -> list[_Offer]:
        best: dict[UUID, _Offer] = {}
        for at in range((asked.last - asked.first).days + 1):
            arrival = asked.first + at * DAY
            if not asked.weekdays >> arrival.weekday() & 1:
                continue
            for nights in sorted(asked.nights):
                for offer in await self._stays(query, arrival, arrival + nights * DAY, values):
                    known = best.get(offer.row["id"])
                    if known is None or offer.measure < known.measure:
                        best[offer.row["id"]] = offer
        return list(best.values())

    async def _stays(self, query: Query, arrival: date, departure: date, values: Row) -> list[_Offer]:
        nights = (departure - arrival).days
        dates = {"arrival": arrival, "departure": departure, "nights": nights, "now": self._now}
        rows = {row["id"]: row for row in await self._tx.all(_FITTING + _FREE, {**values, **dates})}
        by_today: dict[date, list[UUID]] = defaultdict(list)
        for row in rows.values():
            by_today[self._now.astimezone(ZoneInfo(row["zone"])).date()].append(row["id"])
        prices: dict[UUID, Price] = {}
        for today, those in by_today.items():
            prices |= await pricing.price_stays(
                self._tx, those, arrival, departure, query.party, today=today, children_ages=query.child_ages
            )
        offers = []
        for resource_id, price in prices.items():
            measure = price.total / nights if query.per is Per.NIGHT else float(price.total)
            nightly = round(sum(amount for _, amount in price.nights) / nights)
            compared = cents(measure, price.currency)  # type: ignore[arg-type]  # a share of a total need not be whole
            offers.append(_Offer(rows[resource_id], nightly, price.total, arrival, departure, measure, compared))
        return offers


def _shown(query: Query, several: list[_Offer]) -> Answer:
    best = min(several, key=lambda each: (each.cents, each.row["id"].bytes))
    return Answer(
        best.row["id"],
        best.row["property_id"],
        best.nightly,
        best.total,
        best.arrival,
        best.departure,
        best.starts_at,
        len(several),
        _score(query, best),
    )


def _find(query: Query) -> Find:
    """Who asks for nights and says nothing else wants a place to sleep."""
    nights = query.flexible or query.arrival
    return query.find or (Find.STAYS if nights and not query.kinds else Find.ALL)


def _looked_for(query: Query, row: Row) -> bool:
    slept_in = row["mode"] == "nightly" and row["kind"] not in ("DESK", "MEETING_ROOM", "PARKING", "EQUIPMENT")
    return _find(query) is Find.ALL or slept_in == (_find(query) is Find.STAYS)


def _score(query: Query, best: _Offer) -> float:
    row, rating = best.row, float(best.row["rating_avg"] or 0)
    if query.sort is Sort.PRICE:
        return best.cents
    if query.sort is Sort.RATING:
        return -rating
    if query.sort is Sort.DISTANCE and row["km"] is not None:
        return round(row["km"], 6)
    base = cents(row["base_amount"], row["currency"])
    return -relevance(rating, row["rating_count"], instant=row["instant"], euro_cents=base)


def middle(query: Query) -> Row:
    """The middle of the circle, or nothing."""
    if query.latitude is None or query.longitude is None:
        return {"lat": None, "lon": None}
    return {"lat": query.latitude, "lon": query.longitude}


def _wishes(query: Query) -> Row:
    box = query.box
    return {
        "south": box.south if box else None,
        "north": box.north if box else None,
        "west": box.west if box else None,
        "east": box.east if box else None,
        "guests": query.guests,
        "pets": query.party.pets,
        "kinds": list(query.kinds),
        "amenities": list(query.amenities),
        "instant": query.instant,
        "rating": query.rating_min or 0,
    }
