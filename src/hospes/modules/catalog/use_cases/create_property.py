"""Add a place to a business."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hospes.modules.catalog import events, locking, store
from hospes.modules.catalog.contracts import Property, PropertyDraft
from hospes.modules.catalog.errors import DraftInvalid
from hospes.modules.catalog.policies.drafts import faults_of_property, known_amenities
from hospes.modules.catalog.providers import places
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish


async def create_property(
    tx: WriteTx, *, user_id: UUID, business_id: UUID, draft: PropertyDraft, now: datetime
) -> Property:
    """A draft property; its zone follows from the coordinates when none is given. Raises `DraftInvalid`."""
    checked = checked_property(draft)
    await locking.my_business(tx, user_id, business_id)
    place = await store.insert_property(tx, new_id(), business_id, checked, now)
    await publish(tx, events.PROPERTY_CREATED, place.id, events.property_data(place.id, business_id), now=now)
    return place


def checked_property(draft: PropertyDraft) -> PropertyDraft:
    """The draft with country, zone and amenities in their one spelling; raises `DraftInvalid` naming each fault."""
    faults = faults_of_property(draft)
    country = draft.country.strip().upper()
    if places.country_name(country) is None:
        faults["country"] = "Give the country by its two-letter ISO 3166 code."
    zone = draft.zone
    if not zone and not faults.keys() & {"latitude", "longitude"}:
        zone = places.zone_at(draft.latitude, draft.longitude)
        if not zone:
            faults["zone"] = "No time zone is known at these coordinates: please name one."
    elif zone and zone not in places.zones():
        faults["zone"] = "Give an IANA time zone, such as Europe/Paris."
    if faults:
        raise DraftInvalid(fields=faults)
    return replace(draft, country=country, zone=zone, amenities=known_amenities(draft.amenities))
