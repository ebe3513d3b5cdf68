"""Signing in with an account elsewhere: to the provider and back."""

from typing import Annotated
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, Form, Query, Request, Response

from hospes.modules.identity import facade
from hospes.modules.identity.browsers import renew_session
from hospes.modules.identity.contracts import User
from hospes.modules.identity.errands import (
    RESULT_LASTS,
    TRIP_LASTS,
    Result,
    Trip,
    Why,
    new_errand,
    open_trip,
    seal_result,
    seal_trip,
)
from hospes.modules.identity.errors import ProviderAway, ProviderNotFound, ProviderRefused
from hospes.modules.identity.policies.next_page import local_path
from hospes.modules.identity.providers.port import ProviderSilent, SignInProvider, Vouched, VouchingRefused
from hospes.modules.identity.queries import linked_accounts as links
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.use_cases.recognise import recognise
from hospes.modules.identity.web.entering import ask_second_step, is_secure, needs_second_step
from hospes.modules.identity.web.opening import signed_in
from hospes.modules.identity.web.parts import count_attempt, onwards, show_form
from hospes.platform.caller import find_caller
from hospes.platform.errors import HospesError
from hospes.platform.pages import flash
from hospes.platform.runtime import Runtime, runtime

router = APIRouter(prefix="/login/with")
# A provider that answers with a form posts from its own site, without our token: the sealed trip is the defence.
returning = APIRouter(prefix="/login/with", include_in_schema=False)
log = structlog.get_logger(__name__)

TRIP_COOKIE = "hospes_errand"
RESULT_COOKIE = "hospes_vouched"
COOKIE_PATH = "/login/with"
_SAID_SEAL = "sign-in-form"
_AGAIN = "Signing in there did not work or took too long. Please try again, or use your password."


def find_provider(rt: Runtime, name: str) -> SignInProvider:
    """One of those that are set up; raises `ProviderNotFound`."""
    provider: SignInProvider | None = rt.ports.sign_in_providers.get(name)
    if provider is None:
        raise ProviderNotFound
    return provider


@router.get("/{provider}")
async def leave(
    request: Request, provider: str, next: Annotated[str, Query()] = "", why: Annotated[str, Query()] = "enter"
) -> Response:
    """To the provider, with a sealed note in a cookie of what to come back with."""
    rt = runtime(request)
    caller = find_caller(request)
    asked: Why = "link" if why == "link" else "confirm" if why == "confirm" and caller is not None else "enter"
    if caller is not None and asked == "enter":
        return onwards(local_path(next))
    if asked == "link":
        facade.require_fresh(request)
    try:
        await count_attempt(request, rt)
        chosen = find_provider(rt, provider)
        base = (rt.settings.public_url or str(request.base_url)).rstrip("/")
        errand = new_errand(f"{base}{COOKIE_PATH}/{provider}/callback", again=asked == "confirm")
        where = await chosen.address(errand)
    except ProviderSilent as fault:
        log.warning("sign_in_provider_silent", provider=provider, reason=str(fault))
        return _not_now(request, next)
    except HospesError as refusal:
        return show_form(request, "login", {"next": next}, {"form": refusal.detail or refusal.title}, refusal)
    trip = Trip(provider, asked, errand, local_path(next), caller.user_id if caller else None)
    response = onwards(where)
    _keep(request, rt, response, TRIP_COOKIE, seal_trip(rt.db.keyring, trip, now=rt.clock.now()), TRIP_LASTS)
    return response


@returning.post("/{provider}/callback")
async def come_back_by_form(
    request: Request,
    provider: str,
    state: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    error: Annotated[str, Form()] = "",
    user: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """A form from the provider's site carries no cookie of ours: go on by GET, which does."""
    rt = runtime(request)
    if not find_provider(rt, provider).posts_back:
        raise ProviderNotFound
    said = rt.db.keyring.seal_text(user, _SAID_SEAL) if user else ""
    query = {"state": state, "code": code, "error": error, "said": said}
    kept = {name: value for name, value in query.items() if value}
    return onwards(f"{COOKIE_PATH}/{provider}/callback?{urlencode(kept)}")


@router.get("/{provider}/callback")
async def come_back(
    request: Request,
    provider: str,
    state: Annotated[str, Query(max_length=500)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
    error: Annotated[str, Query(max_length=500)] = "",
    said: Annotated[str, Query(max_length=4000)] = "",
) -> Response:
    """Who came back: signed in, or on to what is still to be decided."""
    rt = runtime(request)
    trip = open_trip(rt.db.keyring, request.cookies.get(TRIP_COOKIE, ""), now=rt.clock.now())
    next_page = trip.next_page if trip else ""
    try:
        await count_attempt(request, rt)
        chosen = find_provider(rt, provider)
        if trip is None or trip.provider != provider or not state or state != trip.errand.state or error or not code:
            log.info("sign_in_trip_broken", provider=provider, error=error[:100], known=trip is not None)
            raise ProviderRefused(_AGAIN)
        form = rt.db.keyring.unseal_text(said, _SAID_SEAL) if said and chosen.posts_back else ""
        vouched = await chosen.redeem(trip.errand, code, said=form, now=rt.clock.now())
        response = await _arrived(request, rt, trip, vouched)
    except VouchingRefused as fault:
        log.warning("sign_in_not_vouched", provider=provider, reason=fault.reason)
        return _forget(_refused(request, next_page, ProviderRefused(_AGAIN)))
    except ProviderSilent as fault:
        log.warning("sign_in_provider_silent", provider=provider, reason=str(fault))
        return _forget(_not_now(request, next_page))
    except HospesError as refusal:
        return _forget(_refused(request, next_page, refusal))
    return _forget(response)


async def _arrived(request: Request, rt: Runtime, trip: Trip, vouched: Vouched) -> Response:
    caller = find_caller(request)
    if (caller.user_id if caller else None) != trip.user_id:
        raise ProviderRefused("Somebody else signed in here in the meantime. Please start again.")
    result = Result(vouched, trip.why, trip.next_page, trip.user_id)
    if trip.why == "link":
        return keep_result(request, rt, onwards(f"{COOKIE_PATH}/accept"), result)
    now = rt.clock.now()
    async with rt.db.write() as tx:
        known = await recognise(tx, vouched=vouched, now=now)
    if trip.why == "confirm":
        return await _confirmed(request, rt, trip, known.user)
    if known.user is not None:
        return await _enter(request, rt, known.user, trip.next_page)
    step = "known" if known.same_email else "new"
    return keep_result(request, rt, onwards(f"{COOKIE_PATH}/{step}"), result)


async def _confirmed(request: Request, rt: Runtime, trip: Trip, user: User | None) -> Response:
    """For who has neither a password nor a second step; the others confirm with those."""
    if user is None or user.id != trip.user_id:
        raise ProviderRefused("That is not the account that is linked to yours.")
    async with rt.db.read() as tx:
        if await links.has_password(tx, user.id) or (await factors.factors_of(tx, user.id)).any:
            raise ProviderRefused("Please confirm with your password or your second step.")
    response = onwards(trip.next_page)
    await renew_session(request, response, rt, confirmed_at=rt.clock.now())
    return response


async def _enter(request: Request, rt: Runtime, user: User, next_page: str) -> Response:
    if await needs_second_step(request, rt, user):
        return await ask_second_step(request, rt, user.id, next_page)
    response = await signed_in(request, rt, user, next_page)
    flash(response, f"Welcome back, {user.first_name}.")
    return response


def keep_result(request: Request, rt: Runtime, response: Response, result: Result) -> Response:
    """The answer, with whom the provider vouched for in a sealed cookie."""
    _keep(request, rt, response, RESULT_COOKIE, seal_result(rt.db.keyring, result, now=rt.clock.now()), RESULT_LASTS)
    return response


def _keep(request: Request, rt: Runtime, response: Response, name: str, value: str, lasts: int) -> None:
    response.set_cookie(
        name, value, max_age=lasts, path=COOKIE_PATH, httponly=True, samesite="lax", secure=is_secure(request, rt)
    )


def _forget(response: Response) -> Response:
    response.delete_cookie(TRIP_COOKIE, path=COOKIE_PATH)
    return response


def _refused(request: Request, next_page: str, refusal: HospesError) -> Response:
    if find_caller(request):
        response = onwards(next_page or "/account/linked")
        flash(response, refusal.detail or refusal.title)
        return response
    return show_form(request, "login", {"next": next_page}, {"form": refusal.detail or refusal.title}, refusal)


def _not_now(request: Request, next_page: str) -> Response:
    return _refused(request, next_page, ProviderAway("This way of signing in is out of service for a moment."))
