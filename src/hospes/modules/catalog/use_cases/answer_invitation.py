"""Look at an invitation, accept or decline it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hospes.modules.catalog import events, links, store
from hospes.modules.catalog.contracts import Business, BusinessStatus
from hospes.modules.catalog.errors import AlreadyMember, InvitationForAnother, InvitationOver
from hospes.modules.catalog.policies.inviting import is_link
from hospes.modules.catalog.policies.permissions import may_choose
from hospes.modules.catalog.queries import find_business, find_member_role
from hospes.modules.catalog.queries import members as queries
from hospes.modules.catalog.queries.members import Invitation, InvitationStatus
from hospes.modules.catalog.store import members as kept
from hospes.modules.identity import facade as identity
from hospes.modules.identity.contracts import User
from hospes.platform import audit
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.outbox import publish

_OVER = "This invitation is no longer good: it was used, taken back, or is older than a week. Ask for a new one."


@dataclass(frozen=True, slots=True)
class Opened:
    """An invitation whose link somebody holds, with what its page shows."""

    invitation: Invitation
    business: Business
    inviter: str


async def open_invitation(tx: ReadTx, *, link: str, now: datetime) -> Opened:
    """What the link leads to, to whoever holds it; raises `InvitationOver`."""
    found = await queries.find_by_link(tx, links.link_hash(tx.keyring, link)) if is_link(link) else None
    if found is None or not found.is_good(now):
        raise InvitationOver(_OVER)
    business = await find_business(tx, found.business_id)
    if business is None or business.status is BusinessStatus.DELETED:
        raise InvitationOver(_OVER)
    inviter = (await identity.users_by_id(tx, [found.invited_by])).get(found.invited_by)
    return Opened(found, business, inviter.name if inviter else "")


async def accept_invitation(tx: WriteTx, *, link: str, user_id: UUID, now: datetime) -> tuple[Opened, User]:
    """The person works there from now on, and is a host; call `identity.refresh_sessions` after the commit.

    Raises `InvitationOver`, `InvitationForAnother`, `EmailNotVerified`, `AlreadyMember`."""
    opened = await _for_them(tx, link, user_id, now)
    closed = await _close(tx, opened, InvitationStatus.ACCEPTED, user_id, now)
    said = events.member_data(closed.business_id, user_id=user_id, role=closed.role, invitation_id=closed.id)
    made = await kept.insert_member(tx, closed.business_id, user_id, closed.role, invited_by=closed.invited_by, now=now)
    if not made:
        raise AlreadyMember(f"You work for {opened.business.name} already.")
    user = await identity.grant_role(tx, user_id, "host", now=now)
    noted = {"invitation_id": str(closed.id), "role": str(closed.role)}
    await audit.note(tx, actor=user_id, action="member.joined", subject=closed.business_id, data=noted, now=now)
    await publish(tx, events.MEMBER_JOINED, closed.business_id, said, now=now)
    return opened, user


async def decline_invitation(tx: WriteTx, *, link: str, user_id: UUID, now: datetime) -> Opened:
    """It is over; who sent it is told. Raises as `accept_invitation`."""
    opened = await _for_them(tx, link, user_id, now)
    closed = await _close(tx, opened, InvitationStatus.DECLINED, user_id, now)
    noted = {"invitation_id": str(closed.id)}
    await audit.note(tx, actor=user_id, action="member.declined", subject=closed.business_id, data=noted, now=now)
    return opened


async def _for_them(tx: WriteTx, link: str, user_id: UUID, now: datetime) -> Opened:
    """The invitation of this link, with its business locked: of two answers, or an answer and a revocation, the
    second finds what the first has done."""
    opened = await open_invitation(tx, link=link, now=now)
    user = await identity.get_user(tx, user_id)
    if user.email.lower() != opened.invitation.address.lower():
        raise InvitationForAnother(
            "This invitation went to another address than yours. Sign in with the account of that address, or ask for"
            " an invitation to yours."
        )
    await identity.require_verified_email(tx, user_id)
    await store.lock_business(tx, opened.business.id)
    return await open_invitation(tx, link=link, now=now)


async def _close(tx: WriteTx, opened: Opened, to: InvitationStatus, user_id: UUID, now: datetime) -> Invitation:
    invitation = opened.invitation
    inviter = await find_member_role(tx, invitation.business_id, invitation.invited_by)
    if to is InvitationStatus.ACCEPTED and (inviter is None or not may_choose(inviter, invitation.role)):
        raise InvitationOver(_OVER)  # who sent it may not bring in anybody any more
    closed = await kept.close_invitation(tx, invitation.id, to, now)
    if closed is None:
        raise InvitationOver(_OVER)
    data = events.member_data(
        invitation.business_id,
        invitation_id=invitation.id,
        how=to,
        invited_by=invitation.invited_by,
    )
    await publish(tx, events.INVITATION_CLOSED, invitation.business_id, data, now=now)
    return closed
