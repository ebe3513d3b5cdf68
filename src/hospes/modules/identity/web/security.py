"""The account's security: second steps, passkeys, recovery codes, trusted browsers, what has happened."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from hospes.modules.identity import facade
from hospes.modules.identity.errors import LastSecondFactor
from hospes.modules.identity.policies.second_steps import Way, passkey_name
from hospes.modules.identity.policies.security_activity import said
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.schemas.security import NameForm, RemoveForm
from hospes.modules.identity.store import passkeys
from hospes.modules.identity.use_cases.distrust_devices import distrust_devices
from hospes.modules.identity.use_cases.look_at_security import look_at_security
from hospes.modules.identity.use_cases.make_recovery_codes import make_recovery_codes
from hospes.modules.identity.use_cases.remove_factor import remove_factor
from hospes.modules.identity.use_cases.reset_factors import cancel_reset
from hospes.modules.identity.web.parts import onwards
from hospes.modules.identity.web.setting_up import show_recovery_codes
from hospes.platform.caller import require_caller
from hospes.platform.db import ReadTx
from hospes.platform.errors import NotFound
from hospes.platform.forms import read_form
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/account/security")
HERE = "/account/security"


@router.get("")
async def security_page(request: Request, needed: Annotated[str, Query(max_length=10)] = "") -> Response:
    """Everything at a glance; `needed` says that an admin was sent here to set up a second step."""
    caller = require_caller(request)
    rt = runtime(request)
    now = rt.clock.now()
    async with rt.db.read() as tx:
        user = await facade.get_user(tx, caller.user_id)
        seen = await look_at_security(tx, user_id=caller.user_id, now=now)
    context: dict[str, Any] = {
        "user": user,
        "seen": seen,
        "has": seen.has,
        "apps": {kind: next((each for each in seen.factors if each.kind == kind), None) for kind in ("totp", "sms")},
        "activity": [(each, said(each.action, each.data)) for each in seen.activity],
        "needed": bool(needed),
        "number": user.phone[-3:] if user.phone and user.phone_verified_at else "",
    }
    return render(request, "identity/security.html", context)


@router.get("/recovery-codes")
async def recovery_codes_page(request: Request) -> Response:
    """What they are for, and the button that makes them."""
    caller = facade.require_fresh(request)
    async with runtime(request).db.read() as tx:
        has = await factors.factors_of(tx, caller.user_id)
    return onwards(HERE) if not has.any else render(request, "identity/security_codes_new.html", {"has": has})


@router.post("/recovery-codes")
async def make_recovery_codes_here(request: Request) -> Response:
    """Ten fresh codes, on this page and never again."""
    caller = facade.require_fresh(request)
    rt = runtime(request)
    async with rt.db.write() as tx:
        codes = await make_recovery_codes(tx, user_id=caller.user_id, now=rt.clock.now())
    return show_recovery_codes(request, codes)


@router.get("/remove/{kind}")
async def remove_page(request: Request, kind: Way, id: Annotated[UUID | None, Query()] = None) -> Response:
    """Say once more that it shall go."""
    caller = facade.require_fresh(request)
    async with runtime(request).db.read() as tx:
        return await _removing(request, tx, caller.user_id, kind, id)


@router.post("/remove/{kind}")
async def remove_here(request: Request, kind: Way, id: Annotated[UUID | None, Query()] = None) -> Response:
    """It is gone; the last one only when that was ticked."""
    caller = facade.require_fresh(request)
    rt = runtime(request)
    form = await read_form(request, RemoveForm)
    sure = form.value is not None and form.value.turn_off == "yes"
    try:
        async with rt.db.write() as tx:
            left = await remove_factor(
                tx, user_id=caller.user_id, kind=kind, passkey_id=id, turn_off=sure, now=rt.clock.now()
            )
    except LastSecondFactor as refusal:
        async with rt.db.read() as tx:
            return await _removing(request, tx, caller.user_id, kind, id, refusal)
    response = onwards(HERE)
    flash(response, "It is removed." if left else "It is removed. Your password alone opens your account now.")
    return response


@router.post("/passkeys/{passkey_id}/name")
async def rename_passkey_here(request: Request, passkey_id: UUID) -> Response:
    """Call it something else."""
    caller = require_caller(request)
    facade.refuse_while_acting(caller)
    form = await read_form(request, NameForm)
    response = onwards(HERE)
    try:
        name = passkey_name(form.value.name if form.value else "x" * 100)
    except ValueError as fault:
        flash(response, f"The name was not changed. {fault}")
        return response
    async with runtime(request).db.write() as tx:
        if not await passkeys.rename_passkey(tx, caller.user_id, passkey_id, name):
            raise NotFound("There is no such passkey in your account.")
    flash(response, "The passkey has a new name.")
    return response


@router.post("/devices/forget")
async def distrust_here(request: Request, id: Annotated[UUID | None, Query()] = None) -> Response:
    """One browser, or without `id` all of them, is asked for the second step again."""
    caller = require_caller(request)
    rt = runtime(request)
    async with rt.db.write() as tx:
        await distrust_devices(tx, user_id=caller.user_id, device_id=id, now=rt.clock.now())
    response = onwards(HERE)
    flash(response, "From now on we ask for the second step there.")
    return response


@router.post("/reset/cancel")
async def withdraw_reset_here(request: Request) -> Response:
    """The second steps stay."""
    caller = require_caller(request)
    rt = runtime(request)
    async with rt.db.write() as tx:
        await cancel_reset(tx, user_id=caller.user_id, now=rt.clock.now())
    response = onwards(HERE)
    flash(response, "Your second steps stay as they are.")
    return response


async def _removing(
    request: Request,
    tx: ReadTx,
    user_id: UUID,
    kind: Way,
    passkey_id: UUID | None,
    refusal: LastSecondFactor | None = None,
) -> Response:
    has = await factors.factors_of(tx, user_id)
    known = {each.id: each.name for each in await factors.list_passkeys(tx, user_id)}
    there = {
        Way.TOTP: has.totp,
        Way.SMS: has.sms,
        Way.PASSKEY: passkey_id in known,
        Way.RECOVERY_CODE: False,
    }
    if not there[kind]:
        raise NotFound("There is no such second step in your account.")
    context = {
        "kind": kind,
        "passkey_id": passkey_id,
        "name": known.get(passkey_id, "") if passkey_id else "",
        "last": has.count == 1,
        "error": refusal.detail if refusal else "",
    }
    return render(request, "identity/security_remove.html", context, status=refusal.status if refusal else 200)
