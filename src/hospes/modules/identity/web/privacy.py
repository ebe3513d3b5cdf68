"""The page of privacy: a copy of your data, what you agreed to, and leaving."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.identity import facade
from hospes.modules.identity.errors import DeletionNotYet, ExportUnderWay
from hospes.modules.identity.http.privacy import answer_copy
from hospes.modules.identity.schemas.privacy import MarketingForm
from hospes.modules.identity.store import privacy
from hospes.modules.identity.use_cases.ask_deletion import ask_deletion, obstacles
from hospes.modules.identity.use_cases.ask_export import ask_export
from hospes.modules.identity.use_cases.note_consents import note_consents
from hospes.modules.identity.web.parts import address_of, onwards
from hospes.platform.caller import require_caller
from hospes.platform.forms import read_form
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/account/privacy")
HERE = "/account/privacy"


@router.get("")
async def privacy_page(request: Request) -> Response:
    """Copies, agreements, and the way out."""
    caller = require_caller(request)
    rt = runtime(request)
    async with rt.db.read() as tx:
        context = {
            "copies": await privacy.list_exports(tx, caller.user_id, limit=3),
            "consents": {row["kind"]: row for row in await privacy.list_consents(tx, caller.user_id)},
            "deletion": await privacy.find_deletion(tx, caller.user_id),
        }
    return render(request, "identity/privacy.html", context)


@router.get("/copy")
async def copy_page(request: Request) -> Response:
    """What is in a copy, and the button that has one made."""
    facade.require_fresh(request)
    return render(request, "identity/privacy_copy.html", {})


@router.post("/copy")
async def ask_for_copy_here(request: Request) -> Response:
    """Have a copy made."""
    caller = facade.require_fresh(request)
    rt = runtime(request)
    response = onwards(HERE)
    try:
        async with rt.db.write() as tx:
            await ask_export(tx, user_id=caller.user_id, now=rt.clock.now())
    except ExportUnderWay as refusal:
        flash(response, refusal.detail)
        return response
    flash(response, "We are making your copy. You get a mail when it is ready.")
    return response


@router.get("/copies/{export_id}")
async def fetch_copy_here(request: Request, export_id: UUID) -> Response:
    """The ZIP."""
    caller = facade.require_fresh(request)
    return await answer_copy(request, export_id, caller.user_id)


@router.post("/marketing")
async def change_marketing_here(request: Request) -> Response:
    """Keep the yes or no to news and offers."""
    caller = require_caller(request)
    facade.refuse_while_acting(caller)
    rt = runtime(request)
    form = await read_form(request, MarketingForm)
    wanted = bool(form.value and form.value.marketing)
    async with rt.db.write() as tx:
        await note_consents(
            tx,
            user_id=caller.user_id,
            kinds=("marketing",),
            given=wanted,
            origin=facade.origin_of(rt, address_of(request)),
            now=rt.clock.now(),
        )
    response = onwards(HERE)
    flash(response, "You will hear of news and offers." if wanted else "You will not hear of news and offers.")
    return response


@router.get("/delete")
async def delete_page(request: Request) -> Response:
    """What goes, what stays, what is in the way; and the button."""
    caller = facade.require_fresh(request)
    return await _deleting(request, caller.user_id)


@router.post("/delete")
async def delete_here(request: Request) -> Response:
    """Sign out everywhere and begin the two weeks; the page again when something is in the way."""
    caller = facade.require_fresh(request)
    rt = runtime(request)
    try:
        async with rt.db.write() as tx:
            due_at = await ask_deletion(tx, rt.ports.privacy, user_id=caller.user_id, now=rt.clock.now())
    except DeletionNotYet as refusal:
        return await _deleting(request, caller.user_id, refusal.status)
    await facade.close_sessions(rt, caller.user_id)
    response = onwards("/")
    response.delete_cookie(facade.SESSION_COOKIE)
    flash(response, f"Your account will be deleted on {due_at:%d %B %Y}. Sign in before then if you change your mind.")
    return response


async def _deleting(request: Request, user_id: UUID, status: int = 200) -> Response:
    rt = runtime(request)
    async with rt.db.read() as tx:
        found = await obstacles(tx, rt.ports.privacy, user_id=user_id)
    return render(request, "identity/privacy_delete.html", {"in_the_way": found}, status=status)
