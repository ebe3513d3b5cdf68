"""Confirming with a second step that it is you."""

from fastapi import APIRouter, Request, Response

from hospes.modules.identity import facade, throttle
from hospes.modules.identity.http.confirming import confirmed
from hospes.modules.identity.passkeys import site_of
from hospes.modules.identity.policies.second_steps import Way
from hospes.modules.identity.schemas.confirming import ConfirmedOut
from hospes.modules.identity.schemas.security import CeremonyOut, CodeSentOut, ConfirmStepIn
from hospes.modules.identity.use_cases.confirm_second_step import (
    ask_confirm_passkey,
    confirm_with_code,
    confirm_with_passkey,
    send_confirm_code,
)
from hospes.platform.addresses import client_address
from hospes.platform.caller import Caller, require_caller
from hospes.platform.runtime import Runtime, runtime

router = APIRouter(prefix="/auth/confirm/second")


@router.post("")
async def confirm_with_second_step(request: Request, response: Response, body: ConfirmStepIn) -> ConfirmedOut:
    """Confirm with a code or a passkey, as `step_up_needed` asks of who has a second step."""
    rt, caller = await _counted(request, response)
    now = rt.clock.now()
    if body.method is Way.PASSKEY:
        await confirm_with_passkey(
            rt.db,
            rt.valkey,
            site_of(rt.settings),
            caller=caller,
            ceremony_id=body.ceremony,
            credential=body.credential,
            now=now,
        )
    else:
        await confirm_with_code(rt.db, rt.valkey, caller=caller, way=body.method, code=body.code, now=now)
    return await confirmed(request, response, rt, caller)


@router.post("/sms")
async def send_my_confirm_code(request: Request, response: Response) -> CodeSentOut:
    """Send a code to the verified number."""
    rt, caller = await _counted(request, response)
    sent = await send_confirm_code(rt.db, caller=caller, now=rt.clock.now())
    return CodeSentOut(code_expires_at=sent.code_expires_at)


@router.post("/passkey")
async def ask_my_passkey(request: Request, response: Response) -> CeremonyOut:
    """What a passkey of yours must answer."""
    rt, caller = await _counted(request, response)
    ceremony, options = await ask_confirm_passkey(rt.db, rt.valkey, site_of(rt.settings), caller=caller)
    return CeremonyOut(ceremony=ceremony, options=options)


async def _counted(request: Request, response: Response) -> tuple[Runtime, Caller]:
    caller, rt = require_caller(request), runtime(request)
    facade.refuse_while_acting(caller)
    response.headers["Cache-Control"] = "no-store"
    await throttle.count_request(rt.valkey, rt.settings.security.rateLimit, client_address(request), now=rt.clock.now())
    return rt, caller
