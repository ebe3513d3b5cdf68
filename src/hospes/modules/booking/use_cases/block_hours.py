"""Keep hours of somebody's day off sale."""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hospes.modules.booking import events
from hospes.modules.booking.contracts import Block
from hospes.modules.booking.errors import ArrivalInPast, DatesReversed, StayTooLong
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Mode
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import SlotAsk
from hospes.modules.inventory.errors import WrongMode
from hospes.platform.caller import Caller
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish

LONGEST = timedelta(days=1)


async def block_hours(
    tx: WriteTx,
    *,
    caller: Caller,
    resource_id: UUID,
    unit_id: UUID | None,
    starts_at: datetime,
    ends_at: datetime,
    note: str = "",
    now: datetime,
) -> list[Block]:
    """[starts_at, ends_at) of one unit, or of each when `unit_id` is None, whatever the opening hours.

    Raises `NotAvailable` when somebody is booked then, `WrongMode`, `DatesReversed`, `ArrivalInPast`, `StayTooLong`.
    """
    sellable = await catalog.get_sellable(tx, resource_id)
    await catalog.ensure_manages(tx, caller, sellable.business_id, catalog.Permission.CALENDAR)
    if sellable.mode is not Mode.TIMED:
        raise WrongMode("This is not sold by the hour.")
    if ends_at <= starts_at:
        raise DatesReversed(fields={"end": "The end must be after the start."})
    if ends_at <= now:
        raise ArrivalInPast(fields={"day": "This is in the past."})
    if ends_at - starts_at > LONGEST:
        raise StayTooLong(fields={"end": "Block at most a day at once."})
    units = [each for each in sellable.unit_ids if unit_id in (None, each)]
    return [
        await _block(tx, SlotAsk(resource_id, (each,), sellable.zone, starts_at, ends_at), note, now) for each in units
    ]


async def _block(tx: WriteTx, ask: SlotAsk, note: str, now: datetime) -> Block:
    claim = await inventory.block(tx, ask, note=note, now=now)
    first, end = _day(ask.starts_at, ask.zone), _day(ask.ends_at, ask.zone) + timedelta(days=1)
    data = events.nights_data(ask.resource_id, first, end, block_id=str(claim.owner_id))
    await publish(tx, events.BLOCK_CREATED, claim.owner_id, data, now=now)
    return Block(claim.owner_id, ask.resource_id, first, end, 1, note)


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()
