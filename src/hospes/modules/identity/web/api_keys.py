"""The pages of keys for partners' programs."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.identity import facade
from hospes.modules.identity.errors import ApiKeyNotFound
from hospes.modules.identity.policies.api_keys import LASTS_DAYS, MOST_KEYS, PER_MINUTE
from hospes.modules.identity.policies.scopes import SCOPES
from hospes.modules.identity.queries import api_keys
from hospes.modules.identity.schemas.api_keys import ApiKeyForm, starts_with
from hospes.modules.identity.use_cases.make_api_key import make_api_key, revoke_api_key, rotate_api_key
from hospes.modules.identity.web.parts import filled, onwards
from hospes.platform.caller import require_caller
from hospes.platform.errors import HospesError
from hospes.platform.forms import read_form
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/account/keys")
HERE = "/account/keys"


@router.get("")
async def keys_page(request: Request) -> Response:
    """The person's keys: those that are good, then those that are over."""
    caller = require_caller(request)
    rt = runtime(request)
    now = rt.clock.now()
    async with rt.db.read() as tx:
        found = await api_keys.list_keys(tx, caller.user_id)
        names = dict(await rt.ports.businesses_of(tx, caller.user_id))
    listed = [(each, starts_with(each), {other.rotated_from for other in found}) for each in found]
    context = {
        "live": [(key, start, key.id in replaced) for key, start, replaced in listed if key.is_live(now)],
        "over": [(key, start) for key, start, _ in listed if not key.is_live(now)][:10],
        "words": {each.name: each.words for each in SCOPES},
        "most": MOST_KEYS,
        "names": names,
    }
    return render(request, "identity/keys.html", context)


@router.get("/new")
async def new_key_page(request: Request) -> Response:
    """What the new key is for."""
    facade.require_fresh(request)
    return await _form(request, {"lasts_days": "365", "per_minute": str(PER_MINUTE)}, [])


@router.post("/new")
async def make_key_here(request: Request) -> Response:
    """The key, on this page and never again; the form again with what is wrong."""
    caller = facade.require_fresh(request)
    rt = runtime(request)
    chosen = [str(each) for each in (await request.form()).getlist("scopes")]
    form = await read_form(request, ApiKeyForm)
    if form.value is None:
        return await _form(request, form.typed, chosen, form.errors, 422)
    said = form.value
    try:
        async with rt.db.write() as tx:
            own = [each for each, _ in await rt.ports.businesses_of(tx, caller.user_id)]
            key, written = await make_api_key(
                tx,
                user_id=caller.user_id,
                name=said.name,
                scopes=said.scopes,
                lasts_days=said.lasts_days or None,
                per_minute=said.per_minute,
                business_id=said.business_id,
                businesses=own,
                now=rt.clock.now(),
            )
    except HospesError as refusal:
        return await _form(request, form.typed, chosen, refusal.fields or {"form": refusal.detail}, refusal.status)
    return render(request, "identity/key_shown.html", {"key": key, "written": written, "old": None})


@router.get("/{key_id}/rotate")
async def rotate_page(request: Request, key_id: UUID) -> Response:
    """What replacing a key means, and the button."""
    facade.require_fresh(request)
    return await _asking(request, key_id, "rotate")


@router.post("/{key_id}/rotate")
async def rotate_here(request: Request, key_id: UUID) -> Response:
    """The key in its place, on this page and never again."""
    caller = facade.require_fresh(request)
    rt = runtime(request)
    async with rt.db.write() as tx:
        key, written = await rotate_api_key(tx, user_id=caller.user_id, key_id=key_id, now=rt.clock.now())
        old = await api_keys.find_key(tx, caller.user_id, key_id)
    facade.partner_keys_of(rt).forget_person(caller.user_id)
    return render(request, "identity/key_shown.html", {"key": key, "written": written, "old": old})


@router.get("/{key_id}/revoke")
async def revoke_page(request: Request, key_id: UUID) -> Response:
    """What revoking means, and the button."""
    require_caller(request)
    return await _asking(request, key_id, "revoke")


@router.post("/{key_id}/revoke")
async def revoke_here(request: Request, key_id: UUID) -> Response:
    """It opens nothing from now on."""
    caller = require_caller(request)
    facade.refuse_while_acting(caller)
    rt = runtime(request)
    async with rt.db.write() as tx:
        await revoke_api_key(tx, user_id=caller.user_id, key_id=key_id, now=rt.clock.now())
    facade.partner_keys_of(rt).forget_person(caller.user_id)
    response = onwards(HERE)
    flash(response, "The key is revoked.")
    return response


async def _asking(request: Request, key_id: UUID, what: str) -> Response:
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        key = await api_keys.find_key(tx, caller.user_id, key_id)
    if key is None:
        raise ApiKeyNotFound()
    return render(request, "identity/key_change.html", {"key": key, "start": starts_with(key), "what": what})


async def _form(
    request: Request,
    typed: dict[str, str],
    chosen: list[str],
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        businesses = await rt.ports.businesses_of(tx, caller.user_id)
    context: dict[str, Any] = {
        "businesses": [(str(each), f"{name} only") for each, name in businesses],
        **filled(typed, errors),
        "chosen": chosen,
        "scopes": SCOPES,
        "lasts": [(str(days), f"{days} days") for days in LASTS_DAYS] + [("0", "until I revoke it")],
    }
    return render(request, "identity/key_new.html", context, status=status)
