"""The signed-in person's second steps, passkeys, recovery codes and trusted browsers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from hospes.modules.identity import facade, totp
from hospes.modules.identity.contracts import User
from hospes.modules.identity.passkeys import NAME, site_of
from hospes.modules.identity.policies.second_steps import Way, passkey_name
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.schemas import security as s
from hospes.modules.identity.store import passkeys
from hospes.modules.identity.use_cases.add_passkey import add_passkey
from hospes.modules.identity.use_cases.add_sms_factor import add_sms_factor, begin_sms
from hospes.modules.identity.use_cases.add_totp import ENROL_LASTS, add_totp, begin_totp, begun_totp, forget_begun
from hospes.modules.identity.use_cases.begin_passkey import begin_passkey, made_passkey
from hospes.modules.identity.use_cases.confirm_second_step import bound_to
from hospes.modules.identity.use_cases.distrust_devices import distrust_devices
from hospes.modules.identity.use_cases.look_at_security import look_at_security
from hospes.modules.identity.use_cases.make_recovery_codes import codes_if_none, make_recovery_codes
from hospes.modules.identity.use_cases.remove_factor import remove_factor
from hospes.modules.identity.use_cases.reset_factors import cancel_reset
from hospes.platform.caller import Caller, require_caller
from hospes.platform.db import ReadTx
from hospes.platform.errors import Invalid, NotFound
from hospes.platform.runtime import Runtime, runtime

router = APIRouter(prefix="/users/me/security")
TurnOff = Annotated[bool, Query(description="Needed to remove the last one.")]


@router.get("")
async def my_security(request: Request) -> s.SecurityOut:
    """What protects the account, and what has happened to it lately."""
    caller = require_caller(request)
    facade.refuse_while_acting(caller)
    rt = runtime(request)
    async with rt.db.read() as tx:
        seen = await look_at_security(tx, user_id=caller.user_id, now=rt.clock.now())
    return s.SecurityOut(
        factors=[s.FactorOut.of(each) for each in seen.factors],
        passkeys=[s.PasskeyOut.of(each) for each in seen.passkeys],
        recovery_codes_left=seen.has.codes_left,
        trusted_devices=[s.DeviceOut.of(each) for each in seen.devices],
        password_changed_at=seen.password_changed_at,
        activity=[s.ActivityOut.of(each) for each in seen.activity],
        methods=s.methods_of(seen.has),
        reset=s.ResetOut.of(seen.reset) if seen.reset else None,
    )


@router.post("/totp")
async def begin_my_totp(request: Request, response: Response) -> s.TotpBegunOut:
    """Begin to set up an authenticator app; nothing is kept until its first code is right."""
    rt, _, user = await _fresh(request, response)
    secret = await begin_totp(rt.valkey, rt.keyring, user_id=user.id)
    address = totp.address_of(secret, account=user.email, issuer=NAME)
    return s.TotpBegunOut(secret=secret, otpauth_url=address, qr_svg=totp.picture_of(address), expires_in=ENROL_LASTS)


@router.post("/totp/confirm")
async def confirm_my_totp(request: Request, response: Response, body: s.CodeIn) -> s.FactorAddedOut:
    """The app's first code: from now on it is a second step."""
    rt, _, user = await _fresh(request, response)
    now = rt.clock.now()
    secret = await begun_totp(rt.valkey, rt.keyring, user_id=user.id)
    async with rt.db.write() as tx:
        await add_totp(tx, user=user, secret=secret, code=body.code, now=now)
        codes = await codes_if_none(tx, user_id=user.id, now=now)
    await forget_begun(rt.valkey, user.id)
    return s.FactorAddedOut(recovery_codes=codes)


@router.delete("/totp", status_code=204)
async def remove_my_totp(request: Request, response: Response, turn_off: TurnOff = False) -> None:
    """Remove the authenticator app."""
    await _remove(request, response, Way.TOTP, turn_off)


@router.post("/sms")
async def begin_my_sms(request: Request, response: Response) -> s.CodeSentOut:
    """Send a code to the verified number, to set it up."""
    rt, _, user = await _fresh(request, response)
    async with rt.db.write() as tx:
        sent = await begin_sms(tx, user=user, now=rt.clock.now())
    return s.CodeSentOut(code_expires_at=sent.code_expires_at)


@router.post("/sms/confirm")
async def confirm_my_sms(request: Request, response: Response, body: s.CodeIn) -> s.FactorAddedOut:
    """The code that was sent: from now on text messages are a second step."""
    rt, _, user = await _fresh(request, response)
    now = rt.clock.now()
    codes = None
    async with rt.db.write() as tx:
        refused = await add_sms_factor(tx, user=user, code=body.code, now=now)
        if refused is None:
            codes = await codes_if_none(tx, user_id=user.id, now=now)
    if refused is not None:
        raise refused
    return s.FactorAddedOut(recovery_codes=codes)


@router.delete("/sms", status_code=204)
async def remove_my_sms(request: Request, response: Response, turn_off: TurnOff = False) -> None:
    """No more codes by text message."""
    await _remove(request, response, Way.SMS, turn_off)


@router.post("/passkeys/options")
async def begin_my_passkey(request: Request, response: Response) -> s.CeremonyOut:
    """What the browser needs to make a passkey."""
    rt, caller, user = await _fresh(request, response)
    ceremony, options = await begin_passkey(
        rt.db, rt.valkey, site_of(rt.settings), user=user, bound_to=bound_to(caller)
    )
    return s.CeremonyOut(ceremony=ceremony, options=options)


@router.post("/passkeys", status_code=201)
async def add_my_passkey(request: Request, response: Response, body: s.PasskeyIn) -> s.PasskeyOut:
    """Keep the passkey that was made."""
    rt, caller, user = await _fresh(request, response)
    name = _name(body.name)
    made = await made_passkey(
        rt.valkey,
        site_of(rt.settings),
        user=user,
        ceremony_id=body.ceremony,
        bound_to=bound_to(caller),
        credential=body.credential,
    )
    async with rt.db.write() as tx:
        passkey_id = await add_passkey(tx, user_id=user.id, made=made, name=name, now=rt.clock.now())
        return await _passkey(tx, user.id, passkey_id)


@router.patch("/passkeys/{passkey_id}")
async def rename_my_passkey(request: Request, passkey_id: UUID, body: s.PasskeyNameIn) -> s.PasskeyOut:
    """Call it something else."""
    caller = require_caller(request)
    facade.refuse_while_acting(caller)
    async with runtime(request).db.write() as tx:
        if not await passkeys.rename_passkey(tx, caller.user_id, passkey_id, _name(body.name)):
            raise NotFound("There is no such passkey in your account.")
        return await _passkey(tx, caller.user_id, passkey_id)


@router.delete("/passkeys/{passkey_id}", status_code=204)
async def remove_my_passkey(request: Request, response: Response, passkey_id: UUID, turn_off: TurnOff = False) -> None:
    """Nobody can sign in with it any more."""
    await _remove(request, response, Way.PASSKEY, turn_off, passkey_id)


@router.post("/recovery-codes")
async def make_my_recovery_codes(request: Request, response: Response) -> s.RecoveryCodesOut:
    """Ten fresh codes, shown this once; those before are worthless."""
    rt, _, user = await _fresh(request, response)
    async with rt.db.write() as tx:
        codes = await make_recovery_codes(tx, user_id=user.id, now=rt.clock.now())
    return s.RecoveryCodesOut(recovery_codes=codes)


@router.delete("/devices", status_code=204)
async def distrust_my_devices(request: Request) -> None:
    """Ask every browser for the second step again."""
    await _distrust(request, None)


@router.delete("/devices/{device_id}", status_code=204)
async def distrust_my_device(request: Request, device_id: UUID) -> None:
    """Ask this browser for the second step again."""
    await _distrust(request, device_id)


@router.delete("/reset", status_code=204)
async def withdraw_my_reset(request: Request) -> None:
    """Stop the removal of all second steps that somebody asked for."""
    caller = require_caller(request)
    rt = runtime(request)
    async with rt.db.write() as tx:
        if not await cancel_reset(tx, user_id=caller.user_id, now=rt.clock.now()):
            raise NotFound("Nobody has asked for that.")


async def _fresh(request: Request, response: Response) -> tuple[Runtime, Caller, User]:
    """For what changes how somebody signs in: they have proven themselves within ten minutes; kept by no cache."""
    caller = facade.require_fresh(request)
    response.headers["Cache-Control"] = "no-store"
    rt = runtime(request)
    async with rt.db.read() as tx:
        return rt, caller, await facade.get_user(tx, caller.user_id)


async def _remove(
    request: Request, response: Response, kind: Way, turn_off: bool, passkey_id: UUID | None = None
) -> None:
    rt, _, user = await _fresh(request, response)
    async with rt.db.write() as tx:
        await remove_factor(
            tx, user_id=user.id, kind=kind, passkey_id=passkey_id, turn_off=turn_off, now=rt.clock.now()
        )


async def _distrust(request: Request, device_id: UUID | None) -> None:
    caller = require_caller(request)
    rt = runtime(request)
    async with rt.db.write() as tx:
        await distrust_devices(tx, user_id=caller.user_id, device_id=device_id, now=rt.clock.now())


async def _passkey(tx: ReadTx, user_id: UUID, passkey_id: UUID) -> s.PasskeyOut:
    known = await factors.list_passkeys(tx, user_id)
    return next(s.PasskeyOut.of(each) for each in known if each.id == passkey_id)


def _name(text: str) -> str:
    try:
        return passkey_name(text)
    except ValueError as fault:
        raise Invalid(str(fault), fields={"name": str(fault)}) from fault
