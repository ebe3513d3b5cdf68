"""What hosts are told of reviews of their business, their places and their identity."""

from datetime import date
from uuid import UUID

from hospes.modules.catalog import events as catalog_events
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Business, BusinessStatus
from hospes.modules.catalog.errors import BusinessNotFound, PropertyNotFound
from hospes.modules.identity import events
from hospes.modules.identity import facade as users
from hospes.modules.notifications.contracts import Kind, Letter, Recipient
from hospes.modules.notifications.policies import review_letters as letters
from hospes.modules.notifications.use_cases.write_message import Desk, recipient, write_message
from hospes.platform.db import WriteTx
from hospes.platform.outbox import Event

IDENTITY = (
    events.IDENTITY_SENT,
    events.IDENTITY_APPROVED,
    events.IDENTITY_REFUSED,
    events.IDENTITY_ENDING,
    events.IDENTITY_EXPIRED,
)
BUSINESSES = (
    catalog_events.BUSINESS_CREATED,
    catalog_events.BUSINESS_ACTIVATED,
    catalog_events.BUSINESS_ASKED,
    catalog_events.BUSINESS_SUSPENDED,
    catalog_events.BUSINESS_DEACTIVATED,
    catalog_events.BUSINESS_CLOSED,
)
PLACES = (
    catalog_events.PROPERTY_APPROVED,
    catalog_events.PROPERTY_REJECTED,
    catalog_events.PROPERTY_SUSPENDED,
)


async def tell_of_business(tx: WriteTx, event: Event, desk: Desk) -> None:
    """Its owner is told at every step."""
    try:
        business = await catalog.get_business(tx, UUID(event.data["business_id"]))
    except BusinessNotFound:
        return
    to = await recipient(tx, business.owner_id)
    if to is not None:
        await write_message(tx, desk, to, *_of_business(event.type, business, to))


async def tell_of_place(tx: WriteTx, event: Event, desk: Desk) -> None:
    """The owner of its business is told of the decision."""
    try:
        place = await catalog.get_property(tx, UUID(event.data["property_id"]))
        business = await catalog.get_business(tx, place.business_id)
    except (PropertyNotFound, BusinessNotFound):
        return
    to = await recipient(tx, business.owner_id)
    if to is None:
        return
    if event.type == catalog_events.PROPERTY_APPROVED:
        live = business.status is BusinessStatus.ACTIVE
        await write_message(tx, desk, to, Kind.PLACE_APPROVED, letters.place_approved(to, place=place.name, live=live))
    elif event.type == catalog_events.PROPERTY_REJECTED:
        letter = letters.place_rejected(to, place=place.name, note=place.review_note)
        await write_message(tx, desk, to, Kind.PLACE_REJECTED, letter)
    else:
        letter = letters.place_suspended(to, place=place.name, note=place.review_note)
        await write_message(tx, desk, to, Kind.PLACE_SUSPENDED, letter)


async def tell_of_identity(tx: WriteTx, event: Event, desk: Desk) -> None:
    """The person is told; these are sent whatever they have chosen to hear of."""
    to = await recipient(tx, event.aggregate_id)
    if to is None:
        return
    if event.type == events.IDENTITY_REFUSED:
        latest = (await users.identity_standing(tx, to.id)).latest
        note = latest.reason if latest and str(latest.id) == event.data["check_id"] else ""
        await write_message(tx, desk, to, Kind.IDENTITY_REFUSED, letters.identity_refused(to, note=note))
    else:
        await write_message(tx, desk, to, *_of_identity(event, to))


def _of_business(type: str, business: Business, to: Recipient) -> tuple[Kind, Letter]:
    name, note = business.name, business.review_note
    if type == catalog_events.BUSINESS_CREATED:
        return Kind.BUSINESS_RECEIVED, letters.business_received(to, business=name)
    if type == catalog_events.BUSINESS_ACTIVATED:
        return Kind.BUSINESS_ACTIVE, letters.business_active(to, business=name, note=note)
    if type == catalog_events.BUSINESS_ASKED:
        return Kind.BUSINESS_ASKED, letters.business_asked(to, business=name, note=note)
    if type == catalog_events.BUSINESS_SUSPENDED:
        return Kind.BUSINESS_SUSPENDED, letters.business_suspended(to, business=name, note=note)
    if type == catalog_events.BUSINESS_DEACTIVATED:
        return Kind.BUSINESS_PAUSED, letters.business_paused(to, business=name)
    return Kind.BUSINESS_CLOSED, letters.business_closed(to, business=name)


def _of_identity(event: Event, to: Recipient) -> tuple[Kind, Letter]:
    if event.type == events.IDENTITY_SENT:
        return Kind.IDENTITY_SENT, letters.identity_sent(to)
    if event.type == events.IDENTITY_EXPIRED:
        return Kind.IDENTITY_EXPIRED, letters.identity_expired(to)
    until = date.fromisoformat(event.data["expires_on"])
    if event.type == events.IDENTITY_APPROVED:
        return Kind.IDENTITY_APPROVED, letters.identity_approved(to, until=until)
    return Kind.IDENTITY_ENDING, letters.identity_ending(to, until=until)
