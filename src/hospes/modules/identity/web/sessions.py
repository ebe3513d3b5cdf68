"""The page of sessions: where a person is signed in, and how to end it."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from redis.exceptions import RedisError

from hospes.modules.identity import facade
from hospes.modules.identity.errors import SessionNotFound, SigningInUnavailable
from hospes.modules.identity.policies.next_page import HOME
from hospes.modules.identity.use_cases.close_sign_in import close_sign_in
from hospes.modules.identity.use_cases.list_sign_ins import list_sign_ins
from hospes.modules.identity.web.parts import onwards
from hospes.platform import audit
from hospes.platform.caller import Caller, require_caller
from hospes.platform.pages import flash, render
from hospes.platform.runtime import Runtime, runtime

router = APIRouter(prefix="/account/sessions")
PAGE = "/account/sessions"


@router.get("")
async def sessions_page(request: Request, end: Annotated[str, Query(max_length=60)] = "") -> Response:
    """Browsers and clients with device and place; `end` asks whether to end that one, `others` or `all`."""
    caller, rt = require_caller(request), runtime(request)
    try:
        found = await list_sign_ins(
            rt.db,
            rt.valkey,
            rt.settings.auth,
            user_id=caller.user_id,
            current=caller.session,
            now=rt.clock.now(),
            locator=rt.ports.locator,
        )
    except RedisError as fault:
        raise SigningInUnavailable("Your sessions cannot be read at the moment. Please try again soon.") from fault
    asked = next((each for each in found if each.id == end), None)
    context = {"found": found, "asked": asked, "end": end, "now": rt.clock.now()}
    return render(request, "identity/sessions.html", context)


@router.post("/end")
async def end_sessions(request: Request, which: Annotated[str, Form(max_length=60)] = "") -> Response:
    """End one, `others`, or `all`."""
    caller, rt = require_caller(request), runtime(request)
    facade.refuse_while_acting(caller)
    if which in ("others", "all"):
        return await _end_many(rt, caller, which)
    try:
        await close_sign_in(
            rt.db, rt.valkey, user_id=caller.user_id, public_id=which, actor=caller.user_id, now=rt.clock.now()
        )
        said = "Signed out there."
    except SessionNotFound:
        said = "That one had ended already."
    if which == caller.session:
        return _gone()
    response = onwards(PAGE)
    flash(response, said)
    return response


async def _end_many(rt: Runtime, caller: Caller, which: str) -> Response:
    kept = caller.session if which == "others" else ""
    await facade.close_sessions(rt, caller.user_id, except_id=kept)
    async with rt.db.write() as tx:
        await audit.note(tx, actor=caller.user_id, action="sessions.closed", subject=caller.user_id, now=rt.clock.now())
    if not kept:
        return _gone()
    response = onwards(PAGE)
    flash(response, "You are signed out everywhere else.")
    return response


def _gone() -> Response:
    response = onwards(HOME)
    response.delete_cookie(facade.SESSION_COOKIE)
    flash(response, "You are signed out.")
    return response
