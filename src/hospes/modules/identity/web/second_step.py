"""The page of the second step, and signing in with a passkey alone.

What an island sends and gets is JSON; everything but passkeys works without one.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from hospes.modules.identity.contracts import User
from hospes.modules.identity.errors import SecondStepExpired
from hospes.modules.identity.passkeys import site_of
from hospes.modules.identity.policies.next_page import local_path
from hospes.modules.identity.policies.second_steps import Factors, Way
from hospes.modules.identity.schemas.security import LostForm, PasskeyLoginIn, SecondStepForm
from hospes.modules.identity.use_cases.log_in_with_passkey import ask_any_passkey, log_in_with_passkey
from hospes.modules.identity.use_cases.reset_factors import ask_for_reset
from hospes.modules.identity.use_cases.take_second_step import (
    ask_passkey,
    send_step_code,
    take_second_step,
    take_step_with_passkey,
    waiting_step,
)
from hospes.modules.identity.web.entering import BY_WEB, PENDING_COOKIE, SECOND_STEP
from hospes.modules.identity.web.opening import signed_in
from hospes.modules.identity.web.parts import count_attempt, onwards, with_wait
from hospes.platform.errors import HospesError, Invalid
from hospes.platform.forms import read_form
from hospes.platform.pages import flash, render
from hospes.platform.runtime import Runtime, runtime

router = APIRouter()


@router.get("/login/second")
async def second_step_page(request: Request, way: Annotated[Way | None, Query()] = None) -> Response:
    """Choose a way and take it; back to the beginning when the sign-in has run out."""
    rt = runtime(request)
    try:
        _, user, has = await waiting_step(rt.db, rt.valkey, token=_token(request), by=BY_WEB)
    except SecondStepExpired as over:
        return _start_again(over)
    return _page(request, user, has, way)


@router.post("/login/second")
async def take_second_step_here(request: Request) -> Response:
    """Open the session; otherwise the page again with what is wrong."""
    rt = runtime(request)
    form = await read_form(request, SecondStepForm)
    try:
        await count_attempt(request, rt)
        _, user, has = await waiting_step(rt.db, rt.valkey, token=_token(request), by=BY_WEB)
        if form.value is None:
            return _page(request, user, has, None, Invalid("Choose a way and type its code."))
        try:
            user, waited = await take_second_step(
                rt.db,
                rt.valkey,
                token=_token(request),
                by=BY_WEB,
                way=form.value.way,
                code=form.value.code,
                now=rt.clock.now(),
            )
        except SecondStepExpired:
            raise
        except HospesError as refusal:
            return _page(request, user, has, form.value.way, refusal, trust=bool(form.value.trust))
    except SecondStepExpired as over:
        return _start_again(over)
    return await signed_in(request, rt, user, waited.next_page, trust=bool(form.value.trust))


@router.post("/login/second/sms")
async def send_code_here(request: Request) -> Response:
    """A code goes to the verified number; then the page that asks for it."""
    rt = runtime(request)
    try:
        await count_attempt(request, rt)
        _, user, has = await waiting_step(rt.db, rt.valkey, token=_token(request), by=BY_WEB)
        try:
            await send_step_code(rt.db, rt.valkey, token=_token(request), by=BY_WEB, now=rt.clock.now())
        except SecondStepExpired:
            raise
        except HospesError as refusal:
            return _page(request, user, has, Way.SMS, refusal)
    except SecondStepExpired as over:
        return _start_again(over)
    response = onwards(f"{SECOND_STEP}?way=sms")
    flash(response, "We have sent you a code. It is good for ten minutes.")
    return response


@router.post("/login/second/passkey/options")
async def ask_passkey_here(request: Request) -> Response:
    """For the island: what the passkey must answer."""
    rt = await _counted(request)
    ceremony, options = await ask_passkey(rt.db, rt.valkey, site_of(rt.settings), token=_token(request), by=BY_WEB)
    return _json({"ceremony": ceremony, "options": options})


@router.post("/login/second/passkey")
async def take_step_with_passkey_here(request: Request, body: PasskeyLoginIn, trust: bool = False) -> Response:
    """For the island: the answer opens the session."""
    rt = await _counted(request)
    user, waited = await take_step_with_passkey(
        rt.db,
        rt.valkey,
        site_of(rt.settings),
        token=_token(request),
        by=BY_WEB,
        ceremony_id=body.ceremony,
        credential=body.credential,
        now=rt.clock.now(),
    )
    return await _signed_in_by_island(request, rt, user, waited.next_page, trust=trust)


@router.post("/login/passkey/options")
async def ask_any_passkey_here(request: Request) -> Response:
    """For the island: what any passkey must answer, for this visitor only."""
    rt = await _counted(request)
    ceremony, options = await ask_any_passkey(rt.valkey, site_of(rt.settings), bound_to=_visitor(request))
    return _json({"ceremony": ceremony, "options": options})


@router.post("/login/passkey")
async def log_in_with_passkey_here(
    request: Request, body: PasskeyLoginIn, next: Annotated[str, Query(max_length=2000)] = ""
) -> Response:
    """For the island: a passkey alone opens the session."""
    rt = await _counted(request)
    user = await log_in_with_passkey(
        rt.db,
        rt.valkey,
        site_of(rt.settings),
        ceremony_id=body.ceremony,
        bound_to=_visitor(request),
        credential=body.credential,
        now=rt.clock.now(),
    )
    return await _signed_in_by_island(request, rt, user, local_path(next))


@router.get("/login/second/lost")
async def lost_page(request: Request) -> Response:
    """For who has lost every second step: what to do, and a way to ask for help."""
    rt = runtime(request)
    try:
        _, user, has = await waiting_step(rt.db, rt.valkey, token=_token(request), by=BY_WEB)
    except SecondStepExpired as over:
        return _start_again(over)
    return render(request, "identity/second_lost.html", {"user": user, "has": has, "error": ""})


@router.post("/login/second/lost")
async def ask_for_reset_here(request: Request) -> Response:
    """Have an admin look at it."""
    rt = runtime(request)
    form = await read_form(request, LostForm)
    try:
        await count_attempt(request, rt)
        _, user, has = await waiting_step(rt.db, rt.valkey, token=_token(request), by=BY_WEB)
    except SecondStepExpired as over:
        return _start_again(over)
    if form.value is None:
        error = "At most 1000 characters."
        return render(request, "identity/second_lost.html", {"user": user, "has": has, "error": error}, status=422)
    async with rt.db.write() as tx:
        await ask_for_reset(tx, user_id=user.id, words=form.value.words, now=rt.clock.now())
    response = onwards("/login")
    flash(response, "We have your request. Look at your mail: we write to you, and check that it is you.")
    return response


def _page(
    request: Request, user: User, has: Factors, way: Way | None, refusal: HospesError | None = None, trust: bool = False
) -> Response:
    chosen = way if way in has.ways else next(iter(has.ways), Way.TOTP)
    context: dict[str, Any] = {
        "ways": has.ways,
        "way": chosen,
        "number": _number_end(user),
        "error": refusal.detail if refusal else "",
        "trust": trust,
    }
    status = refusal.status if refusal else 200
    return with_wait(render(request, "identity/second.html", context, status=status), refusal)


async def _signed_in_by_island(
    request: Request, rt: Runtime, user: User, next_page: str, trust: bool = False
) -> Response:
    """The session's cookies with an answer that a script can follow."""
    opened = await signed_in(request, rt, user, next_page, trust=trust)
    response = _json({"next": next_page})
    response.raw_headers.extend(pair for pair in opened.raw_headers if pair[0] == b"set-cookie")
    return response


async def _counted(request: Request) -> Runtime:
    rt = runtime(request)
    await count_attempt(request, rt)
    return rt


def _start_again(over: SecondStepExpired) -> Response:
    response = onwards("/login")
    flash(response, over.detail)
    response.delete_cookie(PENDING_COOKIE, path="/login")
    return response


def _token(request: Request) -> str:
    return request.cookies.get(PENDING_COOKIE, "")


def _visitor(request: Request) -> str:
    return f"visitor:{request.state.csrf_token}"


def _number_end(user: User) -> str:
    return user.phone[-3:] if user.phone else ""


def _json(content: dict[str, Any]) -> JSONResponse:
    return JSONResponse(content, headers={"Cache-Control": "no-store"})
