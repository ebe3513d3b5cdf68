"""Places on sale with prices, and people who look at them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hospes.modules.catalog.contracts import Sellable
from hospes.modules.recommendations import store
from hospes.modules.recommendations.contracts import View
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from tests.builders.catalog import a_property, a_resource
from tests.builders.pricing import a_rate


async def a_place(tx: WriteTx, *, price: int = 10_000, **place: Any) -> Sellable:
    """A home on sale in Paris unless said otherwise; columns of the resource go in `resource`."""
    resource = place.pop("resource", {})
    home = await a_resource(tx, property_id=(await a_property(tx, **place)).id, **resource)
    await a_rate(tx, home.resource_id, base_amount=price)
    return home


async def look(tx: WriteTx, person: UUID, *places: UUID, at: datetime, visitor: bool = False) -> None:
    """The person looks at these, one a minute."""
    views = [View(person, each, visitor, at + timedelta(minutes=n)) for n, each in enumerate(places)]
    await store.add_views(tx, views)


async def a_crowd(tx: WriteTx, places: Sequence[UUID], *, at: datetime, people: int = 3) -> list[UUID]:
    """So many people who looked at all of these."""
    crowd = [new_id() for _ in range(people)]
    for person in crowd:
        await look(tx, person, *places, at=at)
    return crowd
