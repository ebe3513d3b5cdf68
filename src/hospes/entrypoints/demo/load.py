"""Copies a world into an empty database, chunk by chunk, and stores its pictures."""

import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, sql

from hospes.entrypoints.demo import pictures
from hospes.entrypoints.demo.world import Builder, World
from hospes.modules.catalog.contracts import AMENITY_BIT, thumb_key
from hospes.modules.identity.passwords import hash_password
from hospes.platform.settings import Settings
from hospes.platform.storage import Storage

CHUNK = 2_000
COLUMNS = {
    "user": ("identity.user_account", "id,email,password_hash,first_name,last_name,born_on,created_at,updated_at"),
    "role": ("identity.role_grant", "user_id,role,granted_at"),
    "business": ("catalog.business", "id,owner_id,name,type,status,created_at,updated_at"),
    "member": ("catalog.business_member", "business_id,user_id,role"),
    "property": (
        "catalog.property",
        "id,business_id,name,description,city,country,latitude,longitude,zone,check_in_from,check_out_until,house_rules,"
        "amenities,cancellation_policy,status,created_at,updated_at",
    ),
    "resource": (
        "catalog.resource",
        "id,property_id,kind,mode,pooled,name,description,max_guests,bedrooms,beds,bathrooms,amenities,instant,pets_allowed,"
        "min_nights,max_nights,notice_hours,rating_avg,rating_count,created_at,updated_at",
    ),
    "unit": ("catalog.unit", "id,resource_id,name,position"),
    "media": (
        "catalog.media",
        "id,property_id,resource_id,storage_key,content_type,width,height,alt,position,created_at",
    ),
    "rate": ("pricing.rate", "resource_id,currency,base_amount,cleaning_fee,service_fee_bp,taxes,updated_at"),
    "day_price": ("pricing.day_price", "resource_id,day,amount"),
    "claim": (
        "inventory.claim",
        "id,resource_id,unit_id,quantity,during,first_night,last_night,kind,note,created_at",
    ),
    "night_count": ("inventory.night_count", "resource_id,night,capacity,overbooking,claimed"),
}


async def load_world(
    settings: Settings, storage: Storage, *, listings: int, seed: int, advance: Callable[[int], None]
) -> dict[str, UUID]:
    """Fill the database; answers the ids of the demo accounts. `advance` is told how many listings are in."""
    now = datetime.now(UTC).replace(microsecond=0)
    password = secrets.token_urlsafe(9)
    builder = Builder(seed, now.date(), now, await hash_password(password), frozenset(AMENITY_BIT))
    for kind in pictures.kinds():
        for variant in range(pictures.VARIANTS):
            key, body = f"demo/{kind}-{variant}.svg", pictures.scene(kind, variant).encode()
            await storage.put(key, body)
            await storage.put(thumb_key(key), body)
    async with await AsyncConnection.connect(settings.database_url) as conn:
        people, ids = builder.people()
        await _copy(conn, people)
        await _copy(conn, builder.portfolio(ids["host"]))
        while builder.listings < listings:
            await _copy(conn, builder.chunk(min(CHUNK, listings - builder.listings)))
            advance(builder.listings)
        await conn.commit()
        await conn.set_autocommit(True)
        await conn.execute("ANALYZE")
    file = settings.data_dir / "demo.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps({"password": password, "seed": seed, "listings": builder.listings}))
    return ids


async def _copy(conn: AsyncConnection[Any], world: World) -> None:
    for name, rows in world.tables():
        if not rows:
            continue
        table, columns = COLUMNS[name]
        schema, _, relation = table.partition(".")
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(schema, relation), sql.SQL(",").join(sql.Identifier(c) for c in columns.split(","))
        )
        async with conn.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                await copy.write_row([json.dumps(v) if _is_json(v) else v for v in row])


def _is_json(value: Any) -> bool:
    return isinstance(value, list) and (not value or isinstance(value[0], dict)) and value != []
