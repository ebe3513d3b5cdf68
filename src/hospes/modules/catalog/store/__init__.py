"""The write side: inserts, rows locked for change, updates. Whose they are is part of the statement."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, LiteralString, TypeVar
from uuid import UUID

from hospes.modules.catalog.contracts import (
    Business,
    BusinessStatus,
    Media,
    Property,
    PropertyDraft,
    PropertyStatus,
    Resource,
    ResourceDraft,
    Unit,
    draft_values,
)
from hospes.modules.catalog.queries import (
    BUSINESS,
    MAY_BUSINESS,
    MAY_PROPERTY,
    MEDIA,
    PROPERTY,
    RESOURCE,
    as_business,
    as_property,
    as_resource,
)
from hospes.platform.db import Params, Row, WriteTx

T = TypeVar("T")

_PROPERTY_VALUES: LiteralString = (
    "name, description, street, postcode, city, neighbourhood, region, country, latitude, longitude, zone,"
    " check_in_from, check_out_until, house_rules, amenities, cancellation_policy"
)
_PROPERTY_PLACES: LiteralString = (
    "%(name)s, %(description)s, %(street)s, %(postcode)s, %(city)s, %(neighbourhood)s, %(region)s, %(country)s,"
    " %(latitude)s, %(longitude)s, %(zone)s, %(check_in_from)s, %(check_out_until)s, %(house_rules)s, %(amenities)s,"
    " %(cancellation_policy)s"
)
_RESOURCE_VALUES: LiteralString = (
    "kind, mode, pooled, name, description, max_guests, bedrooms, beds, bathrooms, amenities, instant, pets_allowed,"
    " active, min_nights, max_nights, notice_hours, horizon_days"
)
_RESOURCE_PLACES: LiteralString = (
    "%(kind)s, %(mode)s, %(pooled)s, %(name)s, %(description)s, %(max_guests)s, %(bedrooms)s, %(beds)s,"
    " %(bathrooms)s, %(amenities)s, %(instant)s, %(pets_allowed)s, %(active)s, %(min_nights)s, %(max_nights)s,"
    " %(notice_hours)s, %(horizon_days)s"
)


async def insert_business(tx: WriteTx, values: dict[str, Any]) -> Business | None:
    """A new PENDING business with its owner as a member; None when the owner has one already."""
    sql: LiteralString = f"""
        INSERT INTO catalog.business AS b (id, owner_id, name, type, description, status, created_at, updated_at)
        VALUES (%(id)s, %(owner_id)s, %(name)s, %(type)s, %(description)s, 'PENDING', %(now)s, %(now)s)
        ON CONFLICT (owner_id) WHERE status <> 'DELETED' DO NOTHING RETURNING {BUSINESS}"""  # noqa: S608
    row = await tx.find(sql, values)
    if row is None:
        return None
    member = "INSERT INTO catalog.business_member (business_id, user_id, role) VALUES (%(id)s, %(owner_id)s, 'owner')"
    await tx.run(member, values)
    return as_business(row)


async def lock_business(tx: WriteTx, business_id: UUID) -> Business | None:
    """Anyone's business, locked for change."""
    sql: LiteralString = f"SELECT {BUSINESS} FROM catalog.business AS b WHERE b.id = %s FOR UPDATE OF b"  # noqa: S608
    return await _one(tx, sql, (business_id,), as_business)


async def lock_my_business(tx: WriteTx, user_id: UUID, business_id: UUID, roles: Sequence[str]) -> Business | None:
    """The business locked for change, where this user is a member with one of these roles."""
    sql: LiteralString = f"""
        SELECT {BUSINESS} FROM catalog.business AS b WHERE b.id = %(id)s AND {MAY_BUSINESS} FOR UPDATE OF b"""  # noqa: S608
    return await _one(tx, sql, {"id": business_id, "user": user_id, "roles": list(roles)}, as_business)


async def update_business(tx: WriteTx, business_id: UUID, values: dict[str, Any], now: datetime) -> Business:
    """Name, type and description replaced."""
    sql: LiteralString = f"""
        UPDATE catalog.business AS b SET name = %(name)s, type = %(type)s, description = %(description)s,
               updated_at = %(now)s, version = b.version + 1
        WHERE b.id = %(id)s RETURNING {BUSINESS}"""  # noqa: S608
    return await _this(tx, sql, {**values, "id": business_id, "now": now}, as_business)


async def move_business(
    tx: WriteTx, business: Business, status: BusinessStatus, note: str, now: datetime, *, asked: bool = False
) -> Business | None:
    """The status moved on, unless it is no longer the one seen (None). `asked`: an answer is waited for from now."""
    sql: LiteralString = f"""
        UPDATE catalog.business AS b SET status = %(to)s, review_note = %(note)s, updated_at = %(now)s,
               version = b.version + 1, asked_at = %(asked_at)s,
               answer = CASE WHEN %(asked)s THEN '' ELSE b.answer END
        WHERE b.id = %(id)s AND b.status = %(seen)s RETURNING {BUSINESS}"""  # noqa: S608
    values = {"id": business.id, "seen": business.status, "to": status, "note": note, "now": now}
    return await _one(tx, sql, {**values, "asked": asked, "asked_at": now if asked else None}, as_business)


async def note_answer(tx: WriteTx, business_id: UUID, answer: str, now: datetime) -> Business:
    """What the business says to the admin's question; it is waited for no longer."""
    sql: LiteralString = f"""
        UPDATE catalog.business AS b SET answer = %(answer)s, asked_at = NULL, updated_at = %(now)s,
               version = b.version + 1
        WHERE b.id = %(id)s RETURNING {BUSINESS}"""  # noqa: S608
    return await _this(tx, sql, {"id": business_id, "answer": answer, "now": now}, as_business)


async def resource_ids_of_business(tx: WriteTx, business_id: UUID) -> list[UUID]:
    """The ids of everything a business sells."""
    sql = """SELECT r.id FROM catalog.resource AS r JOIN catalog.property AS p ON p.id = r.property_id
             WHERE p.business_id = %s ORDER BY r.id"""
    return [row["id"] for row in await tx.all(sql, (business_id,))]


async def insert_property(
    tx: WriteTx, property_id: UUID, business_id: UUID, draft: PropertyDraft, now: datetime
) -> Property:
    """A new draft property."""
    sql: LiteralString = f"""
        INSERT INTO catalog.property AS p (id, business_id, {_PROPERTY_VALUES}, status, created_at, updated_at)
        VALUES (%(id)s, %(business_id)s, {_PROPERTY_PLACES}, 'draft', %(now)s, %(now)s) RETURNING {PROPERTY}"""  # noqa: S608
    values = {"id": property_id, "business_id": business_id, "now": now, **_values_of(draft, PropertyDraft)}
    return await _this(tx, sql, values, as_property)


async def lock_property(tx: WriteTx, property_id: UUID) -> Property | None:
    """Anyone's property, locked for change."""
    sql: LiteralString = f"SELECT {PROPERTY} FROM catalog.property AS p WHERE p.id = %s FOR UPDATE OF p"  # noqa: S608
    return await _one(tx, sql, (property_id,), as_property)


async def lock_my_property(tx: WriteTx, user_id: UUID, property_id: UUID, roles: Sequence[str]) -> Property | None:
    """The property locked for change, where this user is a member of its business with one of these roles."""
    sql: LiteralString = f"""
        SELECT {PROPERTY} FROM catalog.property AS p WHERE p.id = %(id)s AND {MAY_PROPERTY} FOR UPDATE OF p"""  # noqa: S608
    return await _one(tx, sql, {"id": property_id, "user": user_id, "roles": list(roles)}, as_property)


async def update_property(tx: WriteTx, property_id: UUID, draft: PropertyDraft, now: datetime) -> Property:
    """All that a host says of it replaced."""
    sql: LiteralString = f"""
        UPDATE catalog.property AS p SET ({_PROPERTY_VALUES}, updated_at, version)
             = ROW({_PROPERTY_PLACES}, %(now)s, p.version + 1)
        WHERE p.id = %(id)s RETURNING {PROPERTY}"""  # noqa: S608
    return await _this(tx, sql, {"id": property_id, "now": now, **_values_of(draft, PropertyDraft)}, as_property)


async def move_property(
    tx: WriteTx, place: Property, status: PropertyStatus, note: str, now: datetime
) -> Property | None:
    """The status moved on, unless it is no longer the one seen (None)."""
    sql: LiteralString = f"""
        UPDATE catalog.property AS p SET status = %(to)s, review_note = %(note)s, updated_at = %(now)s,
               version = p.version + 1
        WHERE p.id = %(id)s AND p.status = %(seen)s RETURNING {PROPERTY}"""  # noqa: S608
    return await _one(
        tx, sql, {"id": place.id, "seen": place.status, "to": status, "note": note, "now": now}, as_property
    )


async def resource_ids_of_property(tx: WriteTx, property_id: UUID) -> list[UUID]:
    """The ids of everything sold at a property."""
    rows = await tx.all("SELECT r.id FROM catalog.resource AS r WHERE r.property_id = %s ORDER BY r.id", (property_id,))
    return [row["id"] for row in rows]


async def active_units_per_active_resource(tx: WriteTx, property_id: UUID) -> list[int]:
    """One number of active units for each active resource."""
    sql = """SELECT count(u.id) FILTER (WHERE u.active) AS units FROM catalog.resource AS r
             LEFT JOIN catalog.unit AS u ON u.resource_id = r.id
             WHERE r.property_id = %s AND r.active GROUP BY r.id"""
    return [row["units"] for row in await tx.all(sql, (property_id,))]


async def insert_resource(
    tx: WriteTx, resource_id: UUID, property_id: UUID, draft: ResourceDraft, now: datetime
) -> Resource:
    """A new resource without units."""
    sql: LiteralString = f"""
        INSERT INTO catalog.resource AS r (id, property_id, {_RESOURCE_VALUES}, created_at, updated_at)
        VALUES (%(id)s, %(property_id)s, {_RESOURCE_PLACES}, %(now)s, %(now)s) RETURNING {RESOURCE}"""  # noqa: S608
    values = {"id": resource_id, "property_id": property_id, "now": now, **_values_of(draft, ResourceDraft)}
    return await _this(tx, sql, values, as_resource)


async def lock_my_resource(tx: WriteTx, user_id: UUID, resource_id: UUID, roles: Sequence[str]) -> Resource | None:
    """The resource locked for change, where this user is a member of its business with one of these roles."""
    sql: LiteralString = f"""
        SELECT {RESOURCE} FROM catalog.resource AS r JOIN catalog.property AS p ON p.id = r.property_id
        WHERE r.id = %(id)s AND {MAY_PROPERTY} FOR UPDATE OF r"""  # noqa: S608
    return await _one(tx, sql, {"id": resource_id, "user": user_id, "roles": list(roles)}, as_resource)


async def update_resource(tx: WriteTx, resource_id: UUID, draft: ResourceDraft, now: datetime) -> Resource:
    """All that a host says of it replaced."""
    sql: LiteralString = f"""
        UPDATE catalog.resource AS r SET ({_RESOURCE_VALUES}, updated_at, version)
             = ROW({_RESOURCE_PLACES}, %(now)s, r.version + 1)
        WHERE r.id = %(id)s RETURNING {RESOURCE}"""  # noqa: S608
    return await _this(tx, sql, {"id": resource_id, "now": now, **_values_of(draft, ResourceDraft)}, as_resource)


async def insert_units(tx: WriteTx, units: Sequence[Unit]) -> bool:
    """New units; False (and some may be missing) when a name is taken: the caller refuses and rolls back."""
    sql = """INSERT INTO catalog.unit (id, resource_id, name, position, active)
             SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::smallint[], %s::boolean[])
             ON CONFLICT (resource_id, name) DO NOTHING"""
    columns = zip(*((unit.id, unit.resource_id, unit.name, unit.position, unit.active) for unit in units), strict=True)
    return await tx.run(sql, [list(column) for column in columns]) == len(units)


async def update_unit(tx: WriteTx, unit: Unit) -> bool:
    """Name and activity replaced; False when another unit of the resource has the name."""
    sql = """UPDATE catalog.unit AS u SET name = %(name)s, active = %(active)s
             WHERE u.id = %(id)s AND NOT EXISTS (SELECT FROM catalog.unit AS o WHERE o.resource_id = u.resource_id
                                                 AND o.name = %(name)s AND o.id <> u.id)"""
    return await tx.run(sql, {"id": unit.id, "name": unit.name, "active": unit.active}) == 1


async def count_media(tx: WriteTx, property_id: UUID) -> int:
    """How many pictures a property has, those of its resources included."""
    row = await tx.find("SELECT count(*) AS n FROM catalog.media AS m WHERE m.property_id = %s", (property_id,))
    assert row is not None
    found: int = row["n"]
    return found


async def insert_media(tx: WriteTx, media: Media, now: datetime) -> Media:
    """A new picture, placed last."""
    sql: LiteralString = f"""
        INSERT INTO catalog.media AS m (id, property_id, resource_id, storage_key, content_type, width, height, alt,
                                        position, created_at)
        SELECT %(id)s, %(property)s, %(resource)s, %(key)s, %(type)s, %(width)s, %(height)s, %(alt)s,
               coalesce(max(o.position) + 1, 0), %(now)s FROM catalog.media AS o WHERE o.property_id = %(property)s
        RETURNING {MEDIA}"""  # noqa: S608
    values = {
        "id": media.id,
        "property": media.property_id,
        "resource": media.resource_id,
        "key": media.storage_key,
        "type": media.content_type,
        "width": media.width,
        "height": media.height,
        "alt": media.alt,
        "now": now,
    }
    row = await tx.find(sql, values)
    assert row is not None
    return Media(**row)


async def lock_my_media(tx: WriteTx, user_id: UUID, media_id: UUID, roles: Sequence[str]) -> Media | None:
    """The picture locked for change, where this user is a member of its business with one of these roles."""
    sql: LiteralString = f"""
        SELECT {MEDIA} FROM catalog.media AS m JOIN catalog.property AS p ON p.id = m.property_id
        WHERE m.id = %(id)s AND {MAY_PROPERTY} FOR UPDATE OF m"""  # noqa: S608
    row = await tx.find(sql, {"id": media_id, "user": user_id, "roles": list(roles)})
    return None if row is None else Media(**row)


async def set_alt(tx: WriteTx, media_id: UUID, alt: str) -> None:
    """Another description of the picture."""
    await tx.run("UPDATE catalog.media AS m SET alt = %s WHERE m.id = %s", (alt, media_id))


async def set_positions(tx: WriteTx, media_ids: Sequence[UUID]) -> None:
    """The pictures in this order."""
    sql = """UPDATE catalog.media AS m SET position = o.position - 1
             FROM unnest(%s::uuid[]) WITH ORDINALITY AS o (id, position) WHERE m.id = o.id"""
    await tx.run(sql, (list(media_ids),))


async def delete_media(tx: WriteTx, media: Media) -> bool:
    """Gone; whether its file is now used by no other picture."""
    await tx.run("DELETE FROM catalog.media AS m WHERE m.id = %s", (media.id,))
    used = await tx.find("SELECT 1 FROM catalog.media AS m WHERE m.storage_key = %s LIMIT 1", (media.storage_key,))
    return used is None


def _values_of(
    draft: PropertyDraft | ResourceDraft, shape: type[PropertyDraft] | type[ResourceDraft]
) -> dict[str, Any]:
    values = draft_values(draft, shape)
    return {**values, "amenities": list(values["amenities"])}


async def _one(tx: WriteTx, sql: LiteralString, params: Params, read: Callable[[Row], T]) -> T | None:
    """The row as a thing, or None."""
    row = await tx.find(sql, params)
    return None if row is None else read(row)


async def _this(tx: WriteTx, sql: LiteralString, params: Params, read: Callable[[Row], T]) -> T:
    """The row, which is there, as a thing."""
    row = await tx.find(sql, params)
    assert row is not None
    return read(row)
