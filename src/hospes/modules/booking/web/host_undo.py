"""What takes back a change made in the host's calendar. It travels through the browser and is checked anew."""

import base64
import binascii
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Actor, Change, Hours
from hospes.modules.booking.errors import BookingNotFound
from hospes.modules.booking.policies.restrictions import today_in
from hospes.modules.catalog import facade as catalog
from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.contracts import Restriction
from hospes.platform.caller import Caller
from hospes.platform.db import WriteTx
from hospes.platform.errors import NotFound

COOKIE = "hospes_undo"
LONGEST = 3500
SECONDS = 300
_ONE_DAY = timedelta(days=1)


class Move(BaseModel):
    """Where an appointment was before it was moved."""

    booking_id: UUID
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    unit_id: UUID


class Undo(BaseModel):
    """The way back: blocks to lift and to set again, prices by run of nights, restrictions to drop and to restore,
    an appointment to move back."""

    resource_id: UUID
    lift: Annotated[list[UUID], Field(max_length=50)] = []
    block: Annotated[list[tuple[date, date, str]], Field(max_length=50)] = []
    prices: Annotated[list[tuple[date, date, int | None]], Field(max_length=400)] = []
    drop: Annotated[list[UUID], Field(max_length=100)] = []
    restore: Annotated[list[Restriction], Field(max_length=50)] = []
    move: Move | None = None


def keep(response: Response, undo: Undo) -> None:
    """Offer the way back on the next page, unless it is too long to carry."""
    text = write(undo)
    if len(text) <= LONGEST:
        response.set_cookie(COOKIE, text, max_age=SECONDS, httponly=True, samesite="lax", path="/host")


def write(undo: Undo) -> str:
    """The way back as text that a cookie and a form can carry as it is: base64url without padding."""
    return base64.urlsafe_b64encode(undo.model_dump_json(exclude_defaults=True).encode()).decode().rstrip("=")


def offered(request: Request) -> str:
    """What the page's undo form carries; empty when there is nothing to take back."""
    text = request.cookies.get(COOKIE, "")
    return text if read(text) is not None else ""


def read(text: str) -> Undo | None:
    """The way back, or None when this is none."""
    try:
        return Undo.model_validate_json(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
    except (ValidationError, binascii.Error, ValueError):
        return None


async def take_back(tx: WriteTx, caller: Caller, undo: Undo, *, provider: str, now: datetime) -> None:
    """Do it. What has changed since is left alone; raises `BusinessNotFound` for what is not the caller's,
    `NotAvailable` when nights to block have been booked meanwhile, and what `change_booking` raises for an appointment
    that cannot go back, or not at the same price."""
    sellable = await catalog.get_sellable(tx, undo.resource_id)
    await catalog.ensure_manages(tx, caller, sellable.business_id, catalog.Permission.CALENDAR)
    for block_id in undo.lift:
        try:
            await facade.unblock_dates(tx, caller=caller, resource_id=undo.resource_id, block_id=block_id, now=now)
        except NotFound:
            continue  # somebody has lifted it already
    if undo.move is not None:
        await _move_back(tx, caller, sellable.business_id, undo.move, provider, now)
    today = today_in(sellable.zone, now)
    for first, end, note in undo.block:
        if end > today:
            await facade.block_dates(
                tx,
                caller=caller,
                resource_id=undo.resource_id,
                arrival=max(first, today),
                departure=end,
                note=note[:200],
                now=now,
            )
    prices = {day: amount for first, last, amount in undo.prices for day in _days(first, last)}
    if prices:
        await pricing.set_day_prices(tx, undo.resource_id, prices, now=now)
    for restriction_id in undo.drop:
        try:
            await pricing.delete_restriction(tx, undo.resource_id, restriction_id, now=now)
        except NotFound:
            continue  # somebody has dropped it already
    for restriction in undo.restore:
        if restriction.resource_id == undo.resource_id:
            await pricing.put_restriction(tx, restriction, now=now)


async def _move_back(tx: WriteTx, caller: Caller, business_id: UUID, move: Move, provider: str, now: datetime) -> None:
    booking = await facade.find_booking(tx, move.booking_id)
    if booking is None or booking.business_id != business_id:
        raise BookingNotFound()
    await facade.change_booking(
        tx,
        booking_id=booking.id,
        change=Change(hours=Hours(move.starts_at, move.ends_at), unit_id=move.unit_id),
        actor=Actor.HOST,
        actor_id=caller.user_id,
        expected_difference=0,
        provider=provider,
        now=now,
    )


def _days(first: date, last: date) -> list[date]:
    return [first + at * _ONE_DAY for at in range(min(800, (last - first).days + 1))]
