"""How well each way of suggesting would have done with what people really did here."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from hospes.modules.recommendations import queries
from hospes.modules.recommendations.policies.counting import KEEP
from hospes.modules.recommendations.policies.evaluating import Acts, Measured, evaluate
from hospes.modules.recommendations.use_cases.gather import gather
from hospes.platform.db import ReadTx

MOST = 2_000_000
Vectors = Callable[[ReadTx, Sequence[UUID]], Awaitable[NDArray[np.float32]]]


async def measure(tx: ReadTx, *, days: int, now: datetime, vectors: Vectors | None = None) -> Mapping[str, Measured]:
    """Learns from all but the last `days` days of the 180 that are kept, and asks for those. `vectors` reads those of
    what places say: one row each, of length one, or 0 where there is none."""
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
    said = await vectors(tx, gathered.places) if vectors else None
    return evaluate(gathered.traits, gathered.city, acts, split=split, vectors=said)
