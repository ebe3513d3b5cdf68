"""Tell other sites what is taken here."""

import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Mode, Sellable
from hospes.modules.inventory import queries
from hospes.modules.inventory.contracts import ClaimKind
from hospes.modules.inventory.errors import CalendarNotFound
from hospes.modules.inventory.policies.feeds import our_uid, runs, window
from hospes.modules.inventory.policies.nights import nights_span
from hospes.modules.inventory.queries.feeds import Told, find_exported, list_told
from hospes.modules.inventory.store import feeds as feed_store
from hospes.platform.caller import Caller
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.icalendar import CalendarEvent, write_calendar

_SUMMARY = {ClaimKind.BOOKING: "Reserved", ClaimKind.BLOCK: "Not available"}
_BACK = timedelta(days=30)


async def export_calendar(tx: ReadTx, secret: str, *, now: datetime) -> str:
    """The resource's calendar as text/calendar, the same text as long as nothing changes that day.

    Raises `CalendarNotFound`. One unit: its bookings and blocks. Several: nights on which nothing is left, or of time
    every booking and block. Not a word about guests; imports of other sites are not passed on for one unit.
    """
    resource_id = await find_exported(tx, secret)
    if resource_id is None:
        raise CalendarNotFound()
    sellable = await catalog.get_sellable(tx, resource_id)
    first, end = window(now, sellable.zone)
    first -= _BACK
    if sellable.mode is Mode.NIGHTLY and sellable.capacity != 1:
        events = await _sold_out(tx, sellable, first, end, now)
    else:
        since, until = nights_span(sellable.zone, first, end)
        told = await list_told(tx, resource_id, since=since, until=until, now=now)
        events = _each(sellable, told)
    return write_calendar(f"{sellable.property_name}: {sellable.resource_name}", events)


def _each(sellable: Sellable, told: Sequence[Told]) -> list[CalendarEvent]:
    parts: Counter[UUID] = Counter()
    events = []
    for each in told:
        claim, number = each.claim, parts[each.claim.owner_id]
        parts[claim.owner_id] += 1
        uid = our_uid(claim.owner_id, str(number) if number else "")
        nightly = sellable.mode is Mode.NIGHTLY
        starts: date | datetime = claim.first_night if nightly else claim.starts_at
        ends: date | datetime = claim.departure if nightly else claim.ends_at
        events.append(CalendarEvent(uid, starts, ends, _SUMMARY[claim.kind], each.made_at))
    return events


async def _sold_out(tx: ReadTx, sellable: Sellable, first: date, end: date, now: datetime) -> list[CalendarEvent]:
    states = await queries.calendar(
        tx,
        sellable.resource_id,
        pooled=sellable.pooled,
        capacity=sellable.capacity,
        unit_ids=sellable.unit_ids,
        first=first,
        last=end - timedelta(days=1),
        now=now,
    )
    stamp = datetime.combine(now.astimezone(ZoneInfo(sellable.zone)).date(), datetime.min.time(), now.tzinfo)
    full = runs([each.night for each in states if each.available == 0])
    return [
        CalendarEvent(our_uid(sellable.resource_id, f"{begins:%Y%m%d}"), begins, ends, "Not available", stamp)
        for begins, ends in full
    ]


async def rotate_export(tx: WriteTx, caller: Caller, resource_id: UUID, *, now: datetime) -> str:
    """A new secret for the resource's export address; the old address leads nowhere at once."""
    sellable = await catalog.get_sellable(tx, resource_id)
    await catalog.ensure_manages(tx, caller, sellable.business_id, catalog.Permission.LISTINGS)
    secret = secrets.token_urlsafe(24)
    await feed_store.put_export_secret(tx, resource_id, secret, now)
    return secret
