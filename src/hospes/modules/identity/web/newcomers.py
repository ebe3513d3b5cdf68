"""After a provider has vouched for somebody: a new account, or the one they have, once they prove it is theirs."""

from fastapi import APIRouter, Request, Response

from hospes.modules.identity import facade
from hospes.modules.identity.contracts import SecondFactorNeeded, User
from hospes.modules.identity.errands import Result, open_result
from hospes.modules.identity.errors import ProviderRefused
from hospes.modules.identity.policies.forms import check_application
from hospes.modules.identity.policies.next_page import HOME
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.schemas.vouching import NewcomerForm, ProveForm
from hospes.modules.identity.use_cases.link_account import link_account
from hospes.modules.identity.use_cases.log_in import log_in
from hospes.modules.identity.use_cases.register_vouched import register_vouched
from hospes.modules.identity.web.entering import ask_second_step, browser_hash
from hospes.modules.identity.web.opening import signed_in
from hospes.modules.identity.web.parts import address_of, browser_language, count_attempt, filled, onwards, with_wait
from hospes.modules.identity.web.vouching import COOKIE_PATH, RESULT_COOKIE, find_provider
from hospes.platform.caller import require_caller
from hospes.platform.errors import HospesError, Invalid
from hospes.platform.forms import read_form
from hospes.platform.pages import flash, render
from hospes.platform.runtime import Runtime, runtime

router = APIRouter(prefix=COOKIE_PATH)


@router.get("/new")
async def newcomer_page(request: Request) -> Response:
    """What is still to be said for a new account; what the provider knows is filled in."""
    result = _result(request, "enter")
    vouched = result.vouched
    typed = {"first_name": vouched.first_name, "last_name": vouched.last_name, "email": vouched.email}
    return _page(request, "newcomer", result, typed)


@router.post("/new")
async def register_newcomer(request: Request) -> Response:
    """Make the account and sign in; otherwise the form again with what is wrong."""
    rt = runtime(request)
    result = _result(request, "enter")
    form = await read_form(request, NewcomerForm)
    if form.value is None:
        return _page(request, "newcomer", result, form.typed, form.errors, Invalid())
    if not form.value.agree:
        missing = {"agree": "Please agree, or we may not keep an account for you."}
        return _page(request, "newcomer", result, form.typed, missing, Invalid())
    now = rt.clock.now()
    try:
        await count_attempt(request, rt)
        vouched = result.vouched
        draft = form.value.draft(browser_language(request), vouched.email if vouched.email_verified else "")
        applicant = check_application(draft, today=now.date(), with_password=False)
        async with rt.db.write() as tx:
            user = await register_vouched(
                tx,
                vouched=vouched,
                applicant=applicant,
                referral=request.cookies.get(facade.REFERRAL_COOKIE, ""),
                origin=facade.origin_of(rt, address_of(request)),
                now=now,
            )
    except HospesError as refusal:
        errors = refusal.fields or {"form": refusal.detail or refusal.title}
        return _page(request, "newcomer", result, form.typed, errors, refusal)
    return await _entered(request, rt, user, result, f"Welcome, {user.first_name}.")


@router.get("/known")
async def known_page(request: Request) -> Response:
    """There is an account with this address: its password is asked for once."""
    return _page(request, "known", _result(request, "enter"), {})


@router.post("/known")
async def prove_known(request: Request) -> Response:
    """Link the account after its password; with a second step, that comes first and the link is made afterwards."""
    rt = runtime(request)
    result = _result(request, "enter")
    form = await read_form(request, ProveForm)
    if form.value is None:
        return _page(request, "known", result, form.typed, form.errors, Invalid())
    try:
        await count_attempt(request, rt)
        outcome = await log_in(
            rt.db,
            rt.valkey,
            rt.settings.security.lockout,
            email=result.vouched.email,
            password=form.value.password,
            now=rt.clock.now(),
            device=browser_hash(request, rt),
        )
        if isinstance(outcome, SecondFactorNeeded):
            label = find_provider(rt, result.vouched.provider).label
            response = await ask_second_step(request, rt, outcome.user_id, "/account/linked")
            flash(response, f"After this step, link {label} on this page.")
            return _done(response)
        await _link(rt, outcome.user, result)
    except HospesError as refusal:
        errors = refusal.fields or {"form": refusal.detail or refusal.title}
        return _page(request, "known", result, form.typed, errors, refusal)
    label = find_provider(rt, result.vouched.provider).label
    return await _entered(request, rt, outcome.user, result, f"{label} is linked: next time, one tap signs you in.")


@router.get("/accept")
async def accept_page(request: Request) -> Response:
    """Whether the signed-in person wants this very account linked: nobody else's can be slipped under them."""
    caller = require_caller(request)
    result = _result(request, "link")
    if result.user_id != caller.user_id:
        raise ProviderRefused("Somebody else signed in here in the meantime. Please start again.")
    return _page(request, "accept", result, {})


@router.post("/accept")
async def accept_link(request: Request) -> Response:
    """Link it."""
    caller = facade.require_fresh(request)
    rt = runtime(request)
    result = _result(request, "link")
    if result.user_id != caller.user_id:
        raise ProviderRefused("Somebody else signed in here in the meantime. Please start again.")
    async with rt.db.read() as tx:
        (user,) = await people.find_users(tx, [caller.user_id])
    try:
        await _link(rt, user, result)
    except HospesError as refusal:
        return _page(request, "accept", result, {}, {"form": refusal.detail or refusal.title}, refusal)
    response = onwards("/account/linked")
    flash(response, f"{find_provider(rt, result.vouched.provider).label} is linked to your account.")
    return _done(response)


async def _link(rt: Runtime, user: User, result: Result) -> None:
    label = find_provider(rt, result.vouched.provider).label
    async with rt.db.write() as tx:
        await link_account(tx, user=user, vouched=result.vouched, label=label, now=rt.clock.now())


async def _entered(request: Request, rt: Runtime, user: User, result: Result, words: str) -> Response:
    response = await signed_in(request, rt, user, result.next_page or HOME)
    flash(response, words)
    return _done(response)


def _result(request: Request, why: str) -> Result:
    rt = runtime(request)
    result = open_result(rt.db.keyring, request.cookies.get(RESULT_COOKIE, ""), now=rt.clock.now())
    if result is None or result.why != why:
        raise ProviderRefused("This took too long. Please start again.")
    return result


def _done(response: Response) -> Response:
    response.delete_cookie(RESULT_COOKIE, path=COOKIE_PATH)
    return response


def _page(
    request: Request,
    page: str,
    result: Result,
    typed: dict[str, str],
    errors: dict[str, str] | None = None,
    refusal: HospesError | None = None,
) -> Response:
    label = find_provider(runtime(request), result.vouched.provider).label
    context = {**filled(typed, errors), "vouched": result.vouched, "label": label}
    status = refusal.status if refusal else 200
    return with_wait(render(request, f"identity/vouched_{page}.html", context, status=status), refusal)
