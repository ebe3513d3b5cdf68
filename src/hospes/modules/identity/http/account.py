"""The signed-in person: their profile and roles."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response

from hospes.modules.identity import facade
from hospes.modules.identity import tokens as signing
from hospes.modules.identity.contracts import Role
from hospes.modules.identity.errors import ProfileChanged
from hospes.modules.identity.following import keys_of
from hospes.modules.identity.policies.forms import check_profile
from hospes.modules.identity.schemas.account import BecameHostOut, ProfileIn, UserOut
from hospes.modules.identity.use_cases.change_profile import change_profile
from hospes.platform.caller import require_caller
from hospes.platform.runtime import runtime

router = APIRouter()


@router.get("/users/me")
async def me(request: Request, response: Response) -> UserOut:
    """The signed-in person."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        user = await facade.get_user(tx, caller.user_id)
    response.headers["ETag"] = f'"{user.version}"'
    return UserOut.of(user)


@router.patch("/users/me")
async def change_me(
    request: Request, response: Response, body: ProfileIn, if_match: Annotated[str | None, Header()] = None
) -> UserOut:
    """Change the profile. With `If-Match`, only when it is still the version that was read."""
    caller = require_caller(request)
    rt = runtime(request)
    async with rt.db.write() as tx:
        user = await facade.get_user(tx, caller.user_id)
        if if_match not in (None, "*", f'"{user.version}"'):
            raise ProfileChanged(
                "Your profile was changed somewhere else in the meantime. Reload it and make your change again."
            )
        changed = await change_profile(tx, user=user, profile=check_profile(body.over(user)), now=rt.clock.now())
    await facade.refresh_sessions(rt, changed)
    response.headers["ETag"] = f'"{changed.version}"'
    return UserOut.of(changed)


@router.post("/users/me/become-host")
async def become_host(request: Request) -> BecameHostOut:
    """Take the role host, free for everybody; what is listed is approved before it is shown."""
    caller = require_caller(request)
    rt = runtime(request)
    async with rt.db.write() as tx:
        user = await facade.grant_role(tx, caller.user_id, Role.HOST, now=rt.clock.now())
    await facade.refresh_sessions(rt, user)
    if caller.via != "token":
        return BecameHostOut(user=UserOut.of(user), access_token=None, expires_in=None)
    access = signing.sign_access_token(
        user,
        keys_of(rt),
        now=rt.clock.now(),
        family_id=UUID(caller.session) if caller.session else None,
        confirmed_at=caller.confirmed_at or user.created_at,
    )
    return BecameHostOut(user=UserOut.of(user), access_token=access, expires_in=rt.settings.auth.access_ttl)
