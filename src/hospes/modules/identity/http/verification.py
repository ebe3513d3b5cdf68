"""Verifying addresses and numbers, forgotten passwords, and changes that are verified."""

from fastapi import APIRouter, Request, Response

from hospes.modules.identity import proving
from hospes.modules.identity.contracts import Purpose
from hospes.modules.identity.policies.person import email_address
from hospes.modules.identity.schemas.account import UserOut
from hospes.modules.identity.schemas.verification import (
    ChangeEmailIn,
    ChangePasswordIn,
    ChangePhoneIn,
    CodeIn,
    CodeSentOut,
    ForgotPasswordIn,
    OtpSendIn,
    OtpVerifyIn,
    ProofIn,
    ResetAskedOut,
    ResetPasswordIn,
    UndoIn,
    UndoneOut,
)
from hospes.modules.identity.use_cases.ask_reset import ask_reset
from hospes.platform.caller import find_caller, require_caller
from hospes.platform.errors import Invalid
from hospes.platform.runtime import runtime

router = APIRouter()


@router.post("/auth/verify-email")
async def verify_email(request: Request, body: ProofIn) -> UserOut:
    """Confirm the address by the token of the link, signed in or not, or by the code, signed in."""
    rt = runtime(request)
    if body.token:
        return UserOut.of(await proving.confirm_link(rt, body.token, find_caller(request)))
    caller = require_caller(request)
    return UserOut.of(await proving.confirm_code(rt, caller.user_id, Purpose.VERIFY_EMAIL, body.code or ""))


@router.post("/auth/verify-phone")
async def verify_phone(request: Request, body: CodeIn) -> UserOut:
    """Confirm the number by the code."""
    caller = require_caller(request)
    return UserOut.of(await proving.confirm_code(runtime(request), caller.user_id, Purpose.VERIFY_PHONE, body.code))


@router.post("/auth/resend-verification", status_code=202)
async def resend_verification(request: Request) -> CodeSentOut:
    """Another mail with a code and a link: one a minute, five an hour, ten a day."""
    caller = require_caller(request)
    return CodeSentOut.of(await proving.send_to_verify(runtime(request), caller.user_id, Purpose.VERIFY_EMAIL))


@router.post("/auth/otp/send", status_code=202)
async def send_otp(request: Request, body: OtpSendIn) -> CodeSentOut:
    """A code by mail or by SMS: one a minute, five an hour, ten a day for each purpose."""
    caller = require_caller(request)
    return CodeSentOut.of(await proving.send_to_verify(runtime(request), caller.user_id, body.purpose.purpose))


@router.post("/auth/otp/verify")
async def verify_otp(request: Request, body: OtpVerifyIn) -> UserOut:
    """What the code proves is noted; each code can be tried five times."""
    caller = require_caller(request)
    rt = runtime(request)
    return UserOut.of(await proving.confirm_code(rt, caller.user_id, body.purpose.purpose, body.code))


@router.post("/auth/forgot-password", status_code=202)
async def forgot_password(request: Request, body: ForgotPasswordIn) -> ResetAskedOut:
    """A mail with a code and a link, if there is an account; the answer and its time are the same if there is none."""
    try:
        email = email_address(body.email)
    except ValueError as fault:
        raise Invalid(str(fault), fields={"email": str(fault)}) from fault
    rt = runtime(request)
    async with rt.db.write() as tx:
        sent = await ask_reset(tx, email=email, now=rt.clock.now())
    return ResetAskedOut(reset_id=sent.challenge_id, code_expires_at=sent.code_expires_at)


@router.post("/auth/reset-password", status_code=204)
async def reset_password(request: Request, body: ResetPasswordIn) -> Response:
    """Set a new password by the token of the link, or by `reset_id` and the code. Every sign-in ends."""
    await proving.set_new_password(
        runtime(request),
        password=body.password,
        link=body.token or "",
        code=body.code or "",
        reset_id=body.reset_id,
    )
    return Response(status_code=204)


@router.post("/auth/undo-change")
async def undo_change(request: Request, body: UndoIn) -> UndoneOut:
    """Take a change of address or number back, within seven days, by the token of the mail that told of it."""
    return UndoneOut(reset_token=await proving.take_back(runtime(request), body.token))


@router.post("/users/me/email", status_code=202)
async def change_email(request: Request, body: ChangeEmailIn) -> CodeSentOut:
    """Ask for another address; it is used once it is confirmed (`/users/me/email/confirm`)."""
    caller = require_caller(request)
    return CodeSentOut.of(
        await proving.send_to_change_email(runtime(request), caller, email=body.email, password=body.current_password)
    )


@router.post("/users/me/email/confirm")
async def confirm_email_change(request: Request, body: CodeIn) -> UserOut:
    """Use the new address from now on; the old one is told, and can take it back for seven days."""
    caller = require_caller(request)
    return UserOut.of(await proving.confirm_code(runtime(request), caller.user_id, Purpose.CHANGE_EMAIL, body.code))


@router.post("/users/me/phone", status_code=202)
async def change_phone(request: Request, body: ChangePhoneIn) -> CodeSentOut:
    """Ask for another number; it is used once it is confirmed (`/users/me/phone/confirm`)."""
    caller = require_caller(request)
    return CodeSentOut.of(
        await proving.send_to_change_phone(runtime(request), caller, phone=body.phone, password=body.current_password)
    )


@router.post("/users/me/phone/confirm")
async def confirm_phone_change(request: Request, body: CodeIn) -> UserOut:
    """Use the new number from now on."""
    caller = require_caller(request)
    return UserOut.of(await proving.confirm_code(runtime(request), caller.user_id, Purpose.CHANGE_PHONE, body.code))


@router.post("/users/me/password", status_code=204)
async def change_password(request: Request, body: ChangePasswordIn) -> Response:
    """Another password. Every sign-in but this one ends."""
    caller = require_caller(request)
    await proving.change_password(runtime(request), caller, current=body.current_password, password=body.password)
    return Response(status_code=204)
