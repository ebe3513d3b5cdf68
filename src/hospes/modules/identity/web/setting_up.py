"""Setting up a second step: an authenticator app or text messages; passkeys are made by an island over the API."""

import base64

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from hospes.modules.identity import facade, totp
from hospes.modules.identity.contracts import User
from hospes.modules.identity.passkeys import NAME
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.schemas.security import CodeForm
from hospes.modules.identity.use_cases.add_sms_factor import add_sms_factor, begin_sms
from hospes.modules.identity.use_cases.add_totp import add_totp, begin_totp, begun_totp, forget_begun
from hospes.modules.identity.use_cases.make_recovery_codes import codes_if_none
from hospes.modules.identity.web.parts import onwards, with_wait
from hospes.platform.errors import HospesError
from hospes.platform.forms import read_form
from hospes.platform.pages import flash, render
from hospes.platform.runtime import Runtime, runtime

router = APIRouter(prefix="/account/security")
HERE = "/account/security"


@router.get("/app")
async def app_page(request: Request) -> Response:
    """A picture for the app, and the field for its first code."""
    rt, user = await _fresh(request)
    async with rt.db.read() as tx:
        if (await factors.factors_of(tx, user.id)).totp:
            return onwards(HERE)
    return await _app(request, rt, user)


@router.post("/app")
async def set_up_app_here(request: Request) -> Response:
    """Keep the app once its code is right; then the recovery codes if there were none."""
    rt, user = await _fresh(request)
    form = await read_form(request, CodeForm)
    now = rt.clock.now()
    try:
        secret = await begun_totp(rt.valkey, rt.keyring, user_id=user.id)
        async with rt.db.write() as tx:
            await add_totp(tx, user=user, secret=secret, code=form.value.code if form.value else "", now=now)
            codes = await codes_if_none(tx, user_id=user.id, now=now)
    except HospesError as refusal:
        return await _app(request, rt, user, refusal)
    await forget_begun(rt.valkey, user.id)
    return _done(request, codes, "Your authenticator app is set up.")


@router.get("/sms")
async def sms_page(request: Request) -> Response:
    """Where codes would go, and the button that sends the first."""
    _, user = await _fresh(request)
    return _sms(request, user, sent=request.query_params.get("sent") == "1")


@router.post("/sms/send")
async def send_first_code_here(request: Request) -> Response:
    """A code goes to the verified number."""
    rt, user = await _fresh(request)
    try:
        async with rt.db.write() as tx:
            await begin_sms(tx, user=user, now=rt.clock.now())
    except HospesError as refusal:
        return _sms(request, user, sent=True, refusal=refusal)
    return onwards(f"{HERE}/sms?sent=1")


@router.post("/sms")
async def set_up_sms_here(request: Request) -> Response:
    """Text messages are a second step once the code is right."""
    rt, user = await _fresh(request)
    form = await read_form(request, CodeForm)
    now = rt.clock.now()
    codes = None
    try:
        async with rt.db.write() as tx:
            refused = await add_sms_factor(tx, user=user, code=form.value.code if form.value else "", now=now)
            if refused is None:
                codes = await codes_if_none(tx, user_id=user.id, now=now)
    except HospesError as refusal:
        return _sms(request, user, sent=True, refusal=refusal)
    if refused is not None:
        return _sms(request, user, sent=True, refusal=refused)
    return _done(request, codes, "Codes by text message are set up.")


def show_recovery_codes(request: Request, codes: list[str], done: str = "") -> Response:
    """The codes, to print, to save or to write down: this page is never shown again."""
    text = "Hospes recovery codes. Each is good once.\n\n" + "\n".join(codes) + "\n"
    file = "data:text/plain;base64," + base64.b64encode(text.encode()).decode()
    return render(request, "identity/security_codes.html", {"codes": codes, "file": file, "done": done})


def _done(request: Request, codes: list[str] | None, words: str) -> Response:
    if codes:
        return show_recovery_codes(request, codes, words)
    response = onwards(HERE)
    flash(response, words)
    return response


async def _app(request: Request, rt: Runtime, user: User, refusal: HospesError | None = None) -> Response:
    secret = await begin_totp(rt.valkey, rt.keyring, user_id=user.id)
    address = totp.address_of(secret, account=user.email, issuer=NAME)
    context = {
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "address": address,
        "picture": Markup(totp.picture_of(address)),  # noqa: S704  drawn by us from our own text
        "error": refusal.detail if refusal else "",
    }
    status = refusal.status if refusal else 200
    return with_wait(render(request, "identity/security_app.html", context, status=status), refusal)


def _sms(request: Request, user: User, *, sent: bool, refusal: HospesError | None = None) -> Response:
    context = {
        "number": user.phone if user.phone and user.phone_verified_at else "",
        "sent": sent,
        "error": refusal.detail if refusal else "",
    }
    status = refusal.status if refusal else 200
    return with_wait(render(request, "identity/security_sms.html", context, status=status), refusal)


async def _fresh(request: Request) -> tuple[Runtime, User]:
    caller = facade.require_fresh(request)
    rt = runtime(request)
    async with rt.db.read() as tx:
        return rt, await facade.get_user(tx, caller.user_id)
