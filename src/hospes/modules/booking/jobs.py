"""Booking's scheduled work. A dead sweeper never blocks a sale: rivals release what has expired themselves."""

from uuid import UUID

import structlog

from hospes.modules.booking import queries
from hospes.modules.booking.contracts import Actor
from hospes.modules.booking.use_cases.call_off_departure import CALL_OFF, QUEUE, cancel_place
from hospes.modules.booking.use_cases.expire_due import expire_due
from hospes.modules.booking.use_cases.offer_places import offer_places
from hospes.modules.booking.use_cases.start_and_complete_due import start_and_complete_due
from hospes.modules.booking.use_cases.warn_of_expiry import warn_of_expiry
from hospes.modules.inventory import facade as inventory
from hospes.platform.errors import HospesError
from hospes.platform.jobs import Periodic, Task
from hospes.platform.runtime import Runtime

BATCH = 100
log = structlog.get_logger(__name__)


async def expire(ctx: Runtime) -> None:
    """End what is overdue, one by one: who lets go of several in one transaction locks against the order of rivals."""
    while True:
        async with ctx.db.write() as tx:
            if not await expire_due(tx, limit=1, now=ctx.clock.now()):
                return


async def start_and_complete(ctx: Runtime) -> None:
    """Begin and end stays, batch by batch."""
    while True:
        async with ctx.db.write() as tx:
            if await start_and_complete_due(tx, limit=BATCH, now=ctx.clock.now()) < BATCH:
                return


async def warn(ctx: Runtime) -> None:
    """Tell guests whose hold ends within a minute."""
    while True:
        async with ctx.db.write() as tx:
            if await warn_of_expiry(tx, limit=BATCH, now=ctx.clock.now()) < BATCH:
                return


async def offer(ctx: Runtime) -> None:
    """Offer what has become free without anybody saying so, such as a place whose hold was never swept."""
    async with ctx.db.read() as tx:
        awaited = await queries.list_awaited(tx)
    for resource_id in awaited:
        async with ctx.db.write() as tx:
            await offer_places(tx, resource_id, now=ctx.clock.now())


async def call_off(ctx: Runtime, *, departure_id: str, actor: str, actor_id: str, reason: str) -> None:
    """Cancel every booking of a departure that is off sale, each in a transaction of its own; what was done stays done.

    One that is refused does not keep the others: it is tried again later. Ends when the departure is on sale again.
    """
    refused: list[HospesError] = []
    seen: set[tuple[UUID, UUID]] = set()
    while True:
        async with ctx.db.read() as tx:
            held = {(each.id, each.owner_id) for each in await inventory.claims_called_off(tx, UUID(departure_id))}
        if not held - seen:
            break
        for key in sorted(held - seen):
            seen.add(key)
            try:
                async with ctx.db.write() as tx:
                    # Read again: it may have gone to another owner, or the departure may be on sale again.
                    for claim in await inventory.claims_called_off(tx, UUID(departure_id)):
                        if (claim.id, claim.owner_id) == key:
                            await cancel_place(
                                tx,
                                claim,
                                actor=Actor(actor),
                                actor_id=UUID(actor_id),
                                reason=reason,
                                now=ctx.clock.now(),
                            )
            except HospesError as refusal:
                log.warning("place_not_cancelled", owner_id=str(key[1]), code=refusal.code)
                refused.append(refusal)
    if refused:
        raise refused[0]


PERIODIC = (
    Periodic("booking.warn_of_expiry", 5, warn),
    Periodic("booking.offer_places", 60, offer),
    Periodic("booking.expire", 10, expire),
    Periodic("booking.start_and_complete", 60, start_and_complete),
)
TASKS = (Task(CALL_OFF, QUEUE, call_off),)
