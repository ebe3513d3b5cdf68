"""Learn from what people did, in a process of its own, and keep what was found."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

import structlog

from hospes.modules.recommendations import store
from hospes.modules.recommendations.contracts import Learned
from hospes.modules.recommendations.policies.learning import learn
from hospes.modules.recommendations.use_cases.gather import Gathered, gather
from hospes.platform.apart import apart
from hospes.platform.runtime import Runtime

T = TypeVar("T")
log = structlog.get_logger(__name__)
ROWS = 1_000


async def train(rt: Runtime) -> Learned | None:
    """Suggestions for everybody, places seen together and popular places, all anew; None where nobody did anything.

    No transaction is open while it learns; who clears their views meanwhile gets no suggestions from them."""
    now = rt.clock.now()
    async with rt.db.read() as tx:
        gathered = await gather(tx, now=now)
    learned = None
    if len(gathered.past):
        learned = await apart(learn, gathered.traits, gathered.city, gathered.past)
        await _keep(rt, gathered, learned)
        log.info("recommendations_made", people=gathered.past.people, acts=len(gathered.past), factors=learned.factors)
    async with rt.db.write() as tx:
        await store.delete_made_before(tx, now)
    return learned


async def _keep(rt: Runtime, gathered: Gathered, learned: Learned) -> None:
    """In commits of `ROWS` rows, so that nobody waits for it."""
    now, places, people = rt.clock.now(), gathered.places, gathered.people
    for some in _by(list(learned.suggested.items())):
        async with rt.db.write() as tx:
            await store.put_suggested(
                tx,
                [(people[person], [places[item] for item in items]) for person, items in some],
                since=gathered.at,
                now=now,
            )
    for those in _by(list(learned.together.items())):
        async with rt.db.write() as tx:
            rows = [(places[one], [places[item] for item in others], list(near)) for one, (others, near) in those]
            await store.put_together(tx, rows, now=now)
    for cities in _by(list(learned.popular.items())):
        async with rt.db.write() as tx:
            await store.put_popular(
                tx,
                [
                    (*gathered.cities[city], [places[item] for item in items], learned.city_weight[city])
                    for city, items in cities
                ],
                now=now,
            )


def _by(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for first in range(0, len(rows), ROWS):
        yield rows[first : first + ROWS]
