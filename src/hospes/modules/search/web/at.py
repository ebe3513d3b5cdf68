"""Where a town is, for a form that asks for a place: without JavaScript the form goes through here."""

import re
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.search import places
from hospes.platform.errors import NotFound

router = APIRouter()
_PAGE_OF_A_LISTING = re.compile(r"/stays/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ANSWERED = frozenset({"to", "latitude", "longitude"})
_MOST = 40


@router.get("/search/at")
async def find_town(request: Request) -> Response:
    """Back to the page of a listing named by `to`, with what else was said and the coordinates of `town`; without them
    when there is no such place."""
    said = request.query_params
    page = said.get("to", "")
    if not _PAGE_OF_A_LISTING.fullmatch(page):
        raise NotFound("There is no such page.")
    kept = [(name, text[:60]) for name, text in said.multi_items() if name not in _ANSWERED][:_MOST]
    found = places.find_places(said.get("town", ""), limit=1)
    if found:
        kept += [("latitude", f"{found[0].latitude:.5f}"), ("longitude", f"{found[0].longitude:.5f}")]
        kept = [(name, found[0].name if name == "town" else text) for name, text in kept]
    return RedirectResponse(f"{page}?{urlencode(kept)}#times", 303)
