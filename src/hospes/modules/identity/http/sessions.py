"""Where a person is signed in: to see, and to end."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from hospes.modules.identity import facade
from hospes.modules.identity.schemas.sessions import SessionOut, SessionsOut
from hospes.modules.identity.use_cases.close_sign_in import close_sign_in
from hospes.modules.identity.use_cases.list_sign_ins import list_sign_ins
from hospes.platform import audit
from hospes.platform.caller import require_caller
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/users/me/sessions")


@router.get("")
async def my_sessions(request: Request, response: Response) -> SessionsOut:
    """Browsers and API clients that are signed in, with device and network, the present one first."""
    caller, rt = require_caller(request), runtime(request)
    response.headers["Cache-Control"] = "no-store"
    found = await list_sign_ins(
        rt.db,
        rt.valkey,
        rt.settings.auth,
        user_id=caller.user_id,
        current=caller.session,
        now=rt.clock.now(),
        locator=rt.ports.locator,
    )
    return SessionsOut(items=[SessionOut.of(each) for each in found])


@router.delete("", status_code=204)
async def close_my_sessions(request: Request, keep_current: Annotated[bool, Query()] = True) -> Response:
    """Sign out everywhere; without `keep_current=false` the one that asks stays."""
    caller, rt = require_caller(request), runtime(request)
    facade.refuse_while_acting(caller)
    await facade.close_sessions(rt, caller.user_id, except_id=caller.session if keep_current else "")
    async with rt.db.write() as tx:
        await audit.note(tx, actor=caller.user_id, action="sessions.closed", subject=caller.user_id, now=rt.clock.now())
    return Response(status_code=204)


@router.delete("/{session_id}", status_code=204)
async def close_my_session(request: Request, session_id: str) -> Response:
    """Sign out one browser or client. An access token that is out runs on for at most 15 minutes."""
    caller, rt = require_caller(request), runtime(request)
    facade.refuse_while_acting(caller)
    await close_sign_in(
        rt.db, rt.valkey, user_id=caller.user_id, public_id=session_id, actor=caller.user_id, now=rt.clock.now()
    )
    return Response(status_code=204)
