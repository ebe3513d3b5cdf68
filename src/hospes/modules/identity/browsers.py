"""The cookie of a browser session, and its rotation: the id changes whenever what it may do changes."""

from typing import Any

import structlog
from fastapi import Request, Response
from redis.exceptions import RedisError

from hospes.modules.identity import facade, sessions
from hospes.modules.identity.contracts import User
from hospes.modules.identity.errors import SigningInUnavailable
from hospes.platform.addresses import client_address
from hospes.platform.errors import Unauthorized
from hospes.platform.runtime import Runtime

log = structlog.get_logger(__name__)
# As long as browsers keep one; the session itself ends on the server, 7 days after its last use.
_COOKIE_LASTS = 400 * 24 * 3600


def give_cookie(request: Request, response: Response, rt: Runtime, session: sessions.Session) -> None:
    """The browser shows this session from now on."""
    response.set_cookie(
        facade.SESSION_COOKIE,
        session.id,
        max_age=_COOKIE_LASTS,
        httponly=True,
        samesite="lax",
        secure=rt.settings.secure_cookies or request.url.scheme == "https",
    )
    response.delete_cookie(facade.CSRF_COOKIE)


async def open_session_here(request: Request, rt: Runtime, user: User, **facts: Any) -> sessions.Session:
    """A fresh session in this browser, which has not got its cookie yet; raises `RedisError`."""
    return await sessions.open_session(
        rt.valkey,
        user,
        ip_address=client_address(request),
        user_agent=request.headers.get("user-agent", ""),
        lasts=rt.settings.auth.session_ttl,
        now=rt.clock.now(),
        **facts,
    )


async def close_quietly(rt: Runtime, session_id: str) -> None:
    """Close a session; without Valkey it runs out by itself."""
    try:
        await sessions.close_session(rt.valkey, session_id)
    except RedisError as fault:
        log.warning("session_not_closed", reason=str(fault))


async def renew_session(request: Request, response: Response, rt: Runtime, **changes: Any) -> sessions.Session:
    """The session of this request under a fresh id, with these changes; the old id is dead at once.

    Raises `Unauthorized` when it has ended in the meantime, `SigningInUnavailable` while Valkey is away.
    """
    session_id = request.cookies.get(facade.SESSION_COOKIE, "")
    lasts, now = rt.settings.auth.session_ttl, rt.clock.now()
    try:
        session = await sessions.rotate_session(rt.valkey, session_id, lasts=lasts, now=now, **changes)
    except RedisError as fault:
        log.warning("session_not_renewed", reason=str(fault))
        raise SigningInUnavailable("This is out of service for a moment. Please try again soon.") from fault
    if session is None:
        raise Unauthorized("Your session has ended. Please sign in again.")
    give_cookie(request, response, rt, session)
    return session
