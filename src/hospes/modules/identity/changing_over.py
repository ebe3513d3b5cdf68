"""An admin goes into somebody's account, and back: one session ends, another begins."""

from datetime import datetime
from typing import Any

from fastapi import Request, Response
from redis.exceptions import RedisError

from hospes.modules.identity import facade, sessions
from hospes.modules.identity.browsers import close_quietly, give_cookie, open_session_here
from hospes.modules.identity.contracts import Role, User
from hospes.modules.identity.errors import SigningInUnavailable
from hospes.modules.identity.use_cases.begin_acting import LASTS, begin_acting, end_acting
from hospes.platform.caller import Caller
from hospes.platform.runtime import Runtime


async def go_in(
    request: Request, response: Response, rt: Runtime, caller: Caller, *, user_id: Any, reason: str
) -> tuple[User, sessions.Session, datetime]:
    """Into this account for half an hour; raises what `begin_acting` raises."""
    now = rt.clock.now()
    async with rt.db.write() as tx:
        user = await begin_acting(tx, user_id=user_id, reason=reason, actor=caller.user_id, now=now)
    session = await _change_over(request, response, rt, user, admin_id=caller.user_id, ends_at=now + LASTS)
    return user, session, now + LASTS


async def come_back(
    request: Request, response: Response, rt: Runtime, caller: Caller
) -> tuple[User, sessions.Session] | None:
    """Back into the admin's own account; None, and signed out, for who is an admin no more."""
    assert caller.admin_id is not None
    async with rt.db.write() as tx:
        admin = await end_acting(tx, user_id=caller.user_id, actor=caller.admin_id, now=rt.clock.now())
    if admin is None:
        await close_quietly(rt, request.cookies.get(facade.SESSION_COOKIE, ""))
        return None
    session = await _change_over(request, response, rt, admin, current_role=Role.ADMIN, confirmed=False)
    return admin, session


async def _change_over(request: Request, response: Response, rt: Runtime, user: User, **facts: Any) -> sessions.Session:
    """A session of somebody else in place of the present one, which is closed."""
    try:
        session = await open_session_here(request, rt, user, **facts)
    except RedisError as fault:
        raise SigningInUnavailable("This is out of service for a moment. Please try again soon.") from fault
    await close_quietly(rt, request.cookies.get(facade.SESSION_COOKIE, ""))
    give_cookie(request, response, rt, session)
    return session
