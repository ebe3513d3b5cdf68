"""The read side: single objects and lists. Whose they are is part of the statement, not checked after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from hospes.modules.catalog.contracts import (
    Business,
    BusinessStatus,
    BusinessType,
    CancellationPolicy,
    Kind,
    Media,
    MemberRole,
    Mode,
    Property,
    PropertyStatus,
    Resource,
    Sellable,
    Unit,
)
from hospes.platform.db import ReadTx, Row

BUSINESS: LiteralString = (
    "b.id, b.owner_id, b.name, b.type, b.description, b.status, b.review_note, b.created_at, b.updated_at, b.version,"
    " b.asked_at, b.answer"
)
PROPERTY: LiteralString = (
    "p.id, p.business_id, p.name, p.description, p.street, p.postcode, p.city, p.neighbourhood, p.region,"
    " p.country, p.latitude, p.longitude, p.zone, p.check_in_from, p.check_out_until, p.house_rules, p.amenities,"
    " p.cancellation_policy, p.status, p.review_note, p.created_at, p.updated_at, p.version"
)
RESOURCE: LiteralString = (
    "r.id, r.property_id, r.kind, r.mode, r.pooled, r.name, r.description, r.max_guests, r.bedrooms, r.beds,"
    " r.bathrooms, r.amenities, r.instant, r.pets_allowed, r.active, r.min_nights, r.max_nights, r.notice_hours,"
    " r.horizon_days, r.rating_avg, r.rating_count, r.details, r.created_at, r.updated_at, r.version"
)
MEDIA: LiteralString = (
    "m.id, m.property_id, m.resource_id, m.storage_key, m.content_type, m.width, m.height, m.alt, m.position"
)
# A key for one business reaches no other (`platform.db.LIMITED_TO`): said wherever it is asked who works where.
WITHIN: LiteralString = (
    " AND bm.business_id = coalesce(nullif(current_setting('hospes.limited_to', true), '')::uuid, bm.business_id)"
)
_MINE: LiteralString = (
    "EXISTS (SELECT FROM catalog.business_member AS bm JOIN catalog.business AS mb ON mb.id = bm.business_id"
    " WHERE bm.user_id = %(user)s AND mb.status <> 'DELETED'" + WITHIN + " AND bm.business_id = "
)
MY_BUSINESS: LiteralString = _MINE + "b.id)"
MY_PROPERTY: LiteralString = _MINE + "p.business_id)"
MAY_BUSINESS: LiteralString = _MINE + "b.id AND bm.role = ANY(%(roles)s))"
MAY_PROPERTY: LiteralString = _MINE + "p.business_id AND bm.role = ANY(%(roles)s))"
LIVE: LiteralString = "b.status = 'ACTIVE' AND p.status = 'approved'"
_SELLABLE: LiteralString = f"""
SELECT r.id AS resource_id, r.property_id, p.business_id, b.owner_id, r.kind, r.mode, r.pooled,
       p.name AS property_name, r.name AS resource_name, p.city, p.country, p.zone, p.check_in_from,
       p.check_out_until, r.max_guests, r.pets_allowed, r.instant, r.active AND {LIVE} AS live,
       ARRAY(SELECT u.id FROM catalog.unit AS u WHERE u.resource_id = r.id AND u.active
             ORDER BY u.position, u.id) AS unit_ids,
       r.min_nights, r.max_nights, r.notice_hours, r.horizon_days, p.cancellation_policy, p.house_rules
FROM catalog.resource AS r
JOIN catalog.property AS p ON p.id = r.property_id
JOIN catalog.business AS b ON b.id = p.business_id
"""  # noqa: S608 (constants only)


@dataclass(frozen=True, slots=True)
class PropertyCard:
    """A property in a list, with its first picture and its resources."""

    property: Property
    business: Business
    cover: Media | None
    resources: tuple[Resource, ...]


def as_business(row: Row) -> Business:
    """A row of `BUSINESS`."""
    return Business(**{**row, "type": BusinessType(row["type"]), "status": BusinessStatus(row["status"])})


def as_property(row: Row) -> Property:
    """A row of `PROPERTY`."""
    return Property(
        **{
            **row,
            "amenities": tuple(row["amenities"]),
            "cancellation_policy": CancellationPolicy(row["cancellation_policy"]),
            "status": PropertyStatus(row["status"]),
        }
    )


def as_resource(row: Row) -> Resource:
    """A row of `RESOURCE`."""
    rating = row["rating_avg"]
    return Resource(
        **{
            **row,
            "kind": Kind(row["kind"]),
            "mode": Mode(row["mode"]),
            "amenities": tuple(row["amenities"]),
            "rating_avg": None if rating is None else float(rating),
        }
    )


def as_sellable(row: Row) -> Sellable:
    """A row of `_SELLABLE`."""
    row["kind"], row["mode"] = Kind(row["kind"]), Mode(row["mode"])
    row["cancellation_policy"] = CancellationPolicy(row["cancellation_policy"])
    row["unit_ids"] = tuple(row["unit_ids"])
    return Sellable(**row)


async def find_sellable(tx: ReadTx, resource_id: UUID) -> Sellable | None:
    """The resource as booking sees it."""
    row = await tx.find(_SELLABLE + "WHERE r.id = %s", (resource_id,))
    return None if row is None else as_sellable(row)


async def list_sellables_of_business(tx: ReadTx, business_id: UUID) -> list[Sellable]:
    """Every resource of a business, ordered by property and name."""
    rows = await tx.all(_SELLABLE + "WHERE p.business_id = %s ORDER BY p.name, p.id, r.name, r.id", (business_id,))
    return [as_sellable(row) for row in rows]


async def find_business(tx: ReadTx, business_id: UUID) -> Business | None:
    """Any business."""
    row = await tx.find(f"SELECT {BUSINESS} FROM catalog.business AS b WHERE b.id = %s", (business_id,))  # noqa: S608
    return None if row is None else as_business(row)


async def find_my_business(tx: ReadTx, user_id: UUID, business_id: UUID) -> Business | None:
    """A business this user is a member of."""
    sql: LiteralString = f"SELECT {BUSINESS} FROM catalog.business AS b WHERE b.id = %(id)s AND {MY_BUSINESS}"  # noqa: S608
    row = await tx.find(sql, {"id": business_id, "user": user_id})
    return None if row is None else as_business(row)


async def find_business_of(tx: ReadTx, user_id: UUID) -> Business | None:
    """The business a user owns, else one they work for."""
    sql: LiteralString = f"""
        SELECT {BUSINESS} FROM catalog.business_member AS bm JOIN catalog.business AS b ON b.id = bm.business_id
        WHERE bm.user_id = %s AND b.status <> 'DELETED' {WITHIN} ORDER BY (bm.role = 'owner') DESC, b.id LIMIT 1"""  # noqa: S608
    row = await tx.find(sql, (user_id,))
    return None if row is None else as_business(row)


async def is_member(tx: ReadTx, business_id: UUID, user_id: UUID) -> bool:
    """Whether this user belongs to this (not deleted) business."""
    sql: LiteralString = f"SELECT 1 FROM catalog.business AS b WHERE b.id = %(id)s AND {MY_BUSINESS}"  # noqa: S608
    return await tx.find(sql, {"id": business_id, "user": user_id}) is not None


async def find_member_role(tx: ReadTx, business_id: UUID, user_id: UUID) -> MemberRole | None:
    """The part this user has in this (not deleted) business."""
    row = await tx.find(
        "SELECT bm.role FROM catalog.business_member AS bm JOIN catalog.business AS b ON b.id = bm.business_id"  # noqa: S608
        " WHERE bm.business_id = %s AND bm.user_id = %s AND b.status <> 'DELETED'" + WITHIN,
        (business_id, user_id),
    )
    return MemberRole(row["role"]) if row else None


async def list_members(tx: ReadTx, business_id: UUID) -> list[UUID]:
    """The users of a business, its owner first."""
    rows = await tx.all(
        "SELECT bm.user_id FROM catalog.business_member AS bm WHERE bm.business_id = %s"
        " ORDER BY (bm.role = 'owner') DESC, bm.user_id",
        (business_id,),
    )
    return [row["user_id"] for row in rows]


async def list_businesses(
    tx: ReadTx, *, user_id: UUID | None, status: str | None, after: UUID | None, limit: int
) -> list[Business]:
    """Businesses by id: those of one user, or (None) everyone's; at most `limit`."""
    sql: LiteralString = f"""
        SELECT {BUSINESS} FROM catalog.business AS b
        WHERE (%(user)s::uuid IS NULL AND b.status <> 'DELETED' OR {MY_BUSINESS})
          AND (%(status)s::text IS NULL OR b.status = %(status)s) AND (%(after)s::uuid IS NULL OR b.id > %(after)s)
        ORDER BY b.id LIMIT %(limit)s"""  # noqa: S608
    rows = await tx.all(sql, {"user": user_id, "status": status, "after": after, "limit": limit})
    return [as_business(row) for row in rows]


async def find_property(tx: ReadTx, property_id: UUID) -> Property | None:
    """Any property."""
    row = await tx.find(f"SELECT {PROPERTY} FROM catalog.property AS p WHERE p.id = %s", (property_id,))  # noqa: S608
    return None if row is None else as_property(row)


async def find_first_property(tx: ReadTx, business_id: UUID) -> Property | None:
    """The oldest property of a business."""
    sql: LiteralString = f"SELECT {PROPERTY} FROM catalog.property AS p WHERE p.business_id = %s ORDER BY p.id LIMIT 1"  # noqa: S608
    row = await tx.find(sql, (business_id,))
    return None if row is None else as_property(row)


async def list_properties_of(tx: ReadTx, business_id: UUID) -> list[Property]:
    """The properties of a business, the first 200."""
    sql: LiteralString = f"""
        SELECT {PROPERTY} FROM catalog.property AS p WHERE p.business_id = %s ORDER BY p.id LIMIT 200"""  # noqa: S608
    return [as_property(row) for row in await tx.all(sql, (business_id,))]


async def list_popular_cities(tx: ReadTx, country: str | None, limit: int) -> list[str]:
    """Cities by how many places can be booked there, those of this country first."""
    rows = await tx.all(
        "SELECT p.city FROM catalog.property AS p WHERE p.status = 'approved' AND p.city <> ''"
        " GROUP BY p.city, p.country ORDER BY (p.country = %s) DESC NULLS LAST, count(*) DESC, p.city LIMIT %s::bigint",
        (country, limit),
    )
    return [row["city"] for row in rows]


async def find_my_property(tx: ReadTx, user_id: UUID, property_id: UUID) -> Property | None:
    """A property of a business this user is a member of."""
    sql: LiteralString = f"SELECT {PROPERTY} FROM catalog.property AS p WHERE p.id = %(id)s AND {MY_PROPERTY}"  # noqa: S608
    row = await tx.find(sql, {"id": property_id, "user": user_id})
    return None if row is None else as_property(row)


async def find_live_property(tx: ReadTx, property_id: UUID) -> Property | None:
    """A property that everyone may see."""
    sql: LiteralString = f"""
        SELECT {PROPERTY} FROM catalog.property AS p JOIN catalog.business AS b ON b.id = p.business_id
        WHERE p.id = %s AND {LIVE}"""  # noqa: S608
    row = await tx.find(sql, (property_id,))
    return None if row is None else as_property(row)


async def list_properties(
    tx: ReadTx, *, user_id: UUID | None, status: str | None, after: UUID | None, limit: int
) -> list[Property]:
    """Properties by id: those of one user's businesses, or (None) everyone's; at most `limit`."""
    sql: LiteralString = f"""
        SELECT {PROPERTY} FROM catalog.property AS p
        WHERE (%(user)s::uuid IS NULL OR {MY_PROPERTY})
          AND (%(status)s::text IS NULL OR p.status = %(status)s) AND (%(after)s::uuid IS NULL OR p.id > %(after)s)
        ORDER BY p.id LIMIT %(limit)s"""  # noqa: S608
    rows = await tx.all(sql, {"user": user_id, "status": status, "after": after, "limit": limit})
    return [as_property(row) for row in rows]


async def find_resource(tx: ReadTx, resource_id: UUID) -> Resource | None:
    """Any resource."""
    row = await tx.find(f"SELECT {RESOURCE} FROM catalog.resource AS r WHERE r.id = %s", (resource_id,))  # noqa: S608
    return None if row is None else as_resource(row)


async def find_my_resource(tx: ReadTx, user_id: UUID, resource_id: UUID) -> Resource | None:
    """A resource of a business this user is a member of."""
    sql: LiteralString = f"""
        SELECT {RESOURCE} FROM catalog.resource AS r JOIN catalog.property AS p ON p.id = r.property_id
        WHERE r.id = %(id)s AND {MY_PROPERTY}"""  # noqa: S608
    row = await tx.find(sql, {"id": resource_id, "user": user_id})
    return None if row is None else as_resource(row)


async def list_my_resources(
    tx: ReadTx, *, user_id: UUID, property_id: UUID | None, after: UUID | None, limit: int
) -> list[Resource]:
    """Resources of one user's businesses by id, of one property if given; at most `limit`."""
    sql: LiteralString = f"""
        SELECT {RESOURCE} FROM catalog.resource AS r JOIN catalog.property AS p ON p.id = r.property_id
        WHERE {MY_PROPERTY} AND (%(property)s::uuid IS NULL OR r.property_id = %(property)s)
          AND (%(after)s::uuid IS NULL OR r.id > %(after)s)
        ORDER BY r.id LIMIT %(limit)s"""  # noqa: S608
    rows = await tx.all(sql, {"user": user_id, "property": property_id, "after": after, "limit": limit})
    return [as_resource(row) for row in rows]


async def list_resources_of(tx: ReadTx, property_ids: Sequence[UUID]) -> list[Resource]:
    """Every resource of these properties, oldest first."""
    sql: LiteralString = f"""
        SELECT {RESOURCE} FROM catalog.resource AS r WHERE r.property_id = ANY(%s) ORDER BY r.property_id, r.id"""  # noqa: S608
    return [as_resource(row) for row in await tx.all(sql, (list(property_ids),))]


async def list_units(tx: ReadTx, resource_id: UUID) -> list[Unit]:
    """Every unit of a resource, in order."""
    sql = """SELECT u.id, u.resource_id, u.name, u.position, u.active FROM catalog.unit AS u
             WHERE u.resource_id = %s ORDER BY u.position, u.id"""
    return [Unit(**row) for row in await tx.all(sql, (resource_id,))]


async def is_my_media(tx: ReadTx, user_id: UUID, media_id: UUID) -> bool:
    """Whether it is a picture of a business this user is a member of."""
    sql: LiteralString = f"""
        SELECT 1 FROM catalog.media AS m JOIN catalog.property AS p ON p.id = m.property_id
        WHERE m.id = %(id)s AND {MY_PROPERTY}"""  # noqa: S608
    return await tx.find(sql, {"id": media_id, "user": user_id}) is not None


async def list_media(tx: ReadTx, property_id: UUID) -> list[Media]:
    """Every picture of a property and its resources, in order."""
    return (await list_media_of(tx, [property_id]))[property_id]


async def list_media_of(tx: ReadTx, property_ids: Sequence[UUID]) -> dict[UUID, list[Media]]:
    """Every picture of each of these properties, in order."""
    sql: LiteralString = f"""
        SELECT {MEDIA} FROM catalog.media AS m WHERE m.property_id = ANY(%s)
        ORDER BY m.property_id, m.position, m.id"""  # noqa: S608
    found: dict[UUID, list[Media]] = {each: [] for each in property_ids}
    for row in await tx.all(sql, (list(property_ids),)):
        found[row["property_id"]].append(Media(**row))
    return found


async def list_covers(tx: ReadTx, property_ids: Sequence[UUID]) -> dict[UUID, Media]:
    """The first picture of each of these properties that has one."""
    sql: LiteralString = f"""
        SELECT DISTINCT ON (m.property_id) {MEDIA} FROM catalog.media AS m WHERE m.property_id = ANY(%s)
        ORDER BY m.property_id, m.position, m.id"""  # noqa: S608
    return {row["property_id"]: Media(**row) for row in await tx.all(sql, (list(property_ids),))}


async def list_cards(tx: ReadTx, properties: Sequence[Property]) -> list[PropertyCard]:
    """These properties with business, cover and resources, in three statements."""
    ids = [each.id for each in properties]
    covers = await list_covers(tx, ids)
    resources = await list_resources_of(tx, ids)
    sql: LiteralString = f"SELECT {BUSINESS} FROM catalog.business AS b WHERE b.id = ANY(%s)"  # noqa: S608
    rows = await tx.all(sql, ([each.business_id for each in properties],))
    businesses: dict[Any, Business] = {row["id"]: as_business(row) for row in rows}
    return [
        PropertyCard(
            property=each,
            business=businesses[each.business_id],
            cover=covers.get(each.id),
            resources=tuple(one for one in resources if one.property_id == each.id),
        )
        for each in properties
    ]


async def list_units_of(tx: ReadTx, resource_ids: Sequence[UUID]) -> dict[UUID, list[Unit]]:
    """Every unit of each of these resources, in order."""
    sql = """SELECT u.id, u.resource_id, u.name, u.position, u.active FROM catalog.unit AS u
             WHERE u.resource_id = ANY(%s) ORDER BY u.resource_id, u.position, u.id"""
    found: dict[UUID, list[Unit]] = {resource_id: [] for resource_id in resource_ids}
    for row in await tx.all(sql, (list(resource_ids),)):
        found[row["resource_id"]].append(Unit(**row))
    return found
