"""Businesses, properties and resources for tests, by plain inserts."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from hospes.modules.catalog import queries
from hospes.modules.catalog.contracts import Business, Media, Property, Sellable
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from tests.builders.identity import a_host

BORN = datetime(2026, 1, 1, tzinfo=UTC)


async def an_owner(tx: WriteTx) -> UUID:
    """The id of a user who may own a business."""
    return (await a_host(tx)).id


async def a_business(tx: WriteTx, *, owner_id: UUID | None = None, **given: Any) -> Business:
    """An ACTIVE business with its owner as a member."""
    owner_id = owner_id or await an_owner(tx)
    values = {
        "id": new_id(),
        "owner_id": owner_id,
        "name": "Sea & Sons",
        "type": "HOME",
        "status": "ACTIVE",
        "created_at": BORN,
        "updated_at": BORN,
        **given,
    }
    await _insert(tx, "catalog.business", values)
    await _insert(tx, "catalog.business_member", {"business_id": values["id"], "user_id": owner_id, "role": "owner"})
    business = await queries.find_business(tx, values["id"])
    assert business is not None
    return business


async def a_property(
    tx: WriteTx, *, business_id: UUID | None = None, owner_id: UUID | None = None, **given: Any
) -> Property:
    """An approved property in Paris, of a new ACTIVE business unless one is given."""
    values = {
        "id": new_id(),
        "business_id": business_id or (await a_business(tx, owner_id=owner_id)).id,
        "name": "Maison Lune",
        "description": "A quiet house behind the canal, two minutes from the market.",
        "street": "12 rue des Récollets",
        "postcode": "75010",
        "city": "Paris",
        "country": "FR",
        "latitude": 48.8738,
        "longitude": 2.3601,
        "zone": "Europe/Paris",
        "amenities": ["wifi", "kitchen"],
        "status": "approved",
        "created_at": BORN,
        "updated_at": BORN,
        **given,
    }
    await _insert(tx, "catalog.property", values)
    place = await queries.find_property(tx, values["id"])
    assert place is not None
    return place


async def a_resource(
    tx: WriteTx,
    *,
    property_id: UUID | None = None,
    business_id: UUID | None = None,
    owner_id: UUID | None = None,
    units: int = 1,
    **given: Any,
) -> Sellable:
    """A live nightly exclusive HOME with `units` units, of a new approved property unless one is given.

    Columns of `catalog.resource` may be given by name: `pooled=True, kind="HOTEL_ROOM", instant=False, …`.
    """
    values = {
        "id": new_id(),
        "property_id": property_id or (await a_property(tx, business_id=business_id, owner_id=owner_id)).id,
        "kind": "HOME",
        "mode": "nightly",
        "name": "The whole house",
        "max_guests": 4,
        "created_at": BORN,
        "updated_at": BORN,
        **given,
    }
    await _insert(tx, "catalog.resource", values)
    for position in range(units):
        await _insert(
            tx,
            "catalog.unit",
            {"id": new_id(), "resource_id": values["id"], "name": f"{position + 1}", "position": position},
        )
    sellable = await queries.find_sellable(tx, values["id"])
    assert sellable is not None
    return sellable


async def a_picture(tx: WriteTx, property_id: UUID, **given: Any) -> Media:
    """A picture of a property; its file does not exist."""
    media_id = new_id()
    values = {
        "id": media_id,
        "property_id": property_id,
        "storage_key": f"{media_id.hex}.webp",
        "content_type": "image/webp",
        "width": 1600,
        "height": 1200,
        "alt": "The house from the canal",
        "created_at": BORN,
        **given,
    }
    await _insert(tx, "catalog.media", values)
    return next(each for each in await queries.list_media(tx, property_id) if each.id == media_id)


async def _insert(tx: WriteTx, table: str, values: dict[str, Any]) -> None:
    columns, places = ", ".join(values), ", ".join(["%s"] * len(values))
    await tx.run(f"INSERT INTO {table} ({columns}) VALUES ({places})", list(values.values()))  # type: ignore[arg-type]
