"""The page that asks for the password once more, and the switch of roles in the header."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from hospes.modules.identity import facade
from hospes.modules.identity.browsers import renew_session
from hospes.modules.identity.errors import SecondStepNeeded
from hospes.modules.identity.policies.next_page import HOME, local_path
from hospes.modules.identity.policies.second_steps import Way
from hospes.modules.identity.queries import linked_accounts as links
from hospes.modules.identity.schemas.confirming import ConfirmForm
from hospes.modules.identity.use_cases.confirm_password import confirm_password
from hospes.modules.identity.use_cases.confirm_second_step import factors_to_confirm
from hospes.modules.identity.web.confirm_step import show_step
from hospes.modules.identity.web.parts import count_attempt, onwards, show_form
from hospes.platform.caller import Caller, require_caller, require_role
from hospes.platform.errors import HospesError, Invalid
from hospes.platform.forms import read_form
from hospes.platform.runtime import runtime

router = APIRouter()
START = {"guest": HOME, "host": "/host", "admin": "/admin"}


class SwitchForm(BaseModel):
    """The role to look at the product as."""

    role: Literal["guest", "host", "admin"]


@router.get("/confirm")
async def confirm_page(
    request: Request, next: Annotated[str, Query()] = "", way: Annotated[Way | None, Query()] = None
) -> Response:
    """Ask for the password once more, before something that touches money, roles or how one signs in.

    Who has a second step is asked for that instead."""
    caller, rt = require_caller(request), runtime(request)
    facade.refuse_while_acting(caller)
    has = await factors_to_confirm(rt.db, caller)
    if has.any:
        return show_step(request, has, next, way)
    return await _ask(request, caller, {"next": next})


@router.post("/confirm")
async def confirm_here(request: Request) -> Response:
    """Go on to `next` with a session that is fresh, under a new id; otherwise the form again."""
    caller, rt = require_caller(request), runtime(request)
    facade.refuse_while_acting(caller)
    form = await read_form(request, ConfirmForm)
    if form.value is None or not form.value.password:
        return await _ask(request, caller, form.typed, {"password": "Please give your password."}, Invalid())
    has = await factors_to_confirm(rt.db, caller)
    if has.any:
        return show_step(request, has, form.value.next, None, SecondStepNeeded("Confirm with your second step."))
    try:
        await count_attempt(request, rt)
        await confirm_password(
            rt.db,
            rt.valkey,
            rt.settings.security.lockout,
            user_id=caller.user_id,
            email=caller.email,
            session=caller.session,
            password=form.value.password,
        )
        response = onwards(local_path(form.value.next))
        await renew_session(request, response, rt, confirmed_at=rt.clock.now())
    except HospesError as refusal:
        return await _ask(request, caller, form.typed, refusal.fields or {"form": refusal.detail}, refusal)
    return response


async def _ask(
    request: Request,
    caller: Caller,
    typed: dict[str, str],
    errors: dict[str, str] | None = None,
    refusal: HospesError | None = None,
) -> Response:
    """For the password, or whom no password lets in for the account they come with."""
    rt = runtime(request)
    async with rt.db.read() as tx:
        has_password = await links.has_password(tx, caller.user_id)
        linked = [rt.ports.sign_in_providers.get(link.provider) for link in await links.list_links(tx, caller.user_id)]
    more = {"has_password": has_password, "linked": [provider for provider in linked if provider is not None]}
    return show_form(request, "confirm", typed, errors, refusal, more=more)


@router.post("/account/switch-role")
async def switch_role_here(request: Request) -> Response:
    """Look at the product in another role, and go to where that role begins."""
    caller, rt = require_caller(request), runtime(request)
    form = await read_form(request, SwitchForm)
    if form.value is None:
        raise Invalid("There is no such role.")
    require_role(caller, form.value.role)
    response = onwards(START[form.value.role])
    await renew_session(request, response, rt, current_role=form.value.role)
    return response
