"""Ask for a place to be approved."""

from datetime import datetime
from uuid import UUID

from hospes.modules.catalog import events, locking, states, store
from hospes.modules.catalog.contracts import Property
from hospes.modules.catalog.errors import NotReady, WrongStatus
from hospes.modules.catalog.policies.readiness import missing
from hospes.modules.catalog.states import PropertyAction
from hospes.modules.identity import facade as identity
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def submit_property(tx: WriteTx, *, user_id: UUID, property_id: UUID, now: datetime) -> Property:
    """Into the admins' queue. Raises `NotReady` naming all that is missing, `WrongStatus` when not a draft, and
    identity's `EmailNotVerified`: who offers a place must be in reach."""
    before = await locking.my_property(tx, user_id, property_id)
    status = states.property_after(before.status, PropertyAction.SUBMIT)
    units = await store.active_units_per_active_resource(tx, property_id)
    pictures = await store.count_media(tx, property_id)
    await identity.require_verified_email(tx, user_id)
    if lacks := missing(before, active_resources=units, pictures=pictures):
        raise NotReady(fields=lacks)
    after = await store.move_property(tx, before, status, "", now)
    if after is None:
        raise WrongStatus()
    touched = await store.resource_ids_of_property(tx, property_id)
    data = events.property_data(property_id, before.business_id, touched)
    await publish(tx, events.PROPERTY_SUBMITTED, property_id, data, now=now)
    return after
