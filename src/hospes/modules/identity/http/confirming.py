"""Confirming that it is you, and switching roles."""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.identity import facade, throttle
from hospes.modules.identity import tokens as signing
from hospes.modules.identity.browsers import renew_session
from hospes.modules.identity.following import keys_of
from hospes.modules.identity.schemas.confirming import ConfirmedOut, ConfirmIn, CurrentRoleOut, SwitchRoleIn
from hospes.modules.identity.store import tokens as kept_tokens
from hospes.modules.identity.use_cases.confirm_password import confirm_password
from hospes.modules.identity.use_cases.confirm_second_step import refuse_password_alone
from hospes.platform.addresses import client_address
from hospes.platform.caller import Caller, require_caller, require_role
from hospes.platform.errors import Invalid, Unauthorized
from hospes.platform.runtime import Runtime, runtime

router = APIRouter()


@router.post("/auth/confirm")
async def confirm(request: Request, response: Response, body: ConfirmIn) -> ConfirmedOut:
    """Give the password once more, as `step_up_needed` asks. A browser session gets a new id, a client a token."""
    caller, rt = require_caller(request), runtime(request)
    facade.refuse_while_acting(caller)
    response.headers["Cache-Control"] = "no-store"
    now = rt.clock.now()
    await throttle.count_request(rt.valkey, rt.settings.security.rateLimit, client_address(request), now=now)
    await refuse_password_alone(rt.db, caller)
    await confirm_password(
        rt.db,
        rt.valkey,
        rt.settings.security.lockout,
        user_id=caller.user_id,
        email=caller.email,
        session=caller.session,
        password=body.password,
    )
    return await confirmed(request, response, rt, caller)


@router.post("/auth/switch-role")
async def switch_role(request: Request, response: Response, body: SwitchRoleIn) -> CurrentRoleOut:
    """Look at the product as guest, host or admin. For browser sessions: clients with a token have no current role."""
    caller, rt = require_caller(request), runtime(request)
    if caller.via != "session":
        raise Invalid("Only a browser session has a current role. A token carries all of them.")
    require_role(caller, body.role)
    session = await renew_session(request, response, rt, current_role=body.role)
    return CurrentRoleOut(current_role=body.role, roles=sorted(session.roles), csrf_token=session.csrf_token)


async def confirmed(request: Request, response: Response, rt: Runtime, caller: Caller) -> ConfirmedOut:
    """The caller has proved themselves just now, by password or second factor: their session or token says so."""
    now = rt.clock.now()
    until = now + timedelta(minutes=facade.FRESH_MINUTES)
    if caller.via == "session":
        session = await renew_session(request, response, rt, confirmed_at=now)
        return ConfirmedOut(confirmed_until=until, access_token=None, expires_in=None, csrf_token=session.csrf_token)
    family_id = UUID(caller.session) if caller.session else None
    async with rt.db.write() as tx:
        user = await facade.get_user(tx, caller.user_id)
        if family_id and not await kept_tokens.note_confirmed(tx, family_id, user.id, now):
            raise Unauthorized("This sign-in has ended. Please sign in again.")
    keys = keys_of(rt)
    access = signing.sign_access_token(user, keys, now=now, family_id=family_id, confirmed_at=now)
    return ConfirmedOut(confirmed_until=until, access_token=access, expires_in=keys.lasts, csrf_token=None)
