"""Ask somebody by mail to work for a business; ask once more; take it back."""

from datetime import datetime
from uuid import UUID

import orjson

from hospes.modules.catalog import events, links, locking
from hospes.modules.catalog.contracts import Business, MemberRole
from hospes.modules.catalog.errors import (
    AlreadyInvited,
    AlreadyMember,
    DraftInvalid,
    InvitationNotFound,
    InvitedRecently,
    not_your_part,
)
from hospes.modules.catalog.policies.inviting import (
    BY_BUSINESS,
    LASTS,
    LONGEST_LIMIT,
    MOST_OPEN,
    TO_ADDRESS,
)
from hospes.modules.catalog.policies.permissions import may_choose
from hospes.modules.catalog.queries import members as queries
from hospes.modules.catalog.queries.members import Invitation, InvitationStatus
from hospes.modules.catalog.store import members as store
from hospes.modules.identity import facade as identity
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish
from hospes.platform.sending import said_wait, seconds_to_wait


async def invite_member(
    tx: WriteTx, *, business_id: UUID, by: UUID, email: str, role: MemberRole, now: datetime
) -> Invitation:
    """A letter with a link leaves, whether or not the address has an account, and nobody can tell which from here.

    Good for 7 days. Raises `DraftInvalid` (email, role), `AlreadyMember`, `AlreadyInvited`, `InvitedRecently`,
    `NotYourPart` for a role that is not theirs to give, `EmailNotVerified`."""
    business, own = await locking.my_team(tx, by, business_id)
    if role is MemberRole.OWNER:
        raise DraftInvalid(fields={"role": "A business is handed over to somebody who works there already."})
    if not may_choose(own, role):
        raise not_your_part(f"choosing a {role}")
    address = _checked(email)
    await identity.require_verified_email(tx, by)
    await _refuse_members(tx, business_id, address)
    mark = links.address_mark(tx.keyring, address)
    if len(await queries.list_open(tx, business_id)) >= MOST_OPEN:
        raise InvitedRecently(f"{MOST_OPEN} invitations wait for an answer. Revoke one first.", retry_after=3600)
    await _refuse_too_many(tx, business_id, mark, now)
    link, invitation_id = links.new_link(), new_id()
    made = await store.insert_invitation(
        tx,
        invitation_id,
        business_id,
        role=role,
        invited_by=by,
        address=address,
        mark=mark,
        link_hash=links.link_hash(tx.keyring, link),
        expires_at=now + LASTS,
        now=now,
    )
    if made is None:
        raise AlreadyInvited("This address is invited already. Send the invitation again, or revoke it first.")
    said = {"invitation_id": str(made.id), "role": str(role)}
    await audit.note(tx, actor=by, action="member.invited", subject=business_id, data=said, now=now)
    await _send(tx, business, made, mark, link, now)
    return made


async def send_again(tx: WriteTx, *, business_id: UUID, by: UUID, invitation_id: UUID, now: datetime) -> Invitation:
    """Another letter with another link, good for 7 days; the link before is worthless. Raises as `invite_member`."""
    business, own = await locking.my_team(tx, by, business_id)
    seen = await _open(tx, business_id, invitation_id)
    if not may_choose(own, seen.role):
        raise not_your_part(f"choosing a {seen.role}")
    mark = links.address_mark(tx.keyring, seen.address)
    await _refuse_too_many(tx, business_id, mark, now)
    link = links.new_link()
    renewed = await store.renew_link(
        tx,
        business_id,
        invitation_id,
        link_hash=links.link_hash(tx.keyring, link),
        expires_at=now + LASTS,
        now=now,
    )
    if renewed is None:
        raise InvitationNotFound()
    said = {"invitation_id": str(invitation_id)}
    await audit.note(tx, actor=by, action="member.invited_again", subject=business_id, data=said, now=now)
    await _send(tx, business, renewed, mark, link, now)
    return renewed


async def revoke_invitation(tx: WriteTx, *, business_id: UUID, by: UUID, invitation_id: UUID, now: datetime) -> None:
    """Its link opens nothing any more; raises `InvitationNotFound` when it was answered or revoked before."""
    _, own = await locking.my_team(tx, by, business_id)
    seen = await _open(tx, business_id, invitation_id)
    if not may_choose(own, seen.role):
        raise not_your_part(f"choosing a {seen.role}")
    if await store.close_invitation(tx, invitation_id, InvitationStatus.REVOKED, now) is None:
        raise InvitationNotFound()
    said = {"invitation_id": str(invitation_id)}
    await audit.note(tx, actor=by, action="member.invitation_revoked", subject=business_id, data=said, now=now)
    data = events.member_data(business_id, invitation_id=invitation_id, how="revoked", invited_by=seen.invited_by)
    await publish(tx, events.INVITATION_CLOSED, business_id, data, now=now)


async def _open(tx: WriteTx, business_id: UUID, invitation_id: UUID) -> Invitation:
    seen = await queries.find_invitation(tx, invitation_id)
    if seen is None or seen.business_id != business_id or seen.status is not InvitationStatus.OPEN:
        raise InvitationNotFound()
    return seen


def _checked(email: str) -> str:
    try:
        return identity.email_address(email)
    except ValueError as fault:
        raise DraftInvalid(fields={"email": str(fault)}) from fault


async def _refuse_members(tx: WriteTx, business_id: UUID, address: str) -> None:
    """Only of those who work here, whose addresses are seen here anyway, is anything said."""
    ids = [each.user_id for each in await queries.list_memberships(tx, business_id)]
    for user in (await identity.users_by_id(tx, ids)).values():
        if user.email.lower() == address.lower():
            raise AlreadyMember(f"{user.name} works here already.")


async def _refuse_too_many(tx: WriteTx, business_id: UUID, mark: bytes, now: datetime) -> None:
    since = now - LONGEST_LIMIT
    await store.lock_mailbox(tx, mark)
    if wait := seconds_to_wait(await store.letters_of_business(tx, business_id, since), now, BY_BUSINESS):
        said = f"You have sent many invitations. Send more in {said_wait(wait)}."
        raise InvitedRecently(said, retry_after=wait)
    if wait := seconds_to_wait(await store.letters_to(tx, mark, since), now, TO_ADDRESS):
        said = f"This address has had enough invitations for now. Try again in {said_wait(wait)}."
        raise InvitedRecently(said, retry_after=wait)


async def _send(tx: WriteTx, business: Business, invitation: Invitation, mark: bytes, link: str, now: datetime) -> None:
    """Have it delivered: nobody can read link or address in the event, the job or the stored message."""
    await store.note_letter(tx, invitation, mark, now)
    sealed = tx.keyring.seal_text(
        orjson.dumps({"address": invitation.address, "link": link}).decode(), events.INVITATION_SEAL
    )
    data = events.member_data(
        business.id, invitation_id=invitation.id, sealed=sealed, good_until=invitation.expires_at.isoformat()
    )
    await publish(tx, events.MEMBER_INVITED, business.id, data, now=now)
