"""What people agree to, and what is known of them: the operator's own pages, or short ones that say what this does."""

from fastapi import APIRouter, Request, Response

from hospes.modules.identity.policies.agreements import GRACE, VERSIONS
from hospes.modules.identity.web.parts import onwards
from hospes.platform.pages import render
from hospes.platform.runtime import runtime

router = APIRouter()


@router.get("/terms")
async def terms_page(request: Request) -> Response:
    """The terms of use."""
    own = runtime(request).settings.legal.terms_url
    return onwards(own) if own else render(request, "identity/terms.html", {"version": VERSIONS["terms"]})


@router.get("/privacy")
async def privacy_page(request: Request) -> Response:
    """What is kept of people, why, how long, and what they can do about it."""
    own = runtime(request).settings.legal.privacy_url
    context = {"version": VERSIONS["privacy"], "grace": GRACE.days}
    return onwards(own) if own else render(request, "identity/privacy_notice.html", context)
