"""The further pictures of results, for who leafs through them: a search itself asks no database."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from hospes.modules.catalog.contracts import thumb_key
from hospes.modules.search.queries.pictures import first_pictures
from hospes.platform.runtime import runtime

router = APIRouter()
SHOWN = 5
MOST = 60  # listings at once


@router.get("/search/pictures")
async def pictures_of_results(
    request: Request, of: Annotated[list[UUID], Query(min_length=1, max_length=MOST)]
) -> JSONResponse:
    """The first five pictures of each of these listings that is on sale, by its id; one statement."""
    found: dict[str, list[dict[str, Any]]] = {}
    async with runtime(request).db.read() as tx:
        for row in await first_pictures(tx, sorted(set(of)), limit=SHOWN):
            picture = {"src": f"/media/{thumb_key(row['storage_key'])}", "alt": row["alt"]}
            found.setdefault(str(row["id"]), []).append(picture)
    return JSONResponse(found, headers={"Cache-Control": "public, max-age=300"})
