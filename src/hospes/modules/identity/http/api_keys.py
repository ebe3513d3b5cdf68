"""The signed-in person's keys for partners' programs."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.identity import facade
from hospes.modules.identity.policies.scopes import SCOPES
from hospes.modules.identity.queries import api_keys
from hospes.modules.identity.schemas import api_keys as s
from hospes.modules.identity.use_cases.make_api_key import make_api_key, revoke_api_key, rotate_api_key
from hospes.platform.caller import require_caller
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/users/me/api-keys")


@router.get("")
async def list_my_api_keys(request: Request) -> s.ApiKeysOut:
    """Your keys, those that are over too."""
    caller = require_caller(request)
    rt = runtime(request)
    async with rt.db.read() as tx:
        found = await api_keys.list_keys(tx, caller.user_id)
    now = rt.clock.now()
    return s.ApiKeysOut(
        items=[s.ApiKeyOut.of(each, now) for each in found], scopes={each.name: each.words for each in SCOPES}
    )


@router.post("", status_code=201)
async def make_my_api_key(request: Request, response: Response, body: s.ApiKeyIn) -> s.ApiKeyMadeOut:
    """Make a key. It is in this answer and nowhere else; who has it acts as you, as far as its scopes go."""
    caller = facade.require_fresh(request)
    rt = runtime(request)
    now = rt.clock.now()
    async with rt.db.write() as tx:
        own = [each for each, _ in await rt.ports.businesses_of(tx, caller.user_id)] if body.business_id else []
        key, written = await make_api_key(tx, user_id=caller.user_id, businesses=own, now=now, **body.model_dump())
    response.headers["Cache-Control"] = "no-store"
    return s.ApiKeyMadeOut(key=written, listed=s.ApiKeyOut.of(key, now))


@router.post("/{key_id}/rotate", status_code=201)
async def rotate_my_api_key(request: Request, response: Response, key_id: UUID) -> s.ApiKeyMadeOut:
    """Make a key in the place of this one, which stays good for 24 hours so that programs can change over."""
    caller = facade.require_fresh(request)
    rt = runtime(request)
    now = rt.clock.now()
    async with rt.db.write() as tx:
        key, written = await rotate_api_key(tx, user_id=caller.user_id, key_id=key_id, now=now)
    facade.partner_keys_of(rt).forget_person(caller.user_id)
    response.headers["Cache-Control"] = "no-store"
    return s.ApiKeyMadeOut(key=written, listed=s.ApiKeyOut.of(key, now))


@router.delete("/{key_id}", status_code=204)
async def revoke_my_api_key(request: Request, key_id: UUID) -> None:
    """It opens nothing from now on."""
    caller = require_caller(request)
    facade.refuse_while_acting(caller)
    rt = runtime(request)
    async with rt.db.write() as tx:
        await revoke_api_key(tx, user_id=caller.user_id, key_id=key_id, now=rt.clock.now())
    facade.partner_keys_of(rt).forget_person(caller.user_id)
