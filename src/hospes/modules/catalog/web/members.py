"""The pages of a business's team: who works there, who is invited, and what becomes of both."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.catalog import facade
from hospes.modules.catalog.contracts import MemberRole
from hospes.modules.catalog.errors import DraftInvalid, MemberNotFound
from hospes.modules.catalog.policies.permissions import Permission, words_of
from hospes.modules.catalog.queries import members as queries
from hospes.modules.catalog.team import Colleague, Team, look_at_team
from hospes.modules.catalog.use_cases.change_member import change_member_role, remove_member
from hospes.modules.catalog.use_cases.hand_over import hand_over
from hospes.modules.catalog.use_cases.invite_member import invite_member, revoke_invitation, send_again
from hospes.modules.catalog.web.forms import Typed, read_typed
from hospes.modules.identity import facade as identity
from hospes.platform.caller import require_caller
from hospes.platform.db import ReadTx
from hospes.platform.errors import HospesError
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter()
WORDS = {MemberRole.OWNER: "Owner", MemberRole.MANAGER: "Manager", MemberRole.STAFF: "Staff"}


@router.get("/host/members")
async def own_team(request: Request) -> Response:
    """That of the caller's business."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        found = await facade.business_of(tx, caller.user_id)
    return RedirectResponse(f"/host/{found.id}/members" if found else "/host", 303)


@router.get("/host/{business_id:uuid}/members")
async def team_page(request: Request, business_id: UUID) -> Response:
    """Who works here, what each part includes, and who is invited."""
    return await _show(request, business_id)


@router.post("/host/{business_id:uuid}/invitations")
async def invite(request: Request, business_id: UUID) -> Response:
    """Send an invitation, or say beside the fields what is wrong with it."""
    caller, rt = require_caller(request), runtime(request)
    typed = await read_typed(request)
    try:
        async with rt.db.write() as tx:
            made = await invite_member(
                tx,
                business_id=business_id,
                by=caller.user_id,
                email=typed["email"],
                role=_role(typed),
                now=rt.clock.now(),
            )
    except HospesError as refusal:
        if refusal.status in (403, 404):
            raise
        return await _show(request, business_id, typed, refusal)
    return _back(business_id, f"The invitation to {made.address} is on its way. It is good for a week.")


@router.post("/host/{business_id:uuid}/invitations/{invitation_id}/again")
async def again(request: Request, business_id: UUID, invitation_id: UUID) -> Response:
    """Send it once more, with another link."""
    caller, rt = require_caller(request), runtime(request)
    try:
        async with rt.db.write() as tx:
            sent = await send_again(
                tx, business_id=business_id, by=caller.user_id, invitation_id=invitation_id, now=rt.clock.now()
            )
    except HospesError as refusal:
        if refusal.status in (403, 404):
            raise
        return await _show(request, business_id, None, refusal)
    return _back(business_id, f"Sent again to {sent.address}. The link before is worthless.")


@router.post("/host/{business_id:uuid}/invitations/{invitation_id}/revoke")
async def revoke(request: Request, business_id: UUID, invitation_id: UUID) -> Response:
    """Take it back."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await revoke_invitation(
            tx, business_id=business_id, by=caller.user_id, invitation_id=invitation_id, now=rt.clock.now()
        )
    return _back(business_id, "Taken back. Its link opens nothing any more.")


@router.post("/host/{business_id:uuid}/members/{user_id}/role")
async def change_role(request: Request, business_id: UUID, user_id: UUID) -> Response:
    """Another part for a member."""
    caller, rt = require_caller(request), runtime(request)
    typed = await read_typed(request)
    try:
        async with rt.db.write() as tx:
            await change_member_role(
                tx,
                business_id=business_id,
                by=caller.user_id,
                user_id=user_id,
                role=_role(typed),
                now=rt.clock.now(),
            )
    except HospesError as refusal:
        if refusal.status in (403, 404):
            raise
        return await _show(request, business_id, None, refusal)
    return _back(business_id, "Changed. It holds from their next click on.")


@router.get("/host/{business_id:uuid}/members/{user_id}/remove")
async def remove_page(request: Request, business_id: UUID, user_id: UUID) -> Response:
    """What it means to send somebody away, or to leave."""
    return await _ask(request, business_id, user_id, "catalog/member_remove.html")


@router.post("/host/{business_id:uuid}/members/{user_id}/remove")
async def remove(request: Request, business_id: UUID, user_id: UUID) -> Response:
    """They work here no more."""
    caller, rt = require_caller(request), runtime(request)
    try:
        async with rt.db.write() as tx:
            await remove_member(tx, business_id=business_id, by=caller.user_id, user_id=user_id, now=rt.clock.now())
    except HospesError as refusal:
        if refusal.status in (403, 404):
            raise
        return await _show(request, business_id, None, refusal)
    if user_id != caller.user_id:
        return _back(business_id, "Removed. They reach nothing of the business any more.")
    response = RedirectResponse("/host", 303)
    flash(response, "You have left the business.")
    return response


@router.get("/host/{business_id:uuid}/members/{user_id}/owner")
async def hand_over_page(request: Request, business_id: UUID, user_id: UUID) -> Response:
    """What it means to hand the business over."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        await facade.ensure_manages(tx, caller, business_id, Permission.BUSINESS)
    identity.require_fresh(request)
    return await _ask(request, business_id, user_id, "catalog/hand_over.html")


@router.post("/host/{business_id:uuid}/members/{user_id}/owner")
async def hand_over_here(request: Request, business_id: UUID, user_id: UUID) -> Response:
    """The business is theirs."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        await facade.ensure_manages(tx, caller, business_id, Permission.BUSINESS)
    identity.require_fresh(request)
    typed = await read_typed(request)
    if typed["agree"] != "yes":
        missing = DraftInvalid(fields={"agree": "Please say that you have read this."})
        return await _ask(request, business_id, user_id, "catalog/hand_over.html", missing)
    try:
        async with rt.db.write() as tx:
            _, heir = await hand_over(tx, business_id=business_id, by=caller.user_id, to=user_id, now=rt.clock.now())
    except HospesError as refusal:
        if refusal.status in (403, 404):
            raise
        return await _ask(request, business_id, user_id, "catalog/hand_over.html", refusal)
    await identity.refresh_sessions(rt, heir)
    return _back(business_id, f"The business belongs to {heir.name} now. You work here as a manager.")


async def _show(
    request: Request, business_id: UUID, typed: Typed | None = None, refusal: HospesError | None = None
) -> Response:
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        team = await look_at_team(tx, caller, business_id)
        others = [each for each in await queries.list_parts_of(tx, caller.user_id) if each[0] != business_id]
    errors = (refusal.fields or {"form": refusal.detail}) if refusal else {}
    context: dict[str, Any] = {
        "team": team,
        "others": others,
        "words": WORDS,
        "includes": [(each, WORDS[each], words_of(each)) for each in MemberRole],
        "typed": {"email": typed["email"], "role": typed["role"]} if typed else {"email": "", "role": "staff"},
        "errors": {name: errors.get(name, "") for name in ("email", "role", "form")},
        "now": rt.clock.now(),
    }
    response = render(request, "catalog/members.html", context, status=refusal.status if refusal else 200)
    if wait := getattr(refusal, "retry_after", None):
        response.headers["Retry-After"] = str(wait)
    return response


async def _ask(
    request: Request, business_id: UUID, user_id: UUID, page: str, refusal: HospesError | None = None
) -> Response:
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        team, who = await _colleague(tx, caller, business_id, user_id)
    errors = (refusal.fields or {"form": refusal.detail}) if refusal else {}
    context = {
        "team": team,
        "who": who,
        "words": WORDS,
        "identity_first": rt.settings.hosts.identity_required == "payout",
        "errors": {name: errors.get(name, "") for name in ("agree", "form")},
    }
    return render(request, page, context, status=refusal.status if refusal else 200)


async def _colleague(tx: ReadTx, caller: Any, business_id: UUID, user_id: UUID) -> tuple[Team, Colleague]:
    team = await look_at_team(tx, caller, business_id)
    who = next((each for each in team.colleagues if each.user_id == user_id), None)
    if who is None:
        raise MemberNotFound()
    if not who.you:
        await facade.ensure_manages(tx, caller, business_id, Permission.MEMBERS)
    return team, who


def _role(typed: Typed) -> MemberRole:
    """Owner is refused by the use cases in their own words."""
    try:
        return MemberRole(typed["role"])
    except ValueError as fault:
        raise DraftInvalid(fields={"role": "Choose one of these."}) from fault


def _back(business_id: UUID, said: str) -> Response:
    response = RedirectResponse(f"/host/{business_id}/members", 303)
    flash(response, said)
    return response
