"""The page of what somebody looked at, and whether it is kept."""

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.identity import facade as identity
from hospes.modules.recommendations import queries, visitors
from hospes.modules.recommendations.policies.counting import KEEP_DAYS
from hospes.modules.recommendations.use_cases.clear_recent import clear_recent
from hospes.modules.recommendations.use_cases.list_recent import list_recent
from hospes.modules.recommendations.use_cases.want_suggestions import want_suggestions
from hospes.modules.wishlists import facade as wishlists
from hospes.platform.caller import find_caller
from hospes.platform.csrf import verify_csrf
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(include_in_schema=False, dependencies=[Depends(verify_csrf)])
HERE = "/recently-viewed"
SHOWN = 48


@router.get(HERE)
async def recent_page(request: Request) -> Response:
    """What was looked at, and the switch."""
    person, recent = visitors.person_of(request), []
    kept = person is not None
    if person is not None:
        async with runtime(request).db.read() as tx:
            recent = await list_recent(tx, person=person, limit=SHOWN)
            kept = await queries.find_wanted(tx, person.id) is not False
    cards = [each.card for each in recent]
    saved = await wishlists.saved_here(request, [card.resource_id for card in cards])
    context = {"cards": cards, "saved": saved, "kept": kept, "days": KEEP_DAYS}
    return render(request, "recommendations/recent.html", context)


@router.post(f"{HERE}/clear")
async def clear_here(request: Request) -> Response:
    """Forget all of it, and go on keeping."""
    person, rt = visitors.person_of(request), runtime(request)
    if person is not None:
        async with rt.db.write() as tx:
            wanted = await queries.find_wanted(tx, person.id)
            await clear_recent(tx, person=person, wanted=wanted is not False, now=rt.clock.now())
    response = RedirectResponse(HERE, 303)
    flash(response, "Forgotten. Nothing of what you looked at is left.")
    return response


@router.post(f"{HERE}/keep")
async def keep_here(request: Request) -> Response:
    """The person wants to be remembered: back to where they were."""
    rt, caller = runtime(request), find_caller(request)
    form = await request.form()
    response = RedirectResponse(identity.local_path(str(form.get("next", ""))) or HERE, 303)
    person = visitors.person_of(request)
    if caller is not None and person is not None:
        async with rt.db.write() as tx:
            await want_suggestions(tx, person=person, now=rt.clock.now())
    elif caller is None and person is None:
        visitors.remember(response, secure=rt.settings.secure_cookies or request.url.scheme == "https")
    flash(response, "From now on we remember what you look at.")
    return response


@router.post(f"{HERE}/stop")
async def stop_here(request: Request) -> Response:
    """Keep nothing any more, and forget what there is."""
    person, rt = visitors.person_of(request), runtime(request)
    response = RedirectResponse(HERE, 303)
    if person is not None:
        async with rt.db.write() as tx:
            await clear_recent(tx, person=person, wanted=False, now=rt.clock.now())
    visitors.forget(response)
    flash(response, "Nothing is kept any more, and what there was is forgotten.")
    return response
