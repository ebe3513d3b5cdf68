"""The page a link of an invitation leads to."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.catalog.policies.permissions import words_of
from hospes.modules.catalog.use_cases.answer_invitation import (
    accept_invitation,
    decline_invitation,
    open_invitation,
)
from hospes.modules.catalog.web.members import WORDS
from hospes.modules.identity import facade as identity
from hospes.platform.caller import find_caller, require_caller
from hospes.platform.errors import HospesError
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/invitations")


@router.get("/{token}")
async def invitation_page(request: Request, token: str) -> Response:
    """Business and part; who is not signed in is shown the way in, and back here."""
    return await _page(request, token)


@router.post("/{token}/accept")
async def accept(request: Request, token: str) -> Response:
    """They work there from now on."""
    caller, rt = require_caller(request), runtime(request)
    try:
        async with rt.db.write() as tx:
            opened, user = await accept_invitation(tx, link=token, user_id=caller.user_id, now=rt.clock.now())
    except HospesError as refusal:
        return await _page(request, token, refusal)
    await identity.refresh_sessions(rt, user)
    response = RedirectResponse("/host/bookings", 303)
    flash(response, f"Welcome to {opened.business.name}. This is where its bookings are.")
    return response


@router.post("/{token}/decline")
async def decline(request: Request, token: str) -> Response:
    """It is over."""
    caller, rt = require_caller(request), runtime(request)
    try:
        async with rt.db.write() as tx:
            opened = await decline_invitation(tx, link=token, user_id=caller.user_id, now=rt.clock.now())
    except HospesError as refusal:
        return await _page(request, token, refusal)
    response = RedirectResponse("/", 303)
    flash(response, f"You have declined. {opened.business.name} is told.")
    return response


async def _page(request: Request, token: str, refusal: HospesError | None = None) -> Response:
    caller, rt = find_caller(request), runtime(request)
    user = opened = None
    try:
        async with rt.db.read() as tx:
            opened = await open_invitation(tx, link=token, now=rt.clock.now())
            user = await identity.get_user(tx, caller.user_id) if caller else None
    except HospesError as over:
        refusal = refusal or over
    theirs = user is not None and opened is not None and user.email.lower() == opened.invitation.address.lower()
    context = {
        "opened": opened,
        "token": token[:60],
        "part": WORDS[opened.invitation.role] if opened else "",
        "may": words_of(opened.invitation.role) if opened else [],
        "theirs": theirs,
        "verified": user is not None and user.email_verified_at is not None,
        "fault": refusal.detail if refusal else "",
    }
    response = render(request, "catalog/invitation.html", context, status=refusal.status if refusal else 200)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
