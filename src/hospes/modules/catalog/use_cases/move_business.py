"""Verify or suspend a business (an admin); pause, resume or close it (its members)."""

from datetime import datetime
from uuid import UUID

from hospes.modules.catalog import events, locking, states, store
from hospes.modules.catalog.contracts import Business
from hospes.modules.catalog.errors import BusinessNotFound, DraftInvalid, VersionChanged, WrongStatus
from hospes.modules.catalog.policies.drafts import text_fault
from hospes.modules.catalog.policies.permissions import Permission
from hospes.modules.catalog.states import BusinessAction
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.errors import Forbidden
from hospes.platform.outbox import publish

_FACTS = {
    BusinessAction.ASK: events.BUSINESS_ASKED,
    BusinessAction.ACTIVATE: events.BUSINESS_ACTIVATED,
    BusinessAction.REACTIVATE: events.BUSINESS_ACTIVATED,
    BusinessAction.SUSPEND: events.BUSINESS_SUSPENDED,
    BusinessAction.DEACTIVATE: events.BUSINESS_DEACTIVATED,
    BusinessAction.CLOSE: events.BUSINESS_CLOSED,
}


async def move_business(
    tx: WriteTx,
    *,
    business_id: UUID,
    action: BusinessAction,
    member_id: UUID | None,
    admin_id: UUID | None = None,
    note: str = "",
    expected: int | None = None,
    now: datetime,
) -> Business:
    """`member_id` is who asks, None for an admin (the edge has checked the role), who is written down as `admin_id`.

    Suspending and asking for more need a note. Raises `VersionChanged` unless `expected` is the version: of two admins
    who look at the same page, the second learns of the first."""
    if (member_id is not None) != (action in states.OWNER_ACTIONS) or action is BusinessAction.ANSWER:
        raise Forbidden("This is not yours to decide.")
    fault = text_fault(note, int(action in (BusinessAction.SUSPEND, BusinessAction.ASK)), 1000)
    if fault:
        raise DraftInvalid(fields={"note": fault})
    if member_id is not None:
        before = await locking.my_business(tx, member_id, business_id, Permission.BUSINESS)
    elif (found := await store.lock_business(tx, business_id)) is not None:
        before = found
    else:
        raise BusinessNotFound()
    if expected not in (None, before.version):
        raise VersionChanged("Somebody else has decided or changed something in the meantime. Look at it again.")
    asked = action is BusinessAction.ASK
    to = states.business_after(before.status, action)
    after = await store.move_business(tx, before, to, note, now, asked=asked)
    if after is None:
        raise WrongStatus()
    if member_id is None:
        said = {"from": before.status, "to": after.status}
        name = f"business.{action}"
        await audit.note(tx, actor=admin_id, action=name, subject=business_id, now=now, data=said)
    touched = await store.resource_ids_of_business(tx, business_id)
    await publish(tx, _FACTS[action], business_id, events.business_data(business_id, touched), now=now)
    return after
