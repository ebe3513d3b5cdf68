"""People, places on sale and lists."""

from typing import Any, LiteralString
from uuid import UUID

import httpx

from hospes.modules.identity.contracts import User
from hospes.platform.db import WriteTx
from tests.builders.catalog import a_property, a_resource
from tests.builders.identity import a_user
from tests.builders.pricing import a_rate
from tests.catalog.signed_in import runtime_of

API = "/api/v1/wishlists"


async def a_place(tx: WriteTx, name: str = "Maison Lune", *, price: int = 10_000) -> UUID:
    """A home on sale."""
    home = await a_resource(tx, property_id=(await a_property(tx, name=name)).id)
    await a_rate(tx, home.resource_id, base_amount=price)
    return home.resource_id


async def a_world(client: httpx.AsyncClient, *names: str) -> tuple[User, list[UUID]]:
    """Somebody, and places of these names."""
    async with runtime_of(client).db.write() as tx:
        return await a_user(tx), [await a_place(tx, each) for each in names or ("Maison Lune",)]


async def rows(client: httpx.AsyncClient, sql: LiteralString) -> list[dict[str, Any]]:
    """What the database holds."""
    async with runtime_of(client).db.read() as tx:
        return await tx.all(sql)
