"""The pages of identity: signing in, up and out, and the account."""

from collections import defaultdict
from typing import Annotated, Any

import structlog
from babel import Locale
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from redis.exceptions import RedisError

from hospes.modules.identity import facade, passwords, sessions, throttle
from hospes.modules.identity.contracts import Role, User
from hospes.modules.identity.errors import ProfileChanged, SigningInUnavailable
from hospes.modules.identity.policies.forms import check_application, check_profile
from hospes.modules.identity.policies.next_page import HOME, local_path
from hospes.modules.identity.policies.person import countries, zones
from hospes.modules.identity.schemas import LoginForm, ProfileForm, SignupForm, profile_as_typed
from hospes.modules.identity.use_cases.change_profile import change_profile
from hospes.modules.identity.use_cases.log_in import log_in
from hospes.modules.identity.use_cases.register_user import register_user
from hospes.platform.caller import find_caller, require_caller
from hospes.platform.csrf import verify_csrf
from hospes.platform.errors import HospesError, Invalid
from hospes.platform.forms import read_form
from hospes.platform.pages import flash, render
from hospes.platform.runtime import Runtime, runtime

router = APIRouter(include_in_schema=False, dependencies=[Depends(verify_csrf)])
log = structlog.get_logger(__name__)

# As long as browsers keep one; the session itself ends on the server, 7 days after its last use.
_COOKIE_LASTS = 400 * 24 * 3600
_LANGUAGES = ("en", "de", "es", "fr", "it", "ja", "nl", "pl", "pt", "pt-BR", "sv", "tr", "uk", "zh")
_NOT_NOW = "Signing in is out of service for a moment. You can still search and look around; please try again soon."
_REGISTERED_ONLY = "Your account is ready. Signing in is out of service for a moment; please try again soon."


@router.get("/login")
async def login_page(request: Request, next: Annotated[str, Query()] = "") -> Response:
    """The form, or onwards for who is signed in already."""
    if find_caller(request):
        return _onwards(local_path(next))
    if getattr(request.state, "session_state", "") == "unavailable":
        refusal = SigningInUnavailable(_NOT_NOW)
        return _form(request, "login", {"next": next}, {"form": refusal.detail}, refusal)
    return _form(request, "login", {"next": next})


@router.post("/login")
async def log_in_here(request: Request) -> Response:
    """Open a session and go on to `next`; otherwise the form again with what is wrong."""
    rt = runtime(request)
    form = await read_form(request, LoginForm)
    if form.value is None:
        return _form(request, "login", form.typed, form.errors, Invalid())
    try:
        await _count(request, rt)
        user = await log_in(
            rt.db, rt.valkey, rt.settings.security.lockout, email=form.value.email, password=form.value.password
        )
        return await _signed_in(request, rt, user, local_path(form.value.next))
    except HospesError as refusal:
        return _form(request, "login", form.typed, refusal.fields or {"form": refusal.detail}, refusal)


@router.get("/signup")
async def signup_page(request: Request, next: Annotated[str, Query()] = "") -> Response:
    """The form, or onwards for who is signed in already."""
    return _onwards(local_path(next)) if find_caller(request) else _form(request, "signup", {"next": next})


@router.post("/signup")
async def sign_up_here(request: Request) -> Response:
    """Register, open a session and go on to `next`; otherwise the form again with what is wrong."""
    rt = runtime(request)
    form = await read_form(request, SignupForm)
    if form.value is None:
        return _form(request, "signup", form.typed, form.errors, Invalid())
    now = rt.clock.now()
    try:
        await _count(request, rt)
        application = form.value.application(_browser_language(request))
        applicant = check_application(application, today=now.date())
        password_hash = await passwords.hash_password(application.password)
        async with rt.db.write() as tx:
            user = await register_user(
                tx,
                applicant=applicant,
                password_hash=password_hash,
                source="web",
                referral=request.cookies.get(facade.REFERRAL_COOKIE, ""),
                origin=facade.origin_of(rt, _address(request)),
                now=now,
            )
    except HospesError as refusal:
        return _form(request, "signup", form.typed, refusal.fields or {"form": refusal.detail}, refusal)
    try:
        response = await _signed_in(request, rt, user, local_path(form.value.next))
    except SigningInUnavailable as refusal:
        typed = {"email": user.email, "next": form.value.next}
        return _form(request, "login", typed, {"form": _REGISTERED_ONLY}, refusal)
    flash(response, f"Welcome, {user.first_name}.")
    return response


@router.post("/logout")
async def log_out_here(request: Request) -> Response:
    """Close the session."""
    response = _onwards(HOME)
    session_id = request.cookies.get(facade.SESSION_COOKIE)
    if session_id:
        await _close(runtime(request), session_id)
        response.delete_cookie(facade.SESSION_COOKIE)
    flash(response, "You are signed out.")
    return response


@router.get("/account")
async def account_page(request: Request) -> Response:
    """The profile, to read and to change."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        user = await facade.get_user(tx, caller.user_id)
    return _account(request, user, {**profile_as_typed(user), "version": str(user.version)})


@router.post("/account")
async def change_account(request: Request) -> Response:
    """Keep the changed profile; otherwise the form again with what is wrong."""
    caller = require_caller(request)
    rt = runtime(request)
    form = await read_form(request, ProfileForm)
    async with rt.db.write() as tx:
        user = await facade.get_user(tx, caller.user_id)
        if form.value is None:
            return _account(request, user, form.typed, form.errors, Invalid())
        try:
            if form.value.version is not None and form.value.version != user.version:
                raise ProfileChanged(
                    "Your profile was changed somewhere else in the meantime. Reload it and make your change again."
                )
            user = await change_profile(tx, user=user, profile=check_profile(form.value.draft()), now=rt.clock.now())
        except HospesError as refusal:
            return _account(request, user, form.typed, refusal.fields or {"form": refusal.detail}, refusal)
    await facade.refresh_sessions(rt, user)
    response = _onwards("/account")
    flash(response, "Your profile is saved.")
    return response


@router.post("/account/become-host")
async def become_host_here(request: Request) -> Response:
    """Take the role host and go to the host's pages."""
    caller = require_caller(request)
    rt = runtime(request)
    async with rt.db.write() as tx:
        user = await facade.grant_role(tx, caller.user_id, Role.HOST, now=rt.clock.now())
    await facade.refresh_sessions(rt, user)
    response = _onwards("/host")
    flash(response, "You are a host now. Create your first listing.")
    return response


async def _signed_in(request: Request, rt: Runtime, user: User, next_page: str) -> Response:
    """A fresh session id on every sign-in, so that one planted before is worth nothing; the old session is closed."""
    try:
        session = await sessions.open_session(
            rt.valkey,
            user,
            ip_address=_address(request),
            user_agent=request.headers.get("user-agent", ""),
            lasts=rt.settings.auth.session_ttl,
            now=rt.clock.now(),
        )
    except RedisError as fault:
        log.warning("session_not_opened", reason=str(fault))
        raise SigningInUnavailable(_NOT_NOW) from fault
    before = request.cookies.get(facade.SESSION_COOKIE)
    if before:
        await _close(rt, before)
    response = _onwards(next_page)
    response.set_cookie(
        facade.SESSION_COOKIE,
        session.id,
        max_age=_COOKIE_LASTS,
        httponly=True,
        samesite="lax",
        secure=rt.settings.secure_cookies or request.url.scheme == "https",
    )
    response.delete_cookie(facade.CSRF_COOKIE)
    return response


async def _close(rt: Runtime, session_id: str) -> None:
    try:
        await sessions.close_session(rt.valkey, session_id)
    except RedisError as fault:
        log.warning("session_not_closed", reason=str(fault))


async def _count(request: Request, rt: Runtime) -> None:
    await throttle.count_request(rt.valkey, rt.settings.security.rateLimit, _address(request), now=rt.clock.now())


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _onwards(path: str) -> RedirectResponse:
    return RedirectResponse(path, status_code=303)


def _browser_language(request: Request) -> str:
    wanted = request.headers.get("accept-language", "").split(",")[0].split(";")[0].strip()
    return next((tag for tag in _LANGUAGES if tag in (wanted, wanted.split("-")[0])), "en")


def _form(
    request: Request,
    page: str,
    typed: dict[str, str],
    errors: dict[str, str] | None = None,
    refusal: HospesError | None = None,
) -> Response:
    context = {**_filled(typed, errors), "next": _next(typed.get("next", ""))}
    return _refused(
        render(request, f"identity/{page}.html", context, status=refusal.status if refusal else 200), refusal
    )


def _account(
    request: Request,
    user: User,
    typed: dict[str, str],
    errors: dict[str, str] | None = None,
    refusal: HospesError | None = None,
) -> Response:
    context = {
        **_filled(typed, errors),
        "user": user,
        "countries": countries(),
        "zones": [(name, name.replace("_", " ")) for name in sorted({*zones(), user.zone})],
        "languages": {tag: Locale.parse(tag, sep="-").get_display_name() for tag in (*_LANGUAGES, user.language)},
    }
    status = refusal.status if refusal else 200
    return _refused(render(request, "identity/account.html", context, status=status), refusal)


def _filled(typed: dict[str, str], errors: dict[str, str] | None) -> dict[str, Any]:
    """What a form shows: nothing where nobody typed, no fault where there is none, never a password."""
    return {"typed": defaultdict(str, {**typed, "password": ""}), "errors": defaultdict(str, errors or {})}


def _next(wanted: str) -> str:
    path = local_path(wanted)
    return "" if path == HOME else path


def _refused(response: Response, refusal: HospesError | None) -> Response:
    wait = getattr(refusal, "retry_after", None)
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    return response
