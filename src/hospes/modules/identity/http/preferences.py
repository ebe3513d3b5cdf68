"""What the signed-in person has chosen."""

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from hospes.modules.identity import facade
from hospes.modules.identity.errors import PreferencesChanged
from hospes.modules.identity.http.account import change_me, me
from hospes.modules.identity.queries.preferences import find_preferences
from hospes.modules.identity.schemas.account import ProfileIn, UserOut
from hospes.modules.identity.schemas.preferences import PreferencesIn, PreferencesOut, tag_of
from hospes.modules.identity.store.privacy import list_consents
from hospes.modules.identity.use_cases.change_preferences import STALE, change_preferences
from hospes.modules.identity.use_cases.note_consents import note_consents
from hospes.platform.addresses import client_address
from hospes.platform.caller import Caller, require_caller
from hospes.platform.db import ReadTx
from hospes.platform.runtime import runtime

router = APIRouter()
IfMatch = Annotated[str | None, Header()]


@router.get("/users/me/preferences")
@router.get("/users/preferences", include_in_schema=False)
async def my_preferences(request: Request, response: Response) -> PreferencesOut:
    """Language, zone, currency, what you are told of, and how you like to travel."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        user, known = await facade.get_user(tx, caller.user_id), await find_preferences(tx, caller.user_id)
        marketing = await _marketing(tx, caller)
    response.headers["ETag"] = f'"{tag_of(user, known)}"'
    return PreferencesOut.of(user, known, marketing=marketing)


@router.put("/users/me/preferences")
@router.put("/users/preferences", include_in_schema=False)
async def change_my_preferences(
    request: Request, response: Response, body: PreferencesIn, if_match: IfMatch = None
) -> PreferencesOut:
    """Choose. With `If-Match`, only when they are still as they were read."""
    caller = require_caller(request)
    facade.refuse_while_acting(caller)
    rt = runtime(request)
    now = rt.clock.now()
    async with rt.db.write() as tx:
        user, known = await facade.get_user(tx, caller.user_id), await find_preferences(tx, caller.user_id)
        if if_match not in (None, "*", f'"{tag_of(user, known)}"'):
            raise PreferencesChanged(STALE)
        user, known = await change_preferences(tx, user=user, seen=known, now=now, **body.changes())
        marketing = await _marketing(tx, caller)
        if body.marketing is not None and body.marketing != marketing:
            marketing, origin = body.marketing, facade.origin_of(rt, client_address(request))
            await note_consents(tx, user_id=user.id, kinds=("marketing",), given=marketing, origin=origin, now=now)
    await facade.refresh_sessions(rt, user)
    response.headers["ETag"] = f'"{tag_of(user, known)}"'
    return PreferencesOut.of(user, known, marketing=marketing)


@router.get("/users/profile", include_in_schema=False)
async def my_profile(request: Request, response: Response) -> UserOut:
    """As `GET /users/me`."""
    return await me(request, response)


@router.put("/users/profile", include_in_schema=False)
async def change_my_profile(request: Request, response: Response, body: ProfileIn, if_match: IfMatch = None) -> UserOut:
    """As `PATCH /users/me`."""
    return await change_me(request, response, body, if_match)


async def _marketing(tx: ReadTx, caller: Caller) -> bool:
    return any(row["given"] for row in await list_consents(tx, caller.user_id) if row["kind"] == "marketing")
