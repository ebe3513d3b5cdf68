"""Browsers known again, and sign-ins that go on to their second step."""

from uuid import UUID

from fastapi import Request, Response

from hospes.modules.identity import devices, pending
from hospes.modules.identity.contracts import User
from hospes.modules.identity.policies.devices import device_name, network_of
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.use_cases.meet_device import meet_device
from hospes.modules.identity.use_cases.take_second_step import begin_second_step
from hospes.modules.identity.web.parts import address_of, onwards
from hospes.platform.runtime import Runtime

BY_WEB = "web"
PENDING_COOKIE = "hospes_second"
SECOND_STEP = "/login/second"


def browser_hash(request: Request, rt: Runtime) -> bytes | None:
    """By which this browser is known, or None when it never signed in."""
    token = devices.known_device(request, rt.settings.auth.secret)
    return devices.device_hash(token) if token else None


async def needs_second_step(request: Request, rt: Runtime, user: User) -> bool:
    """For who came in without their password (by another site's account): whether a second step is to be asked."""
    async with rt.db.read() as tx:
        has = await factors.factors_of(tx, user.id, device=browser_hash(request, rt), now=rt.clock.now())
    return has.any and not has.trusted


async def ask_second_step(request: Request, rt: Runtime, user_id: UUID, next_page: str) -> Response:
    """To the page of the second step; this browser alone can take it."""
    token = await begin_second_step(rt.db, rt.valkey, user_id=user_id, by=BY_WEB, next_page=next_page)
    response = onwards(SECOND_STEP)
    response.set_cookie(
        PENDING_COOKIE,
        token,
        max_age=pending.LASTS,
        path="/login",
        httponly=True,
        samesite="lax",
        secure=is_secure(request, rt),
    )
    return response


async def meet_browser(request: Request, rt: Runtime, user_id: UUID, *, trust: bool) -> str:
    """The token of this browser, known to be the person's; they are told by mail of a new one."""
    token = devices.known_device(request, rt.settings.auth.secret) or devices.new_device()
    async with rt.db.write() as tx:
        await meet_device(
            tx,
            user_id=user_id,
            token_hash=devices.device_hash(token),
            name=device_name(request.headers.get("user-agent", "")),
            place=network_of(address_of(request)),
            trust=trust,
            now=rt.clock.now(),
        )
    return token


def keep_browser(request: Request, rt: Runtime, response: Response, token: str) -> None:
    """Let the browser be known by this token, and forget the sign-in that waited."""
    devices.remember_device(response, token, rt.settings.auth.secret, secure=is_secure(request, rt))
    if PENDING_COOKIE in request.cookies:
        response.delete_cookie(PENDING_COOKIE, path="/login")


def is_secure(request: Request, rt: Runtime) -> bool:
    """Whether cookies are for TLS only."""
    return rt.settings.secure_cookies or request.url.scheme == "https"
