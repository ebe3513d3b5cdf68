"""The calendar other sites fetch. Whoever knows the address may read it; it says when, never who."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Header, Path, Request, Response

from hospes.modules.inventory.use_cases.export_calendar import export_calendar
from hospes.platform.runtime import runtime

router = APIRouter(tags=["inventory"])


@router.get("/calendars/{secret}.ics", name="export_calendar", response_class=Response)
async def export(
    request: Request,
    secret: Annotated[str, Path(pattern="^[A-Za-z0-9_-]{16,64}$")],
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """What is taken, as text/calendar."""
    rt = runtime(request)
    async with rt.db.read() as tx:
        text = await export_calendar(tx, secret, now=rt.clock.now())
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}
    if if_none_match is not None and etag in {each.strip().removeprefix("W/") for each in if_none_match.split(",")}:
        return Response(status_code=304, headers=headers)
    return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)
