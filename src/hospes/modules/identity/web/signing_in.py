"""The pages of signing in, up and out."""

from datetime import date
from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request, Response

from hospes.modules.identity import common_passwords, facade
from hospes.modules.identity.browsers import close_quietly
from hospes.modules.identity.contracts import Applicant, SecondFactorNeeded
from hospes.modules.identity.errors import SigningInUnavailable
from hospes.modules.identity.policies.forms import Application, check_application
from hospes.modules.identity.policies.next_page import HOME, local_path
from hospes.modules.identity.schemas.signing_in import LoginForm, SignupForm
from hospes.modules.identity.use_cases.admit_password import admit_password
from hospes.modules.identity.use_cases.log_in import log_in
from hospes.modules.identity.use_cases.register_user import register_user
from hospes.modules.identity.web.entering import ask_second_step, browser_hash
from hospes.modules.identity.web.opening import NOT_NOW, signed_in
from hospes.modules.identity.web.parts import address_of, browser_language, count_attempt, onwards, show_form
from hospes.platform.caller import find_caller
from hospes.platform.errors import HospesError, Invalid
from hospes.platform.forms import read_form
from hospes.platform.pages import flash
from hospes.platform.runtime import runtime

router = APIRouter()
log = structlog.get_logger(__name__)

_REGISTERED_ONLY = "Your account is ready. Signing in is out of service for a moment; please try again soon."


@router.get("/login")
async def login_page(request: Request, next: Annotated[str, Query()] = "") -> Response:
    """The form, or onwards for who is signed in already."""
    if find_caller(request):
        return onwards(local_path(next))
    if getattr(request.state, "session_state", "") == "unavailable":
        refusal = SigningInUnavailable(NOT_NOW)
        return show_form(request, "login", {"next": next}, {"form": refusal.detail}, refusal)
    return show_form(request, "login", {"next": next})


@router.post("/login")
async def log_in_here(request: Request) -> Response:
    """Open a session and go on to `next`; otherwise the form again with what is wrong."""
    rt = runtime(request)
    form = await read_form(request, LoginForm)
    if form.value is None:
        return show_form(request, "login", form.typed, form.errors, Invalid())
    try:
        await count_attempt(request, rt)
        outcome = await log_in(
            rt.db,
            rt.valkey,
            rt.settings.security.lockout,
            email=form.value.email,
            password=form.value.password,
            now=rt.clock.now(),
            device=browser_hash(request, rt),
            came_from=address_of(request),
        )
        if isinstance(outcome, SecondFactorNeeded):
            return await ask_second_step(request, rt, outcome.user_id, local_path(form.value.next))
        return await signed_in(request, rt, outcome.user, local_path(form.value.next))
    except HospesError as refusal:
        return show_form(request, "login", form.typed, refusal.fields or {"form": refusal.detail}, refusal)


@router.get("/signup")
async def signup_page(request: Request, next: Annotated[str, Query()] = "") -> Response:
    """The form, or onwards for who is signed in already."""
    if find_caller(request):
        return onwards(local_path(next))
    return show_form(request, "signup", {"next": next, "language": browser_language(request)})


@router.post("/signup")
async def sign_up_here(request: Request) -> Response:
    """Register, open a session and go on to `next`; otherwise the form again with what is wrong."""
    rt = runtime(request)
    form = await read_form(request, SignupForm)
    if form.value is None:
        return show_form(request, "signup", form.typed, form.errors, Invalid())
    now = rt.clock.now()
    try:
        await count_attempt(request, rt)
        application = form.value.application(browser_language(request))
        await common_passwords.ready()
        applicant = _agreed(form.value, application, now.date())
        password_hash = await admit_password(rt.settings.security, password=application.password)
        origin = facade.origin_of(rt, address_of(request))
        async with rt.db.write() as tx:
            user = await register_user(
                tx,
                applicant=applicant,
                password_hash=password_hash,
                source="web",
                referral=request.cookies.get(facade.REFERRAL_COOKIE, ""),
                origin=origin,
                now=now,
            )
    except HospesError as refusal:
        return show_form(request, "signup", form.typed, refusal.fields or {"form": refusal.detail}, refusal)
    try:
        response = await signed_in(request, rt, user, local_path(form.value.next) if form.value.next else "/verify")
    except SigningInUnavailable as refusal:
        typed = {"email": user.email, "next": form.value.next}
        return show_form(request, "login", typed, {"form": _REGISTERED_ONLY}, refusal)
    flash(response, f"Welcome, {user.first_name}. We have sent a mail to confirm your address.")
    return response


def _agreed(form: SignupForm, application: Application, today: date) -> Applicant:
    """The registration in stored form; raises `Invalid` with every fault, a missing agreement among them."""
    faults = {} if form.agree else {"agree": "Please agree, or we may not keep an account for you."}
    try:
        applicant = check_application(application, today=today)
    except Invalid as refusal:
        raise Invalid(refusal.detail, fields={**refusal.fields, **faults}) from refusal
    if faults:
        raise Invalid("Some of this needs another look.", fields=faults)
    return applicant


@router.post("/logout")
async def log_out_here(request: Request) -> Response:
    """Close the session."""
    response = onwards(HOME)
    session_id = request.cookies.get(facade.SESSION_COOKIE)
    if session_id:
        await close_quietly(runtime(request), session_id)
        response.delete_cookie(facade.SESSION_COOKIE)
    flash(response, "You are signed out.")
    return response
