"""The account page: the profile, to read and to change."""

from fastapi import APIRouter, Request, Response

from hospes.modules.identity import facade
from hospes.modules.identity.browsers import renew_session
from hospes.modules.identity.contracts import Role, User
from hospes.modules.identity.errors import ProfileChanged
from hospes.modules.identity.policies.forms import check_profile
from hospes.modules.identity.policies.onboarding import completeness, onboarding
from hospes.modules.identity.schemas.account import ProfileForm, photo_path, profile_as_typed
from hospes.modules.identity.use_cases.change_profile import change_profile
from hospes.modules.identity.web.parts import choices, filled, onwards, with_wait
from hospes.platform.caller import require_caller
from hospes.platform.errors import HospesError, Invalid
from hospes.platform.forms import read_form
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter()


@router.get("/account")
async def account_page(request: Request) -> Response:
    """The profile, to read and to change."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        user = await facade.get_user(tx, caller.user_id)
    return show_account(request, user, {**profile_as_typed(user), "version": str(user.version)})


@router.post("/account")
async def change_account(request: Request) -> Response:
    """Keep the changed profile; otherwise the form again with what is wrong."""
    caller = require_caller(request)
    rt = runtime(request)
    form = await read_form(request, ProfileForm)
    async with rt.db.write() as tx:
        user = await facade.get_user(tx, caller.user_id)
        if form.value is None:
            return show_account(request, user, form.typed, form.errors, Invalid())
        try:
            if form.value.version is not None and form.value.version != user.version:
                raise ProfileChanged(
                    "Your profile was changed somewhere else in the meantime. Reload it and make your change again."
                )
            user = await change_profile(tx, user=user, profile=check_profile(form.value.draft()), now=rt.clock.now())
        except HospesError as refusal:
            return show_account(request, user, form.typed, refusal.fields or {"form": refusal.detail}, refusal)
    await facade.refresh_sessions(rt, user)
    response = onwards("/account")
    flash(response, "Your profile is saved.")
    return response


@router.post("/account/become-host")
async def become_host_here(request: Request) -> Response:
    """Take the role host and go to the host's pages."""
    caller = require_caller(request)
    rt = runtime(request)
    async with rt.db.write() as tx:
        user = await facade.grant_role(tx, caller.user_id, Role.HOST, now=rt.clock.now())
    await facade.refresh_sessions(rt, user)
    response = onwards("/host")
    await renew_session(request, response, rt, current_role=str(Role.HOST))
    flash(response, "You are a host now. Create your first listing.")
    return response


def show_account(
    request: Request,
    user: User,
    typed: dict[str, str],
    errors: dict[str, str] | None = None,
    refusal: HospesError | None = None,
) -> Response:
    """The account page with what was typed and what is wrong with it."""
    context = {
        **filled(typed, errors),
        "user": user,
        "photo": photo_path(user),
        "todo": onboarding(user),
        "done": completeness(user),
        **choices(user.zone, user.language),
    }
    status = refusal.status if refusal else 200
    return with_wait(render(request, "identity/account.html", context, status=status), refusal)
