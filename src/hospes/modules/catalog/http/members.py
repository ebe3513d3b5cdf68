"""Who works for a business, and who is invited."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.catalog import facade
from hospes.modules.catalog.contracts import MemberRole
from hospes.modules.catalog.policies.permissions import Permission, words_of
from hospes.modules.catalog.queries import members as queries
from hospes.modules.catalog.schemas import members as s
from hospes.modules.catalog.team import look_at_team
from hospes.modules.catalog.use_cases.answer_invitation import (
    accept_invitation,
    decline_invitation,
    open_invitation,
)
from hospes.modules.catalog.use_cases.change_member import change_member_role, remove_member
from hospes.modules.catalog.use_cases.hand_over import hand_over
from hospes.modules.catalog.use_cases.invite_member import invite_member, revoke_invitation, send_again
from hospes.modules.identity import facade as identity
from hospes.platform.caller import require_caller
from hospes.platform.runtime import runtime

router = APIRouter()
_TEAM = "/businesses/{business_id}"


@router.get(f"{_TEAM}/members", name="list_members")
async def list_members(request: Request, business_id: UUID) -> s.MembersOut:
    """Who works for the business, and what their part includes."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        team = await look_at_team(tx, caller, business_id)
    items = [
        s.MemberOut(
            user_id=each.user_id,
            name=each.name,
            email=each.email or None,
            role=each.role,
            may=words_of(each.role),
            joined_at=each.joined_at,
            you=each.you,
        )
        for each in team.colleagues
    ]
    return s.MembersOut(items=items)


@router.patch(f"{_TEAM}/members/{{user_id}}", name="change_member", status_code=204)
async def change(request: Request, business_id: UUID, user_id: UUID, body: s.MemberPatch) -> None:
    """Give a member another part; it holds from their next request on."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await change_member_role(
            tx,
            business_id=business_id,
            by=caller.user_id,
            user_id=user_id,
            role=MemberRole(body.role),
            now=rt.clock.now(),
        )


@router.delete(f"{_TEAM}/members/{{user_id}}", name="remove_member", status_code=204)
async def remove(request: Request, business_id: UUID, user_id: UUID) -> None:
    """Send a member away; with your own id, leave. From then on the business is not there for them."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await remove_member(tx, business_id=business_id, by=caller.user_id, user_id=user_id, now=rt.clock.now())


@router.get(f"{_TEAM}/invitations", name="list_invitations")
async def list_invitations(request: Request, business_id: UUID) -> s.InvitationsOut:
    """Invitations that nobody has answered yet."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        await facade.ensure_manages(tx, caller, business_id, Permission.MEMBERS)
        found = await queries.list_open(tx, business_id)
    now = rt.clock.now()
    return s.InvitationsOut(items=[s.InvitationOut.of(each, now) for each in found])


@router.post(f"{_TEAM}/invitations", name="invite_member", status_code=201)
async def invite(request: Request, business_id: UUID, body: s.InvitationIn) -> s.InvitationOut:
    """A letter with a link leaves; the link is good once, for 7 days. A second open one to an address is refused."""
    caller, rt = require_caller(request), runtime(request)
    now = rt.clock.now()
    async with rt.db.write() as tx:
        made = await invite_member(
            tx,
            business_id=business_id,
            by=caller.user_id,
            email=body.email,
            role=MemberRole(body.role),
            now=now,
        )
    return s.InvitationOut.of(made, now)


@router.post(f"{_TEAM}/invitations/{{invitation_id}}/send", name="send_invitation_again")
async def send(request: Request, business_id: UUID, invitation_id: UUID) -> s.InvitationOut:
    """Another letter with another link; the link before is worthless."""
    caller, rt = require_caller(request), runtime(request)
    now = rt.clock.now()
    async with rt.db.write() as tx:
        sent = await send_again(tx, business_id=business_id, by=caller.user_id, invitation_id=invitation_id, now=now)
    return s.InvitationOut.of(sent, now)


@router.delete(f"{_TEAM}/invitations/{{invitation_id}}", name="revoke_invitation", status_code=204)
async def revoke(request: Request, business_id: UUID, invitation_id: UUID) -> None:
    """Its link opens nothing any more."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await revoke_invitation(
            tx, business_id=business_id, by=caller.user_id, invitation_id=invitation_id, now=rt.clock.now()
        )


@router.put(f"{_TEAM}/owner", name="hand_over_business")
async def put_owner(request: Request, business_id: UUID, body: s.OwnerIn) -> s.HandedOverOut:
    """Hand the business over to a member, after giving the password once more. Its payout account is closed, and
    payouts wait until the new owner has opened theirs and, where it is asked for, shown who they are."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        await facade.ensure_manages(tx, caller, business_id, Permission.BUSINESS)
    identity.require_fresh(request)
    async with rt.db.write() as tx:
        _, heir = await hand_over(tx, business_id=business_id, by=caller.user_id, to=body.user_id, now=rt.clock.now())
    await identity.refresh_sessions(rt, heir)
    return s.HandedOverOut(business_id=business_id, owner_id=heir.id)


@router.get("/invitations/{token}", name="get_invitation")
async def opened(request: Request, response: Response, token: str) -> s.OpenedOut:
    """What the invitation of a link asks, for whoever holds it."""
    rt = runtime(request)
    async with rt.db.read() as tx:
        found = await open_invitation(tx, link=token, now=rt.clock.now())
    response.headers["Cache-Control"] = "no-store"
    role = found.invitation.role
    return s.OpenedOut(
        business=found.business.name,
        role=role,
        may=words_of(role),
        invited_by=found.inviter,
        expires_at=found.invitation.expires_at,
    )


@router.post("/invitations/{token}/accept", name="accept_invitation")
async def accept(request: Request, token: str) -> s.AnsweredOut:
    """Work there from now on: for the account whose verified address was invited. Refresh your token to be a host."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        found, user = await accept_invitation(tx, link=token, user_id=caller.user_id, now=rt.clock.now())
    await identity.refresh_sessions(rt, user)
    return s.AnsweredOut(business_id=found.business.id, role=found.invitation.role, answer="accepted")


@router.post("/invitations/{token}/decline", name="decline_invitation")
async def decline(request: Request, token: str) -> s.AnsweredOut:
    """The invitation is over."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        found = await decline_invitation(tx, link=token, user_id=caller.user_id, now=rt.clock.now())
    return s.AnsweredOut(business_id=found.business.id, role=found.invitation.role, answer="declined")
