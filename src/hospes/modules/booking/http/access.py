"""Who may do what at the edge, and how answers leave it."""

from typing import Any
from uuid import UUID

import orjson
from fastapi import Response

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Actor, Booking, Giving
from hospes.modules.booking.errors import BookingNotFound
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.errors import BusinessNotFound
from hospes.platform.caller import Caller
from hospes.platform.db import ReadTx


async def host_of(
    tx: ReadTx, caller: Caller, booking_id: UUID, permission: catalog.Permission = catalog.Permission.BOOKINGS
) -> Actor:
    """As host or admin; a guest sees no such action on their own booking.

    Raises `BookingNotFound`, and `NotYourPart` for who works for the business but may not.
    """
    booking, actor = await facade.get_booking_for(tx, caller, booking_id)
    if actor is Actor.ADMIN:
        return actor
    try:
        await catalog.ensure_manages(tx, caller, booking.business_id, permission)
    except BusinessNotFound:
        raise BookingNotFound("There is no such request to you.") from None
    return Actor.HOST


async def acting(tx: ReadTx, caller: Caller, booking_id: UUID, giving: Giving | None) -> tuple[Booking, Actor]:
    """The booking and as whom the caller acts. Who says what the house gives is staff, or finds no such booking."""
    if giving is not None:
        actor = await host_of(tx, caller, booking_id)
        return await facade.get_booking(tx, booking_id), actor
    return await facade.get_booking_for(tx, caller, booking_id)


async def manages(tx: ReadTx, caller: Caller | None, business_id: UUID) -> bool:
    """Whether the caller works for the business."""
    if caller is None:
        return False
    try:
        await catalog.ensure_manages(tx, caller, business_id, catalog.Permission.BOOKINGS)
    except BusinessNotFound:
        return False
    return True


def reply(value: dict[str, Any], status: int = 200) -> Response:
    """JSON as it is."""
    return Response(orjson.dumps(value), status, media_type="application/json")
