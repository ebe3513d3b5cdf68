"""Keep nights off sale, and put them back."""

from datetime import date, datetime
from uuid import UUID

from hospes.modules.booking import events
from hospes.modules.booking.contracts import Block
from hospes.modules.booking.errors import ArrivalInPast, DatesReversed, StayTooLong
from hospes.modules.booking.policies.restrictions import today_in
from hospes.modules.booking.use_cases.quote_wish import ask_for
from hospes.modules.catalog import facade as catalog
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import ClaimKind
from hospes.modules.inventory.errors import BlockNotFound
from hospes.platform.caller import Caller
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish

MAX_BLOCK_NIGHTS = 730


async def block_dates(
    tx: WriteTx, *, caller: Caller, resource_id: UUID, arrival: date, departure: date, note: str = "", now: datetime
) -> Block:
    """One unit less for the nights [arrival, departure); raises `NotAvailable` when none is free in all of them."""
    sellable = await catalog.get_sellable(tx, resource_id)
    await catalog.ensure_manages(tx, caller, sellable.business_id, catalog.Permission.CALENDAR)
    if departure <= arrival:
        raise DatesReversed(fields={"departure": "The last day must be after the first."})
    if arrival < today_in(sellable.zone, now):
        raise ArrivalInPast(fields={"arrival": "These dates are in the past."})
    if (departure - arrival).days > MAX_BLOCK_NIGHTS:
        raise StayTooLong(fields={"departure": f"Block at most {MAX_BLOCK_NIGHTS} nights at once."})
    claim = await inventory.block(tx, ask_for(sellable, arrival, departure), note=note, now=now)
    data = events.nights_data(resource_id, arrival, departure, block_id=str(claim.owner_id))
    await publish(tx, events.BLOCK_CREATED, claim.owner_id, data, now=now)
    return Block(claim.owner_id, resource_id, arrival, departure, claim.quantity, note)


async def unblock_dates(tx: WriteTx, *, caller: Caller, resource_id: UUID, block_id: UUID, now: datetime) -> None:
    """The nights are on sale again; raises `BlockNotFound`."""
    sellable = await catalog.get_sellable(tx, resource_id)
    await catalog.ensure_manages(tx, caller, sellable.business_id, catalog.Permission.CALENDAR)
    claims = await inventory.claims_of(tx, block_id)
    if not claims or claims[0].kind is not ClaimKind.BLOCK or claims[0].resource_id != resource_id:
        raise BlockNotFound("This block is not there any more.")
    await inventory.unblock(tx, block_id, now=now)
    data = events.nights_data(resource_id, claims[0].first_night, claims[0].departure, block_id=str(block_id))
    await publish(tx, events.BLOCK_REMOVED, block_id, data, now=now)
