"""Make another member the owner of a business."""

from datetime import datetime
from uuid import UUID

from hospes.modules.catalog import events, locking, queries
from hospes.modules.catalog.contracts import Business, MemberRole
from hospes.modules.catalog.errors import CannotOwn, MemberNotFound, OwnerStays
from hospes.modules.catalog.policies.permissions import Permission
from hospes.modules.catalog.store import members as store
from hospes.modules.catalog.store import resource_ids_of_business
from hospes.modules.identity import facade as identity
from hospes.modules.identity.contracts import AccountStatus, User
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def hand_over(tx: WriteTx, *, business_id: UUID, by: UUID, to: UUID, now: datetime) -> tuple[Business, User]:
    """The member is its one owner; who was, stays as a manager. The edge has asked for the password once more.

    Raises `NotYourPart`, `MemberNotFound`, `OwnerStays` (it is theirs already), `CannotOwn`."""
    business, _ = await locking.my_team(tx, by, business_id, Permission.BUSINESS)
    role = await queries.find_member_role(tx, business_id, to)
    if role is None:
        raise MemberNotFound("Only somebody who works here can become the owner. Invite them first.")
    if role is MemberRole.OWNER:
        raise OwnerStays("The business is theirs already.")
    heir = await identity.get_user(tx, to)
    if heir.status is not AccountStatus.ACTIVE or heir.email_verified_at is None:
        raise CannotOwn(f"{heir.name} has to confirm their email address first.")
    moved = (
        await store.set_role(tx, business_id, by, MemberRole.MANAGER, seen=MemberRole.OWNER)
        and await store.set_role(tx, business_id, to, MemberRole.OWNER, seen=role)
        and await store.set_owner(tx, business_id, to, seen=by, now=now)
    )
    if not moved:
        raise CannotOwn(f"{heir.name} has a business of their own, and one account can own one.")
    heir = await identity.grant_role(tx, to, "host", now=now)
    said = {"from": str(by), "to": str(to)}
    await audit.note(tx, actor=by, action="business.handed_over", subject=business_id, data=said, now=now)
    touched = await resource_ids_of_business(tx, business_id)
    data = {**events.business_data(business_id, touched), "former_id": str(by), "owner_id": str(to)}
    await publish(tx, events.BUSINESS_HANDED_OVER, business_id, data, now=now)
    return business, heir
