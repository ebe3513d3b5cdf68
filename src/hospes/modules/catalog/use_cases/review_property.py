"""An admin's decision on a place."""

from datetime import datetime
from uuid import UUID

from hospes.modules.catalog import events, states, store
from hospes.modules.catalog.contracts import Property
from hospes.modules.catalog.errors import DraftInvalid, PropertyNotFound, WrongStatus
from hospes.modules.catalog.policies.drafts import text_fault
from hospes.modules.catalog.states import PropertyAction
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish

_FACTS = {
    PropertyAction.APPROVE: events.PROPERTY_APPROVED,
    PropertyAction.REJECT: events.PROPERTY_REJECTED,
    PropertyAction.SUSPEND: events.PROPERTY_SUSPENDED,
}


async def review_property(
    tx: WriteTx,
    *,
    property_id: UUID,
    action: PropertyAction,
    admin_id: UUID | None = None,
    note: str = "",
    now: datetime,
) -> Property:
    """Approve, reject or suspend; the last two need a note for the host. The edge has checked the role; who decided is
    written down."""
    fault = text_fault(note, int(action is not PropertyAction.APPROVE), 1000)
    if fault:
        raise DraftInvalid(fields={"note": fault})
    before = await store.lock_property(tx, property_id)
    if before is None:
        raise PropertyNotFound()
    after = await store.move_property(tx, before, states.property_after(before.status, action), note, now)
    if after is None:
        raise WrongStatus()
    said = {"from": before.status, "to": after.status}
    name = f"property.{action}"
    await audit.note(tx, actor=admin_id, action=name, subject=property_id, now=now, data=said)
    touched = await store.resource_ids_of_property(tx, property_id)
    data = events.property_data(property_id, before.business_id, touched)
    await publish(tx, _FACTS[action], property_id, data, now=now)
    return after
