"""How well each way of suggesting would have done with what people really did here."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np

from hospes.modules.recommendations import queries
from hospes.modules.recommendations.policies.counting import KEEP
from hospes.modules.recommendations.policies.evaluating import Acts, Measured, evaluate
from hospes.modules.recommendations.use_cases.gather import gather
from hospes.platform.db import ReadTx

MOST = 2_000_000


async def measure(tx: ReadTx, *, days: int, now: datetime) -> Mapping[str, Measured]:
    """Learns from all but the last `days` days of the 180 that are kept, and asks for those."""
    gathered = await gather(tx, now=now)
    items = {each: number for number, each in enumerate(gathered.places)}
    rows = await queries.single_acts(tx, since=(now - KEEP).date(), limit=MOST)
    people: dict[UUID, int] = {}
    told = [
        (people.setdefault(row["person"], len(people)), items[row["property_id"]], row["at"], row["booked"])
        for row in rows
        if row["property_id"] in items
    ]
    if not told:
        return {}
    person, item, at, booked = (np.array(values) for values in zip(*told, strict=True))
    acts = Acts(person.astype(np.int32), item.astype(np.int32), at.astype(np.float64), booked.astype(np.bool_))
    split = (now - timedelta(days=days)).timestamp() / 86_400
    if not (acts.at < split).any():
        return {}
    return evaluate(gathered.traits, gathered.city, acts, split=split)
