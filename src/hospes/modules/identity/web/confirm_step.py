"""Confirming with a second step, for who has one; the island of passkeys sends and gets JSON."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from hospes.modules.identity import facade
from hospes.modules.identity.browsers import renew_session
from hospes.modules.identity.passkeys import site_of
from hospes.modules.identity.policies.next_page import local_path
from hospes.modules.identity.policies.second_steps import Factors, Way
from hospes.modules.identity.schemas.security import ConfirmStepForm, PasskeyLoginIn
from hospes.modules.identity.use_cases.confirm_second_step import (
    ask_confirm_passkey,
    confirm_with_code,
    confirm_with_passkey,
    factors_to_confirm,
    send_confirm_code,
)
from hospes.modules.identity.web.parts import count_attempt, next_field, onwards, with_wait
from hospes.platform.caller import Caller, require_caller
from hospes.platform.errors import HospesError, Invalid
from hospes.platform.forms import read_form
from hospes.platform.pages import render
from hospes.platform.runtime import Runtime, runtime

router = APIRouter(prefix="/confirm")


@router.post("/step")
async def confirm_step_here(request: Request) -> Response:
    """Go on to `next` with a session that is fresh, under a new id; otherwise the form again."""
    rt, caller, has = await _person(request)
    form = await read_form(request, ConfirmStepForm)
    if form.value is None:
        return show_step(request, has, "", None, Invalid("Choose a way and type its code."))
    try:
        await count_attempt(request, rt)
        await confirm_with_code(
            rt.db, rt.valkey, caller=caller, way=form.value.way, code=form.value.code, now=rt.clock.now()
        )
        response = onwards(local_path(form.value.next))
        await renew_session(request, response, rt, confirmed_at=rt.clock.now())
    except HospesError as refusal:
        return show_step(request, has, form.value.next, form.value.way, refusal)
    return response


@router.post("/sms")
async def send_confirm_code_here(request: Request) -> Response:
    """A code goes to the verified number; then the form that asks for it."""
    rt, caller, has = await _person(request)
    form = await read_form(request, ConfirmStepForm)
    refusal = None
    try:
        await send_confirm_code(rt.db, caller=caller, now=rt.clock.now())
    except HospesError as fault:
        refusal = fault
    return show_step(request, has, form.value.next if form.value else "", Way.SMS, refusal, sent=refusal is None)


@router.post("/passkey/options")
async def ask_confirm_passkey_here(request: Request) -> Response:
    """For the island: what the passkey must answer."""
    rt, caller, _ = await _person(request)
    ceremony, options = await ask_confirm_passkey(rt.db, rt.valkey, site_of(rt.settings), caller=caller)
    return JSONResponse({"ceremony": ceremony, "options": options}, headers={"Cache-Control": "no-store"})


@router.post("/passkey")
async def confirm_with_passkey_here(request: Request, body: PasskeyLoginIn, next: str = "") -> Response:
    """For the island: the session is fresh, under a new id."""
    rt, caller, _ = await _person(request)
    await count_attempt(request, rt)
    await confirm_with_passkey(
        rt.db,
        rt.valkey,
        site_of(rt.settings),
        caller=caller,
        ceremony_id=body.ceremony,
        credential=body.credential,
        now=rt.clock.now(),
    )
    response = JSONResponse({"next": local_path(next)}, headers={"Cache-Control": "no-store"})
    await renew_session(request, response, rt, confirmed_at=rt.clock.now())
    return response


def show_step(
    request: Request,
    has: Factors,
    next_page: str,
    way: Way | None = None,
    refusal: HospesError | None = None,
    *,
    sent: bool = False,
) -> Response:
    """The form that asks for a second step."""
    context: dict[str, Any] = {
        "ways": has.ways,
        "way": way if way in has.ways else has.ways[0],
        "next": next_field(next_page),
        "error": refusal.detail if refusal else "",
        "sent": sent,
    }
    status = refusal.status if refusal else 200
    return with_wait(render(request, "identity/confirm_step.html", context, status=status), refusal)


async def _person(request: Request) -> tuple[Runtime, Caller, Factors]:
    caller, rt = require_caller(request), runtime(request)
    facade.refuse_while_acting(caller)
    has = await factors_to_confirm(rt.db, caller)
    if not has.any:
        raise Invalid("You have no second step. Confirm with your password.")
    return rt, caller, has
