"""Browser sessions and their cookie, opened and closed by every page that signs somebody in or out."""

import structlog
from fastapi import Request, Response
from redis.exceptions import RedisError

from hospes.modules.identity import facade
from hospes.modules.identity.browsers import close_quietly, give_cookie, open_session_here
from hospes.modules.identity.contracts import User
from hospes.modules.identity.errors import SigningInUnavailable
from hospes.modules.identity.web.entering import keep_browser, meet_browser
from hospes.modules.identity.web.parts import onwards
from hospes.platform.runtime import Runtime

log = structlog.get_logger(__name__)
NOT_NOW = "Signing in is out of service for a moment. You can still search and look around; please try again soon."


async def signed_in(request: Request, rt: Runtime, user: User, next_page: str, *, trust: bool = False) -> Response:
    """A fresh session id on every sign-in, so that one planted before is worth nothing; the old session is closed.

    The browser is known from then on, and with `trust` not asked for the second step for 30 days.
    """
    device = await meet_browser(request, rt, user.id, trust=trust)
    try:
        session = await open_session_here(request, rt, user)
    except RedisError as fault:
        log.warning("session_not_opened", reason=str(fault))
        raise SigningInUnavailable(NOT_NOW) from fault
    before = request.cookies.get(facade.SESSION_COOKIE)
    if before:
        await close_quietly(rt, before)
    response = onwards(next_page)
    give_cookie(request, response, rt, session)
    keep_browser(request, rt, response, device)
    return response
