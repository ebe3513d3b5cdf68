"""The pages of proving an address or a number, of a forgotten password, and of taking a change back."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from hospes.modules.identity import codes, facade, proving
from hospes.modules.identity.contracts import Purpose, User
from hospes.modules.identity.policies.next_page import local_path
from hospes.modules.identity.policies.person import email_address
from hospes.modules.identity.queries import challenges
from hospes.modules.identity.schemas.verification import CodeForm, ForgotForm, LinkForm, ResetForm
from hospes.modules.identity.use_cases.ask_reset import ask_reset
from hospes.modules.identity.web.parts import filled, next_field, onwards, with_wait
from hospes.platform.caller import Caller, find_caller, require_caller
from hospes.platform.errors import HospesError, Invalid
from hospes.platform.forms import read_form
from hospes.platform.pages import flash, render
from hospes.platform.runtime import Runtime, runtime

router = APIRouter()
# A page that has a link's secret in its address tells no other site of it, and is kept nowhere.
_SECRET = {"Referrer-Policy": "no-referrer"}


def link_page(request: Request, context: dict[str, str], refusal: HospesError | None = None) -> Response:
    """A button that confirms a link: mail programs and scanners open links too, and must not confirm anything."""
    said = {**context, "fault": refusal.detail if refusal else ""}
    response = render(request, "identity/confirm_link.html", said, status=refusal.status if refusal else 200)
    response.headers.update(_SECRET)
    return response


def without_server(rt: Runtime) -> dict[str, bool]:
    """Where a trial's codes are to be found."""
    return {"mail_in_folder": not rt.settings.mail.url, "sms_in_folder": not rt.settings.sms.twilio.account_sid}


_VERIFY_LINK = {
    "title": "Confirm your email address",
    "text": "One click, and your address is confirmed.",
    "action": "/verify/link",
    "button_label": "Confirm my address",
    "again": "/verify",
    "again_words": "Ask for a new mail",
}
_UNDO_LINK = {
    "title": "Take the change back",
    "text": "Your account gets back what it had before, everybody is signed out, and you set a new password.",
    "action": "/undo",
    "button_label": "Take it back",
    "again": "/forgot",
    "again_words": "Set a new password",
}


@router.get("/verify")
async def verify_page(
    request: Request, link: Annotated[str, Query()] = "", next: Annotated[str, Query()] = ""
) -> Response:
    """The button of a link; else the fields for the codes of who is signed in."""
    if link:
        return link_page(request, {**_VERIFY_LINK, "link": link[:200]})
    return await _verify(request, require_caller(request), next)


@router.post("/verify/link")
async def verify_by_link(request: Request) -> Response:
    """Confirm the address of a link, signed in or not."""
    form = await read_form(request, LinkForm)
    link = form.value.link if form.value else ""
    try:
        user = await proving.confirm_link(runtime(request), link, find_caller(request))
    except HospesError as refusal:
        return link_page(request, {**_VERIFY_LINK, "link": ""}, refusal)
    if not find_caller(request):
        response = onwards("/login")
        flash(response, "Your address is confirmed. Sign in to go on.")
        return response
    return _verified(user, "Your address is confirmed.", "")


@router.post("/verify/email")
async def verify_by_mailed_code(request: Request) -> Response:
    """Confirm the address by its code."""
    return await _take_code(request, Purpose.VERIFY_EMAIL, "Your address is confirmed.")


@router.post("/verify/phone")
async def verify_by_texted_code(request: Request) -> Response:
    """Confirm the number by its code."""
    return await _take_code(request, Purpose.VERIFY_PHONE, "Your number is confirmed.")


@router.post("/verify/email/again")
async def mail_again(request: Request) -> Response:
    """Another mail."""
    return await _send_again(request, Purpose.VERIFY_EMAIL, "A new mail is on its way.")


@router.post("/verify/phone/again")
async def text_again(request: Request) -> Response:
    """Another text."""
    return await _send_again(request, Purpose.VERIFY_PHONE, "A text is on its way.")


@router.get("/forgot")
async def forgot_page(request: Request) -> Response:
    """Whose password was forgotten."""
    return _forgot(request, {})


@router.post("/forgot")
async def ask_for_mail(request: Request) -> Response:
    """Ask for a mail, and go on to where its code is typed: the same for every address."""
    rt = runtime(request)
    form = await read_form(request, ForgotForm)
    try:
        email = _address(form.value.email if form.value else "")
        async with rt.db.write() as tx:
            sent = await ask_reset(tx, email=email, now=rt.clock.now())
    except HospesError as refusal:
        return _forgot(request, form.typed, refusal.fields or {"form": refusal.detail}, refusal)
    return onwards(f"/reset?id={sent.challenge_id}")


@router.get("/reset")
async def reset_page(
    request: Request, link: Annotated[str, Query()] = "", id: Annotated[UUID | None, Query()] = None
) -> Response:
    """The new password, with the code unless a link has brought somebody here."""
    if not link and id is None:
        return onwards("/forgot")
    return _reset(request, {"link": link[:200], "reset_id": str(id or "")})


@router.post("/reset")
async def reset_here(request: Request) -> Response:
    """Set the new password and go to sign in; otherwise the form again with what is wrong."""
    form = await read_form(request, ResetForm)
    if form.value is None:
        return _reset(request, form.typed, form.errors, Invalid())
    said = form.value
    try:
        await proving.set_new_password(
            runtime(request), password=said.password, link=said.link, code=said.code, reset_id=said.reset_id
        )
    except HospesError as refusal:
        return _reset(request, form.typed, refusal.fields or {"form": refusal.detail}, refusal)
    response = onwards("/login")
    response.delete_cookie(facade.SESSION_COOKIE)
    flash(response, "Your new password is set. Sign in with it.")
    return response


@router.get("/undo")
async def undo_page(request: Request, link: Annotated[str, Query()] = "") -> Response:
    """The button of a link that takes a change back."""
    return link_page(request, {**_UNDO_LINK, "link": link[:200]})


@router.post("/undo")
async def undo_here(request: Request) -> Response:
    """Take the change back and go on to a new password."""
    form = await read_form(request, LinkForm)
    try:
        reset = await proving.take_back(runtime(request), form.value.link if form.value else "")
    except HospesError as refusal:
        return link_page(request, {**_UNDO_LINK, "link": ""}, refusal)
    response = onwards(f"/reset?link={reset}")
    response.delete_cookie(facade.SESSION_COOKIE)
    flash(response, "The change is taken back and everybody is signed out. Now set a new password.")
    return response


async def _take_code(request: Request, purpose: Purpose, said: str) -> Response:
    caller = require_caller(request)
    form = await read_form(request, CodeForm)
    code, wanted = (form.value.code, form.value.next) if form.value else ("", "")
    try:
        user = await proving.confirm_code(runtime(request), caller.user_id, purpose, code)
    except HospesError as refusal:
        return await _verify(request, caller, wanted, purpose, refusal)
    return _verified(user, said, wanted)


async def _send_again(request: Request, purpose: Purpose, said: str) -> Response:
    caller = require_caller(request)
    form = await read_form(request, CodeForm)
    wanted = form.value.next if form.value else ""
    try:
        await proving.send_to_verify(runtime(request), caller.user_id, purpose)
    except HospesError as refusal:
        return await _verify(request, caller, wanted, purpose, refusal)
    response = onwards("/verify" + (f"?next={next_field(wanted)}" if next_field(wanted) else ""))
    flash(response, said)
    return response


def _verified(user: User, said: str, wanted: str) -> Response:
    """On to the number, if there is one to confirm, or to where the person wanted to be."""
    more = user.email_verified_at is None or (user.phone and user.phone_verified_at is None)
    path = local_path(wanted) if wanted else "/account"
    response = onwards(f"/verify?next={next_field(wanted)}" if more else path)
    flash(response, said)
    return response


async def _verify(
    request: Request,
    caller: Caller,
    wanted: str,
    purpose: Purpose | None = None,
    refusal: HospesError | None = None,
) -> Response:
    rt = runtime(request)
    now = rt.clock.now()
    async with rt.db.read() as tx:
        user = await facade.get_user(tx, caller.user_id)
        holder = codes.holder_of(user.id)
        mailed = await challenges.find_waiting(tx, holder, Purpose.VERIFY_EMAIL, now)
        texted = await challenges.find_waiting(tx, holder, Purpose.VERIFY_PHONE, now)
    context: dict[str, Any] = {
        "user": user,
        "next": next_field(wanted),
        "mailed": mailed is not None,
        "texted": texted is not None,
        "fault": refusal.detail if refusal else "",
        "fault_of": str(purpose or ""),
        **without_server(rt),
    }
    status = refusal.status if refusal else 200
    return with_wait(render(request, "identity/verify.html", context, status=status), refusal)


def _forgot(
    request: Request,
    typed: dict[str, str],
    errors: dict[str, str] | None = None,
    refusal: HospesError | None = None,
) -> Response:
    context = filled(typed, errors)
    status = refusal.status if refusal else 200
    return with_wait(render(request, "identity/forgot.html", context, status=status), refusal)


def _reset(
    request: Request,
    typed: dict[str, str],
    errors: dict[str, str] | None = None,
    refusal: HospesError | None = None,
) -> Response:
    context = {**filled(typed, errors), **without_server(runtime(request))}
    response = render(request, "identity/reset.html", context, status=refusal.status if refusal else 200)
    response.headers.update(_SECRET)
    return with_wait(response, refusal)


def _address(text: str) -> str:
    try:
        return email_address(text)
    except ValueError as fault:
        raise Invalid(str(fault), fields={"email": str(fault)}) from fault
