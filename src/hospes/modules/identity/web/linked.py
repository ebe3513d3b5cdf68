"""The page of linked accounts."""

from fastapi import APIRouter, Request, Response

from hospes.modules.identity import facade
from hospes.modules.identity.queries import linked_accounts as links
from hospes.modules.identity.use_cases.unlink_account import unlink_account
from hospes.modules.identity.web.parts import onwards
from hospes.modules.identity.web.vouching import find_provider
from hospes.platform.caller import require_caller
from hospes.platform.errors import HospesError
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/account/linked")


@router.get("")
async def linked_page(request: Request) -> Response:
    """With which accounts elsewhere the person signs in."""
    caller = require_caller(request)
    rt = runtime(request)
    async with rt.db.read() as tx:
        linked = {link.provider: link for link in await links.list_links(tx, caller.user_id)}
        has_password = await links.has_password(tx, caller.user_id)
        user = await facade.get_user(tx, caller.user_id)
    context = {
        "linked": linked,
        "providers": rt.ports.sign_in_providers,
        "has_password": has_password,
        "verified": user.email_verified_at is not None,
        "zone": user.zone,
    }
    return render(request, "identity/linked.html", context)


@router.get("/{provider}/unlink")
async def unlink_page(request: Request, provider: str) -> Response:
    """Whether that is meant."""
    facade.require_fresh(request)
    return render(request, "identity/unlink.html", {"provider": find_provider(runtime(request), provider)})


@router.post("/{provider}/unlink")
async def unlink_here(request: Request, provider: str) -> Response:
    """The provider no longer signs the person in."""
    caller = facade.require_fresh(request)
    rt = runtime(request)
    response = onwards("/account/linked")
    try:
        async with rt.db.write() as tx:
            await unlink_account(tx, user_id=caller.user_id, provider=provider, now=rt.clock.now())
    except HospesError as refusal:
        flash(response, refusal.detail or refusal.title)
        return response
    flash(response, "It is unlinked.")
    return response
