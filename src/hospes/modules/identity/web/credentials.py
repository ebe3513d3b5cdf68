"""The pages that change the address, the number and the password of an account, and its photo."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.datastructures import UploadFile

from hospes.modules.identity import codes, facade, picturing, proving
from hospes.modules.identity.contracts import Purpose
from hospes.modules.identity.queries import challenges
from hospes.modules.identity.schemas.account import profile_as_typed
from hospes.modules.identity.schemas.verification import (
    ChangeEmailForm,
    ChangePasswordForm,
    ChangePhoneForm,
    CodeForm,
    LinkForm,
)
from hospes.modules.identity.web.account import show_account
from hospes.modules.identity.web.parts import filled, onwards, with_wait
from hospes.modules.identity.web.verification import link_page, without_server
from hospes.platform.caller import Caller, find_caller, require_caller
from hospes.platform.errors import HospesError
from hospes.platform.forms import read_form
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/account")

_EMAIL_LINK = {
    "title": "Confirm your new email address",
    "text": "One click, and your account moves to this address.",
    "action": "/account/email/link",
    "button_label": "Use this address",
    "again": "/account/email",
    "again_words": "Start again",
}


@router.get("/email")
async def email_page(request: Request, link: Annotated[str, Query()] = "") -> Response:
    """The button of a link; else the form, and the field for the code once one is on its way."""
    if link:
        return link_page(request, {**_EMAIL_LINK, "link": link[:200]})
    return await _page(request, require_caller(request), "change_email", Purpose.CHANGE_EMAIL)


@router.post("/email")
async def ask_for_email(request: Request) -> Response:
    """Send a code to the new address."""
    caller = require_caller(request)
    form = await read_form(request, ChangeEmailForm)
    said = form.value or ChangeEmailForm()
    try:
        await proving.send_to_change_email(runtime(request), caller, email=said.email, password=said.current_password)
    except HospesError as refusal:
        return await _page(request, caller, "change_email", Purpose.CHANGE_EMAIL, form.typed, refusal)
    return onwards("/account/email")


@router.post("/email/code")
async def change_email_by_code(request: Request) -> Response:
    """Use the new address."""
    return await _take_code(request, "change_email", Purpose.CHANGE_EMAIL, "Your account has its new address.")


@router.post("/email/link")
async def change_email_by_link(request: Request) -> Response:
    """Use the new address, signed in or not."""
    form = await read_form(request, LinkForm)
    try:
        await proving.confirm_link(runtime(request), form.value.link if form.value else "", find_caller(request))
    except HospesError as refusal:
        return link_page(request, {**_EMAIL_LINK, "link": ""}, refusal)
    response = onwards("/account" if find_caller(request) else "/login")
    flash(response, "Your account has its new address.")
    return response


@router.get("/phone")
async def phone_page(request: Request) -> Response:
    """The form, and the field for the code once one is on its way."""
    return await _page(request, require_caller(request), "change_phone", Purpose.CHANGE_PHONE)


@router.post("/phone")
async def ask_for_phone(request: Request) -> Response:
    """Send a code to the new number."""
    caller = require_caller(request)
    form = await read_form(request, ChangePhoneForm)
    said = form.value or ChangePhoneForm()
    try:
        await proving.send_to_change_phone(runtime(request), caller, phone=said.phone, password=said.current_password)
    except HospesError as refusal:
        return await _page(request, caller, "change_phone", Purpose.CHANGE_PHONE, form.typed, refusal)
    return onwards("/account/phone")


@router.post("/phone/code")
async def change_phone_by_code(request: Request) -> Response:
    """Use the new number."""
    return await _take_code(request, "change_phone", Purpose.CHANGE_PHONE, "Your account has its new number.")


@router.get("/password")
async def password_page(request: Request) -> Response:
    """The form."""
    require_caller(request)
    return _password(request, {})


@router.post("/password")
async def change_password_here(request: Request) -> Response:
    """Use the new password; every other device is signed out."""
    caller = require_caller(request)
    form = await read_form(request, ChangePasswordForm)
    said = form.value or ChangePasswordForm()
    try:
        await proving.change_password(runtime(request), caller, current=said.current_password, password=said.password)
    except HospesError as refusal:
        return _password(request, refusal.fields or {"form": refusal.detail}, refusal)
    response = onwards("/account")
    flash(response, "Your password is changed, and all other devices are signed out.")
    return response


@router.post("/photo")
async def set_photo_here(request: Request) -> Response:
    """Use this photo; what is wrong with it is said beside its field."""
    caller = require_caller(request)
    file = (await request.form()).get("file")
    try:
        raw = b""
        if isinstance(file, UploadFile):
            raw = await file.read()
            await file.close()
        await picturing.set_photo(runtime(request), caller.user_id, raw)
    except HospesError as refusal:
        async with runtime(request).db.read() as tx:
            user = await facade.get_user(tx, caller.user_id)
        typed = {**profile_as_typed(user), "version": str(user.version)}
        return show_account(request, user, typed, refusal.fields or {"file": refusal.detail}, refusal)
    response = onwards("/account")
    flash(response, "Your photo is saved.")
    return response


@router.post("/photo/remove")
async def remove_photo_here(request: Request) -> Response:
    """No photo any more."""
    await picturing.remove_photo(runtime(request), require_caller(request).user_id)
    response = onwards("/account")
    flash(response, "Your photo is removed.")
    return response


async def _take_code(request: Request, page: str, purpose: Purpose, said: str) -> Response:
    caller = require_caller(request)
    form = await read_form(request, CodeForm)
    try:
        code = form.value.code if form.value else ""
        await proving.confirm_code(runtime(request), caller.user_id, purpose, code)
    except HospesError as refusal:
        return await _page(request, caller, page, purpose, form.typed, refusal)
    response = onwards("/account")
    flash(response, said)
    return response


async def _page(
    request: Request,
    caller: Caller,
    page: str,
    purpose: Purpose,
    typed: dict[str, str] | None = None,
    refusal: HospesError | None = None,
) -> Response:
    rt = runtime(request)
    async with rt.db.read() as tx:
        user = await facade.get_user(tx, caller.user_id)
        waiting = await challenges.find_waiting(tx, codes.holder_of(user.id), purpose, rt.clock.now())
        address = tx.keyring.unseal(waiting["target"], waiting["id"].bytes).decode() if waiting else ""
    errors = (refusal.fields or {"form": refusal.detail}) if refusal else {}
    context: dict[str, Any] = {
        **filled({**(typed or {}), "current_password": ""}, errors),
        "user": user,
        "sent_to": address,
        **without_server(rt),
    }
    status = refusal.status if refusal else 200
    return with_wait(render(request, f"identity/{page}.html", context, status=status), refusal)


def _password(request: Request, errors: dict[str, str], refusal: HospesError | None = None) -> Response:
    status = refusal.status if refusal else 200
    response = render(request, "identity/change_password.html", filled({}, errors), status=status)
    return with_wait(response, refusal)
