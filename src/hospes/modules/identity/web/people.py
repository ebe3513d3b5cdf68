"""Admins look after people: find them, suspend them, give and take roles, and act in an account to help."""

from collections import defaultdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from redis.exceptions import RedisError

from hospes.modules.identity import changing_over, facade, sessions
from hospes.modules.identity.contracts import Role, User
from hospes.modules.identity.policies.devices import device_name, network_of
from hospes.modules.identity.policies.next_page import HOME
from hospes.modules.identity.queries import accounts, sign_ins
from hospes.modules.identity.queries import standing as standings
from hospes.modules.identity.use_cases.grant_role import grant_role
from hospes.modules.identity.use_cases.revoke_role import revoke_role
from hospes.modules.identity.use_cases.suspend_account import reactivate_account, suspend_account
from hospes.modules.identity.web.parts import onwards
from hospes.platform import audit
from hospes.platform.caller import Caller, require_caller
from hospes.platform.errors import HospesError, NotFound
from hospes.platform.pages import flash, render
from hospes.platform.runtime import Runtime, runtime

router = APIRouter()
_SHOWN = 25
Reason = Annotated[str, Form(max_length=2000)]


@router.get("/admin/people")
async def people_page(
    request: Request, q: Annotated[str, Query(max_length=320)] = "", before: Annotated[UUID | None, Query()] = None
) -> Response:
    """Accounts, the newest first, or the one with this email address or id."""
    _, rt = _admin(request)
    async with rt.db.read() as tx:
        if q.strip():
            found, more = await _search(tx, q.strip()), None
        else:
            ids = await standings.newest_accounts(tx, before=before, limit=_SHOWN + 1)
            known = await facade.users_by_id(tx, ids[:_SHOWN])
            found = [known[each] for each in ids[:_SHOWN]]
            more = ids[_SHOWN - 1] if len(ids) > _SHOWN else None
    return render(request, "identity/people.html", {"found": found, "q": q, "more": more, "before": before})


@router.get("/admin/people/{user_id:uuid}")
async def person_page(request: Request, user_id: UUID) -> Response:
    """One person: how their account stands, where they are signed in, and what was done to it."""
    caller, rt = _admin(request)
    return await _person(request, rt, caller, user_id)


@router.post("/admin/people/{user_id:uuid}/suspend")
async def suspend_here(request: Request, user_id: UUID, reason: Reason = "") -> Response:
    """Keep them out, at once."""
    caller, rt = _fresh_admin(request)
    try:
        async with rt.db.write() as tx:
            await suspend_account(tx, user_id=user_id, reason=reason, actor=caller.user_id, now=rt.clock.now())
    except HospesError as refusal:
        return await _person(request, rt, caller, user_id, refusal, {"reason": reason})
    await facade.close_sessions(rt, user_id)
    return _done(user_id, "Suspended. They are signed out everywhere.")


@router.post("/admin/people/{user_id:uuid}/reactivate")
async def reactivate_here(request: Request, user_id: UUID) -> Response:
    """Let them in again."""
    caller, rt = _fresh_admin(request)
    try:
        async with rt.db.write() as tx:
            await reactivate_account(tx, user_id=user_id, actor=caller.user_id, now=rt.clock.now())
    except HospesError as refusal:
        return await _person(request, rt, caller, user_id, refusal)
    return _done(user_id, "Active again. They can sign in.")


@router.post("/admin/people/{user_id:uuid}/roles/{role}/{change}")
async def change_role_here(request: Request, user_id: UUID, role: Role, change: str) -> Response:
    """`grant` or `revoke` a role; who loses one is signed out everywhere."""
    caller, rt = _fresh_admin(request)
    now = rt.clock.now()
    try:
        if change == "grant":
            async with rt.db.write() as tx:
                user = await grant_role(tx, user_id=user_id, role=role, now=now)
                data = {"role": str(role)}
                await audit.note(tx, actor=caller.user_id, action="role.granted", subject=user_id, data=data, now=now)
            await facade.refresh_sessions(rt, user)
        elif change == "revoke":
            async with rt.db.write() as tx:
                await revoke_role(tx, user_id=user_id, role=role, actor=caller.user_id, now=now)
            await facade.close_sessions(rt, user_id)
        else:
            raise NotFound("There is nothing at this address.")
    except HospesError as refusal:
        return await _person(request, rt, caller, user_id, refusal)
    return _done(user_id, "Given." if change == "grant" else "Taken away. They are signed out everywhere.")


@router.post("/admin/people/{user_id:uuid}/act")
async def act_here(request: Request, user_id: UUID, act_reason: Reason = "") -> Response:
    """Go into this account for half an hour; the admin's own session ends, and comes back with "stop"."""
    caller, rt = _fresh_admin(request)
    response = onwards("/account")
    try:
        await changing_over.go_in(request, response, rt, caller, user_id=user_id, reason=act_reason)
    except HospesError as refusal:
        return await _person(request, rt, caller, user_id, refusal, {"act_reason": act_reason})
    return response


@router.post("/account/acting/stop")
async def stop_acting(request: Request) -> Response:
    """Back into the admin's own account; who is an admin no more is signed out."""
    caller, rt = require_caller(request), runtime(request)
    if caller.admin_id is None:
        return onwards(HOME)
    response = onwards(f"/admin/people/{caller.user_id}")
    if await changing_over.come_back(request, response, rt, caller) is None:
        return onwards("/login")
    flash(response, "You are back in your own account.")
    return response


async def _person(
    request: Request,
    rt: Runtime,
    caller: Caller,
    user_id: UUID,
    refusal: HospesError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    now = rt.clock.now()
    async with rt.db.read() as tx:
        user = await facade.get_user(tx, user_id)
        context = {
            "user": user,
            "standing": await standings.find_standing(tx, user_id),
            "families": await sign_ins.list_families(tx, user_id, now=now),
            "trail": await audit.list_entries(tx, subject=user_id, limit=30),
        }
        actors = {entry.actor_id for entry in context["trail"] if entry.actor_id}  # type: ignore[attr-defined]
        context["names"] = {each.id: each.name for each in (await facade.users_by_id(tx, list(actors))).values()}
    try:
        context["sessions"] = await sessions.list_sessions(rt.valkey, user_id, now=now)
    except RedisError:
        context["sessions"] = None
    errors = (refusal.fields or {"form": refusal.detail}) if refusal else {}
    more = {"device": device_name, "network": network_of, "roles": list(Role), "own": caller.user_id == user_id}
    status = refusal.status if refusal else 200
    page = {**context, **more, "errors": defaultdict(str, errors), "typed": typed or {}}
    return render(request, "identity/person.html", page, status=status)


async def _search(tx: Any, text: str) -> list[User]:
    try:
        return list((await facade.users_by_id(tx, [UUID(text)])).values())
    except ValueError:
        found = await accounts.find_by_email(tx, text.lower())
        return [found] if found else []


def _admin(request: Request) -> tuple[Caller, Runtime]:
    caller = require_caller(request)
    facade.require_deed(caller, facade.Deed.LOOK_AFTER_PEOPLE)
    return caller, runtime(request)


def _fresh_admin(request: Request) -> tuple[Caller, Runtime]:
    caller, rt = _admin(request)
    facade.require_fresh(request)
    return caller, rt


def _done(user_id: UUID, said: str) -> Response:
    response = onwards(f"/admin/people/{user_id}")
    flash(response, said)
    return response
