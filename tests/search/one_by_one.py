"""Listings read one at a time with simple statements and put together in plain Python: what the index must know."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from hospes.modules.catalog.contracts import AMENITY_BIT
from hospes.modules.search.contracts import Listing, Mode, Tariff
from hospes.modules.search.index.columns import NIGHTS
from hospes.modules.search.keeping.timetables import by_time
from hospes.modules.search.queries.tariffs import RESTRICTIONS, RULES, restrictions_in, tariff_in
from hospes.modules.search.tables.faces import Face
from hospes.platform.db import ReadTx, Row


async def every_listing(tx: ReadTx, *, today: date, now: datetime) -> list[Listing]:
    """Every live listing in order of the ids; nights are counted from today."""
    rows = await tx.all(
        "SELECT r.*, p.latitude, p.longitude, p.zone, p.check_in_from, p.amenities AS there, p.name AS title, p.city,"
        " p.country, t.currency, t.base_amount, t.cleaning_fee, t.service_fee_bp, t.taxes::text AS taxes, t.has_rules"
        " FROM catalog.resource AS r JOIN catalog.property AS p ON p.id = r.property_id"
        " JOIN catalog.business AS b ON b.id = p.business_id JOIN pricing.rate AS t ON t.resource_id = r.id"
        " WHERE r.active AND p.status = 'approved' AND b.status = 'ACTIVE' ORDER BY r.id"
    )
    return [await _listing(tx, row, today, now) for row in rows]


async def _listing(tx: ReadTx, row: Row, today: date, now: datetime) -> Listing:
    units = await _units(tx, row, today, now) if row["mode"] == "nightly" else []
    together = 0
    for each in units:
        together |= each
    tariff, restrictions = Tariff(), ()
    if row["has_rules"] or row["taxes"] != "[]":
        asked = f"SELECT {RULES} AS rules, {RESTRICTIONS} AS restrictions FROM pricing.rate AS t"
        terms = await tx.find(asked + " WHERE t.resource_id = %(id)s", {"id": row["id"], "today": today})
        assert terms is not None
        tariff = tariff_in(row["taxes"], terms["rules"] if row["has_rules"] else None)
        restrictions = restrictions_in(terms["restrictions"] if row["has_rules"] else None)
    prices = await tx.all(
        "SELECT day, amount FROM pricing.day_price WHERE resource_id = %s AND day >= %s AND day < %s",
        (row["id"], today, today + timedelta(days=NIGHTS)),
    )
    listing = Listing(
        resource_id=row["id"], latitude=row["latitude"], longitude=row["longitude"], kind=row["kind"],
        guests=row["max_guests"], pets=row["pets_allowed"], instant=row["instant"],
        amenities=sum(1 << AMENITY_BIT[code] for code in {*row["there"], *row["amenities"]}),
        rating=float(row["rating_avg"] or 0), rating_count=row["rating_count"], currency=row["currency"],
        base_amount=row["base_amount"], min_nights=row["min_nights"], max_nights=row["max_nights"],
        notice_hours=row["notice_hours"], horizon_days=row["horizon_days"], nightly=row["mode"] == "nightly",
        open_words=_words(together), unit_words=() if together in units else tuple(map(_words, units)),
        day_prices={(each["day"] - today).days: each["amount"] for each in prices}, zone=row["zone"],
        check_in_from=row["check_in_from"], property_id=row["property_id"], mode=Mode[row["mode"].upper()],
        tariff=Tariff(row["cleaning_fee"], row["service_fee_bp"], tariff.taxes, tariff.rules),
        restrictions=restrictions, face=(await _face(tx, row)).packed(),
    )  # fmt: skip
    await by_time(tx, [listing], now=now)
    return listing


async def _units(tx: ReadTx, row: Row, today: date, now: datetime) -> list[int]:
    """The free nights of each unit, as bits; of counted rooms those on which one is left, as of one unit."""
    units = await tx.all("SELECT id FROM catalog.unit WHERE resource_id = %s AND active ORDER BY id", (row["id"],))
    claims = await tx.all(
        "SELECT unit_id, first_night, last_night, quantity, held_until FROM inventory.claim WHERE resource_id = %s"
        " AND released_at IS NULL AND first_night IS NOT NULL",
        (row["id"],),
    )
    if not units:
        return [0]
    if not row["pooled"]:
        holding = [each for each in claims if each["held_until"] is None or each["held_until"] > now]
        return [_free((each for each in holding if each["unit_id"] == unit["id"]), today) for unit in units]
    counts = await tx.all(
        "SELECT * FROM inventory.night_count WHERE resource_id = %s AND night >= %s", (row["id"], today)
    )
    lapsed = [each for each in claims if each["unit_id"] is None and each["held_until"] and each["held_until"] <= now]
    full = []
    for night in counts:
        over = [each["quantity"] for each in lapsed if each["first_night"] <= night["night"] <= each["last_night"]]
        if night["claimed"] - sum(over) >= night["capacity"] + night["overbooking"]:
            full.append({"first_night": night["night"], "last_night": night["night"]})
    return [_free(full, today)]


def _free(taken: Iterable[Any], today: date) -> int:
    nights = (1 << NIGHTS) - 1
    for each in taken:
        night = max(each["first_night"], today)
        while night <= each["last_night"]:
            nights &= ~(1 << (night - today).days)
            night += timedelta(days=1)
    return nights & (1 << NIGHTS) - 1


def _words(nights: int) -> bytes:
    return nights.to_bytes(NIGHTS // 8, "little")


async def _face(tx: ReadTx, row: Row) -> Face:
    picture = await tx.find(
        "SELECT storage_key, alt FROM catalog.media WHERE property_id = %s"
        " AND (resource_id IS NULL OR resource_id = %s) ORDER BY resource_id IS NULL, position, id LIMIT 1",
        (row["property_id"], row["id"]),
    )
    return Face(
        row["title"], row["name"], row["city"], row["country"], picture["storage_key"] if picture else None,
        picture["alt"] if picture else "", row["bedrooms"],
        None if row["rating_avg"] is None else float(row["rating_avg"]), row["rating_count"],
    )  # fmt: skip
