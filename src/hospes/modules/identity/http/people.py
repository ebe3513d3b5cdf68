"""Admins look after people, and read what was done."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from hospes.modules.identity import changing_over, facade
from hospes.modules.identity.contracts import Role, User
from hospes.modules.identity.queries import accounts
from hospes.modules.identity.queries import standing as standings
from hospes.modules.identity.schemas import people as s
from hospes.modules.identity.use_cases.grant_role import grant_role
from hospes.modules.identity.use_cases.revoke_role import revoke_role
from hospes.modules.identity.use_cases.suspend_account import reactivate_account, suspend_account
from hospes.platform import audit
from hospes.platform.caller import Caller, require_caller
from hospes.platform.db import ReadTx
from hospes.platform.errors import Invalid, Unauthorized
from hospes.platform.runtime import Runtime, runtime

router = APIRouter(prefix="/admin")
_PEOPLE = facade.Deed.LOOK_AFTER_PEOPLE
Limit = Annotated[int, Query(ge=1, le=100)]
Who = Annotated[str, Query(max_length=320, description="An email address or an id.")]


@router.get("/people", name="list_people")
async def list_people(request: Request, q: Who = "", before: UUID | None = None, limit: Limit = 25) -> s.PeopleOut:
    """Accounts, the newest first, or the one with this email address or id."""
    _, rt = _admin(request)
    async with rt.db.read() as tx:
        if q.strip():
            found = await _person(tx, q.strip())
            users = [found] if found else []
            return s.PeopleOut(items=[s.PersonOut.of(each) for each in users], next_before=None)
        ids = await standings.newest_accounts(tx, before=before, limit=limit + 1)
        known = await facade.users_by_id(tx, ids[:limit])
    items = [s.PersonOut.of(known[each]) for each in ids[:limit] if each in known]
    return s.PeopleOut(items=items, next_before=ids[limit - 1] if len(ids) > limit else None)


@router.get("/people/{user_id}", name="get_person")
async def get_person(request: Request, user_id: UUID) -> s.PersonOut:
    """One account."""
    _, rt = _admin(request)
    async with rt.db.read() as tx:
        return s.PersonOut.of(await facade.get_user(tx, user_id))


@router.post("/people/{user_id}/suspend", name="suspend_person")
async def suspend(request: Request, user_id: UUID, body: s.ReasonIn) -> s.PersonOut:
    """Keep them out, at once; they are signed out everywhere."""
    caller, rt = _fresh_admin(request)
    async with rt.db.write() as tx:
        await suspend_account(tx, user_id=user_id, reason=body.reason, actor=caller.user_id, now=rt.clock.now())
        after = await facade.get_user(tx, user_id)
    await facade.close_sessions(rt, user_id)
    return s.PersonOut.of(after)


@router.post("/people/{user_id}/reactivate", name="reactivate_person")
async def reactivate(request: Request, user_id: UUID) -> s.PersonOut:
    """Let them in again."""
    caller, rt = _fresh_admin(request)
    async with rt.db.write() as tx:
        await reactivate_account(tx, user_id=user_id, actor=caller.user_id, now=rt.clock.now())
        return s.PersonOut.of(await facade.get_user(tx, user_id))


@router.post("/people/{user_id}/roles/{role}/{change}", name="change_role")
async def change_role(request: Request, user_id: UUID, role: Role, change: s.RoleChange) -> s.PersonOut:
    """Give or take a role; who loses one is signed out everywhere."""
    caller, rt = _fresh_admin(request)
    now = rt.clock.now()
    async with rt.db.write() as tx:
        if change is s.RoleChange.GRANT:
            await grant_role(tx, user_id=user_id, role=role, now=now)
            data = {"role": str(role)}
            await audit.note(tx, actor=caller.user_id, action="role.granted", subject=user_id, data=data, now=now)
        else:
            await revoke_role(tx, user_id=user_id, role=role, actor=caller.user_id, now=now)
        after = await facade.get_user(tx, user_id)
    if change is s.RoleChange.GRANT:
        await facade.refresh_sessions(rt, after)
    else:
        await facade.close_sessions(rt, user_id)
    return s.PersonOut.of(after)


@router.post("/people/{user_id}/act", name="act_as")
async def act(request: Request, response: Response, user_id: UUID, body: s.ReasonIn) -> s.ActingOut:
    """Go into this account for half an hour, with a browser session: its cookie is another one from then on."""
    caller, rt = _fresh_admin(request)
    if caller.via != "session":
        raise Invalid("Only a browser session can go into an account: a token says for good whose it is.")
    user, session, until = await changing_over.go_in(request, response, rt, caller, user_id=user_id, reason=body.reason)
    response.headers["Cache-Control"] = "no-store"
    return s.ActingOut(user_id=user.id, acting=True, until=until, csrf_token=session.csrf_token)


@router.get("/audit", name="list_audit")
async def list_audit(
    request: Request,
    who: Who = "",
    action: Annotated[str, Query(max_length=80, description="`role.granted`; `role.` for all of a noun.")] = "",
    since: Annotated[date | None, Query(description="The first day, in UTC.")] = None,
    until: Annotated[date | None, Query(description="The last day, in UTC.")] = None,
    before: UUID | None = None,
    limit: Limit = 50,
) -> s.AuditOut:
    """Who did what to whom, the latest first."""
    facade.require_deed(require_caller(request), facade.Deed.READ_AUDIT)
    async with runtime(request).db.read() as tx:
        person = await _person(tx, who.strip()) if who.strip() else None
        if who.strip() and person is None:
            return s.AuditOut(items=[], next_before=None)
        found = await audit.list_entries(
            tx,
            person=person.id if person else None,
            action=action.strip(),
            since=_start(since),
            until=_start(until, days=1),
            before=before,
            limit=limit + 1,
        )
    items = [s.EntryOut.of(each) for each in found[:limit]]
    return s.AuditOut(items=items, next_before=found[limit - 1].id if len(found) > limit else None)


stopping = APIRouter()


@stopping.post("/auth/acting/stop", name="stop_acting")
async def stop(request: Request, response: Response) -> s.ActingOut:
    """Back into the admin's own account. Who is an admin no more is signed out, and gets 401."""
    caller, rt = require_caller(request), runtime(request)
    if caller.admin_id is None:
        raise Invalid("You are in your own account.")
    back = await changing_over.come_back(request, response, rt, caller)
    if back is None:
        raise Unauthorized("Please sign in again.")
    response.headers["Cache-Control"] = "no-store"
    admin, session = back
    return s.ActingOut(user_id=admin.id, acting=False, until=None, csrf_token=session.csrf_token)


async def _person(tx: ReadTx, text: str) -> User | None:
    try:
        return (await facade.users_by_id(tx, [UUID(text)])).get(UUID(text))
    except ValueError:
        return await accounts.find_by_email(tx, text.lower())


def _start(day: date | None, *, days: int = 0) -> datetime | None:
    if day is None:
        return None
    try:
        return datetime.combine(day, time.min, UTC) + timedelta(days=days)
    except OverflowError as fault:
        raise Invalid("There is no day after this one.", fields={"until": "There is no day after this one."}) from fault


def _admin(request: Request) -> tuple[Caller, Runtime]:
    caller = require_caller(request)
    facade.require_deed(caller, _PEOPLE)
    return caller, runtime(request)


def _fresh_admin(request: Request) -> tuple[Caller, Runtime]:
    caller, rt = _admin(request)
    facade.require_fresh(request)
    return caller, rt
