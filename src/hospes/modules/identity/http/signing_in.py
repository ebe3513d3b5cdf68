"""Registering, signing in, trading refresh tokens, signing out."""

import structlog
from fastapi import APIRouter, Request, Response
from redis.exceptions import RedisError

from hospes.modules.identity import common_passwords, facade, sessions
from hospes.modules.identity.contracts import SecondFactorNeeded
from hospes.modules.identity.errors import RefreshRefused
from hospes.modules.identity.following import keys_of
from hospes.modules.identity.http.entering import counted, second_step_needed, sign_in_client
from hospes.modules.identity.http.handing_over import client_of, forget_cookies, into_cookie, refresh_cookie
from hospes.modules.identity.policies.forms import check_application
from hospes.modules.identity.schemas.signing_in import LoginIn, LogoutIn, RefreshIn, RegisterIn, SignedInOut
from hospes.modules.identity.use_cases.admit_password import admit_password
from hospes.modules.identity.use_cases.issue_tokens import issue_tokens
from hospes.modules.identity.use_cases.log_in import log_in
from hospes.modules.identity.use_cases.refresh_tokens import refresh_tokens
from hospes.modules.identity.use_cases.register_user import register_user
from hospes.modules.identity.use_cases.withdraw_tokens import withdraw_tokens
from hospes.platform.addresses import client_address
from hospes.platform.caller import find_caller
from hospes.platform.runtime import runtime

router = APIRouter()
log = structlog.get_logger(__name__)


@router.post("/auth/register", status_code=201)
async def register(request: Request, response: Response, body: RegisterIn) -> SignedInOut:
    """Register and sign in: whoever does agrees to the terms. A mail with a code and a link for the address follows."""
    rt = await counted(request, response)
    now = rt.clock.now()
    await common_passwords.ready()
    applicant = check_application(body.application(), today=now.date())
    password_hash = await admit_password(rt.settings.security, password=body.password)
    origin = facade.origin_of(rt, client_address(request))
    async with rt.db.write() as tx:
        user = await register_user(
            tx,
            applicant=applicant,
            password_hash=password_hash,
            source="api",
            referral=body.referral_code or "",
            origin=origin,
            now=now,
        )
        tokens = await issue_tokens(tx, user=user, keys=keys_of(rt), now=now, **client_of(request))
    return SignedInOut.of(user, tokens)


@router.post("/auth/login")
async def login(request: Request, response: Response, body: LoginIn) -> SignedInOut:
    """Sign in with email address and password; with a second step, `second_step_needed` carries its challenge."""
    rt = await counted(request, response)
    outcome = await log_in(
        rt.db,
        rt.valkey,
        rt.settings.security.lockout,
        email=body.email,
        password=body.password,
        came_from=client_address(request),
        now=rt.clock.now(),
    )
    if isinstance(outcome, SecondFactorNeeded):
        raise await second_step_needed(rt, outcome)
    answer = await sign_in_client(request, rt, outcome.user)
    return into_cookie(request, response, rt, answer) if body.cookie else answer


@router.post("/auth/refresh")
async def refresh(request: Request, response: Response, body: RefreshIn | None = None) -> SignedInOut:
    """Trade a refresh token for the next pair. Using one twice withdraws all that came from the same sign-in.

    Without one in the body, the one of the cookie `hospes_refresh` is traded, and the next is kept there.
    """
    rt = await counted(request, response)
    said = body.refresh_token if body else None
    token = said or refresh_cookie(request, rt)
    if not token:
        raise RefreshRefused("Send the refresh token of your last answer.")
    async with rt.db.write() as tx:
        outcome = await refresh_tokens(
            tx, refresh_token=token, keys=keys_of(rt), now=rt.clock.now(), **client_of(request)
        )
    if not isinstance(outcome, tuple):
        raise outcome
    answer = SignedInOut.of(*outcome)
    return answer if said else into_cookie(request, response, rt, answer)


@router.post("/auth/logout", status_code=204)
async def logout(request: Request, body: LogoutIn | None = None) -> Response:
    """End this sign-in: the refresh token's family, the browser session, or both. Always succeeds."""
    rt = runtime(request)
    token = (body.refresh_token if body else None) or refresh_cookie(request, rt)
    if token:
        async with rt.db.write() as tx:
            await withdraw_tokens(tx, refresh_token=token, now=rt.clock.now())
    response = Response(status_code=204)
    forget_cookies(response)
    find_caller(request)
    session_id = request.cookies.get(facade.SESSION_COOKIE)
    if session_id:
        try:
            await sessions.close_session(rt.valkey, session_id)
        except RedisError as fault:
            log.warning("session_not_closed", reason=str(fault))
        response.delete_cookie(facade.SESSION_COOKIE)
    return response
