"""Register as a seller."""

from datetime import datetime
from uuid import UUID

from hospes.modules.catalog import events, store
from hospes.modules.catalog.contracts import Business, BusinessType
from hospes.modules.catalog.errors import BusinessExists, DraftInvalid
from hospes.modules.catalog.policies.drafts import faults_of_business
from hospes.modules.identity import facade as identity
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish


async def create_business(
    tx: WriteTx, *, owner_id: UUID, name: str, type: BusinessType, description: str = "", now: datetime
) -> Business:
    """A PENDING business; its owner becomes a host. Raises `BusinessExists` when they own one already."""
    if faults := faults_of_business(name, description):
        raise DraftInvalid(fields=faults)
    values = {"id": new_id(), "owner_id": owner_id, "name": name, "type": type, "description": description, "now": now}
    business = await store.insert_business(tx, values)
    if business is None:
        raise BusinessExists("One account can own one business. Add further places to the one you have.")
    await identity.grant_role(tx, owner_id, "host", now=now)
    await publish(tx, events.BUSINESS_CREATED, business.id, events.business_data(business.id), now=now)
    return business
