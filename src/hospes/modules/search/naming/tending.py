"""What the names of a process need from time to time, in the background."""

import asyncio
import random
from functools import partial

import structlog

from hospes.modules.search.keeping.drift import said
from hospes.modules.search.keeping.upkeep import repeat
from hospes.modules.search.naming import watching
from hospes.modules.search.naming.live import LiveNames
from hospes.modules.search.policies.repairing import Reason, is_much
from hospes.modules.search.queries.names import some_properties

log = structlog.get_logger(__name__)
PERIOD = 0.2
SAMPLE = 100  # of the names and as many of the database


def tend(live: LiveNames) -> None:
    """Look after them until they are closed."""
    watching.PROPERTIES.set_function(lambda: len(live.changed.shelf))
    watching.BYTES.set_function(lambda: live.changed.shelf.nbytes)
    watching.CHANGED.set_function(lambda: len(live.changed))
    watching.WAITING.set_function(lambda: live.waiting)
    watching.GENERATION.set_function(lambda: live.held.generation)
    watching.AGE.set_function(lambda: live.age().total_seconds())
    for every, step in STEPS:
        name = f"search.names.{step.__name__}"
        live.tending.append(asyncio.create_task(repeat(name, every, partial(step, live)), name=name))


async def check_for_drift(live: LiveNames) -> None:
    """Compare a sample with the database; have all read anew when much of it is wrong."""
    shelf = live.changed.shelf
    async with live.rt.db.read() as tx:
        sample = {*await some_properties(tx, SAMPLE, of=len(shelf))}
    sample |= {shelf.property_of(number) for number in random.sample(range(len(shelf)), min(SAMPLE, len(shelf)))}
    found = await live.drifted(sample)
    watching.COMPARED.inc(len(sample))
    if found:
        watching.DRIFTED.inc(len(found))
        log.error("search.names_drift", count=len(found), of=len(sample), some=said(found)[:5])
        if is_much(len(found), of=len(sample)):
            await live.start_over(Reason.DRIFT)


STEPS = (
    (PERIOD, LiveNames.keep_up),
    (PERIOD, LiveNames.recount_when_due),
    (2.0, LiveNames.adopt),
    (10.0, LiveNames.look_for_loss),
    (5.0, LiveNames.renew_when_due),
    (60.0, check_for_drift),
)
