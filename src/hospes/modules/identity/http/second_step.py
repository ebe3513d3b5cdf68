"""Signing in a client: the second step, and passkeys without a password."""

from fastapi import APIRouter, Request, Response

from hospes.modules.identity.http.entering import BY_API, counted, sign_in_client
from hospes.modules.identity.http.handing_over import into_cookie
from hospes.modules.identity.passkeys import site_of
from hospes.modules.identity.policies.second_steps import Way
from hospes.modules.identity.schemas.security import (
    CeremonyOut,
    ChallengeIn,
    CodeSentOut,
    PasskeyLoginIn,
    SecondStepIn,
)
from hospes.modules.identity.schemas.signing_in import SignedInOut
from hospes.modules.identity.use_cases.log_in_with_passkey import ask_any_passkey, log_in_with_passkey
from hospes.modules.identity.use_cases.take_second_step import (
    ask_passkey,
    send_step_code,
    take_second_step,
    take_step_with_passkey,
)

router = APIRouter(prefix="/auth")


@router.post("/login/second")
async def second_step(request: Request, response: Response, body: SecondStepIn) -> SignedInOut:
    """Finish a sign-in whose password was right, with a code or a passkey. Each challenge is good once."""
    rt = await counted(request, response)
    now = rt.clock.now()
    if body.method is Way.PASSKEY:
        user, _ = await take_step_with_passkey(
            rt.db,
            rt.valkey,
            site_of(rt.settings),
            token=body.challenge,
            by=BY_API,
            ceremony_id=body.ceremony,
            credential=body.credential,
            now=now,
        )
    else:
        user, _ = await take_second_step(
            rt.db, rt.valkey, token=body.challenge, by=BY_API, way=body.method, code=body.code, now=now
        )
    answer = await sign_in_client(request, rt, user)
    return into_cookie(request, response, rt, answer) if body.cookie else answer


@router.post("/login/second/sms")
async def send_second_step_code(request: Request, response: Response, body: ChallengeIn) -> CodeSentOut:
    """Send a code to the verified number."""
    rt = await counted(request, response)
    sent = await send_step_code(rt.db, rt.valkey, token=body.challenge, by=BY_API, now=rt.clock.now())
    return CodeSentOut(code_expires_at=sent.code_expires_at)


@router.post("/login/second/passkey")
async def ask_second_step_passkey(request: Request, response: Response, body: ChallengeIn) -> CeremonyOut:
    """What a passkey of this person must answer."""
    rt = await counted(request, response)
    ceremony, options = await ask_passkey(rt.db, rt.valkey, site_of(rt.settings), token=body.challenge, by=BY_API)
    return CeremonyOut(ceremony=ceremony, options=options)


@router.post("/passkey/options")
async def ask_passkey_login(request: Request, response: Response) -> CeremonyOut:
    """What a passkey must answer to sign in without a password; the same for everybody."""
    rt = await counted(request, response)
    ceremony, options = await ask_any_passkey(rt.valkey, site_of(rt.settings), bound_to=BY_API)
    return CeremonyOut(ceremony=ceremony, options=options)


@router.post("/passkey")
async def passkey_login(request: Request, response: Response, body: PasskeyLoginIn) -> SignedInOut:
    """Sign in with a passkey alone."""
    rt = await counted(request, response)
    user = await log_in_with_passkey(
        rt.db,
        rt.valkey,
        site_of(rt.settings),
        ceremony_id=body.ceremony,
        bound_to=BY_API,
        credential=body.credential,
        now=rt.clock.now(),
    )
    answer = await sign_in_client(request, rt, user)
    return into_cookie(request, response, rt, answer) if body.cookie else answer
