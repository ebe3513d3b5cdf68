"""Give a member another part, send them away, or let them go."""

from datetime import datetime
from uuid import UUID

from hospes.modules.catalog import events, locking, queries
from hospes.modules.catalog.contracts import MemberRole
from hospes.modules.catalog.errors import DraftInvalid, MemberNotFound, OwnerStays, not_your_part
from hospes.modules.catalog.policies.permissions import may_choose
from hospes.modules.catalog.store import members as store
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish

_OWNER = "A business has one owner. Hand it over to somebody else first."


async def change_member_role(
    tx: WriteTx, *, business_id: UUID, by: UUID, user_id: UUID, role: MemberRole, now: datetime
) -> None:
    """From now on they may do what this part includes. What they had invited others for and may not any more is
    taken back. Raises `MemberNotFound`, `OwnerStays`, `NotYourPart`; the same role again changes nothing."""
    _, own = await locking.my_team(tx, by, business_id)
    before = await _part_of(tx, business_id, user_id)
    if role is MemberRole.OWNER:
        raise DraftInvalid(fields={"role": "Hand the business over instead: there is one owner."})
    if before is MemberRole.OWNER:
        raise OwnerStays(_OWNER)
    if not (may_choose(own, before) and may_choose(own, role)):
        raise not_your_part(f"choosing a {role if may_choose(own, before) else before}")
    if before is role:
        return
    if not await store.set_role(tx, business_id, user_id, role, seen=before):
        raise MemberNotFound()
    lost = tuple(str(each) for each in MemberRole if not may_choose(role, each))
    await _take_back(tx, business_id, user_id, lost, now)
    said = {"user_id": str(user_id), "from": str(before), "to": str(role)}
    await audit.note(tx, actor=by, action="member.changed", subject=business_id, data=said, now=now)
    data = events.member_data(business_id, user_id=user_id, role=role)
    await publish(tx, events.MEMBER_CHANGED, business_id, data, now=now)


async def remove_member(tx: WriteTx, *, business_id: UUID, by: UUID, user_id: UUID, now: datetime) -> None:
    """They work there no more; whoever removes themselves leaves. Every later request of theirs finds no business:
    sessions, tokens and keys all ask the same table. Raises `MemberNotFound`, `OwnerStays`, `NotYourPart`."""
    leaving = by == user_id
    _, own = await locking.my_team(tx, by, business_id, permission=None)
    before = await _part_of(tx, business_id, user_id)
    if before is MemberRole.OWNER and leaving:
        raise OwnerStays(_OWNER)
    if not leaving and not may_choose(own, before):
        raise not_your_part("sending them away")
    if not await store.delete_member(tx, business_id, user_id):
        raise MemberNotFound()
    await _take_back(tx, business_id, user_id, tuple(str(each) for each in MemberRole), now)
    said = {"user_id": str(user_id), "role": str(before)}
    action, fact = ("member.left", events.MEMBER_LEFT) if leaving else ("member.removed", events.MEMBER_REMOVED)
    await audit.note(tx, actor=by, action=action, subject=business_id, data=said, now=now)
    await publish(tx, fact, business_id, events.member_data(business_id, user_id=user_id, role=before, by=by), now=now)


async def _part_of(tx: WriteTx, business_id: UUID, user_id: UUID) -> MemberRole:
    found = await queries.find_member_role(tx, business_id, user_id)
    if found is None:
        raise MemberNotFound("Nobody of this name works here. Look at the list again.")
    return found


async def _take_back(tx: WriteTx, business_id: UUID, user_id: UUID, roles: tuple[str, ...], now: datetime) -> None:
    for invitation_id in await store.revoke_of_inviter(tx, business_id, user_id, roles, now):
        data = events.member_data(business_id, invitation_id=invitation_id, how="revoked", invited_by=user_id)
        await publish(tx, events.INVITATION_CLOSED, business_id, data, now=now)
