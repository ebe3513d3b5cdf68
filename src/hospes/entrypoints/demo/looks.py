"""Made-up people look around the demo world, so that there is something to suggest from; the demo guest too."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

import numpy as np

from hospes.entrypoints.demo.tastes import DAYS, look_around
from hospes.entrypoints.wiring import open_runtime
from hospes.modules.recommendations import store
from hospes.modules.recommendations.contracts import View
from hospes.modules.recommendations.use_cases.gather import gather
from hospes.platform.db import ReadTx
from hospes.platform.settings import Settings

PEOPLE = 600
GUEST_LOOKED_AT = 6


async def look_at_some(settings: Settings, ids: Mapping[str, UUID], *, seed: int, now: datetime) -> None:
    """Views of the last 120 days by visitors who agreed; and of the last days by the demo guest, in the largest city."""
    async with open_runtime(settings) as rt:
        async with rt.db.read() as tx:
            gathered = await gather(tx, now=now)
            rooms = await _rooms(tx)
        if len(gathered.places) < 2:
            return
        acts = look_around(gathered.traits, gathered.city, people=PEOPLE, seed=seed)
        views: dict[tuple[UUID, UUID, str], View] = {}
        for person, item, at in zip(acts.person.tolist(), acts.item.tolist(), acts.at.tolist(), strict=True):
            moment = now - timedelta(days=DAYS - at)
            view = View(uuid5(NAMESPACE_URL, f"visitor {seed} {person}"), rooms[gathered.places[item]], True, moment)
            views[view.person, view.resource_id, f"{moment:%Y-%m-%d}"] = view
        largest = np.flatnonzero(gathered.city == np.argmax(np.bincount(gathered.city)))[:GUEST_LOOKED_AT]
        guests = [
            View(ids["guest"], rooms[gathered.places[item]], False, now - timedelta(hours=3 * hours + 1))
            for hours, item in enumerate(largest.tolist())
        ]
        async with rt.db.write() as tx:
            await store.add_views(tx, [*views.values(), *guests])


async def _rooms(tx: ReadTx) -> dict[UUID, UUID]:
    """Of each property its cheapest resource."""
    rows = await tx.all(
        "SELECT DISTINCT ON (r.property_id) r.property_id, r.id FROM catalog.resource AS r"
        " JOIN pricing.rate AS t ON t.resource_id = r.id WHERE r.active ORDER BY r.property_id, t.base_amount, r.id"
    )
    return {row["property_id"]: row["id"] for row in rows}
