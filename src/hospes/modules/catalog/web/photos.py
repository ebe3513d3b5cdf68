"""The photos of a listing: add, describe, order, remove."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.catalog import queries
from hospes.modules.catalog.contracts import Property, Resource
from hospes.modules.catalog.errors import MediaNotFound, PictureRefused
from hospes.modules.catalog.uploads import drop_files, receive_picture
from hospes.modules.catalog.use_cases.delete_media import delete_media
from hospes.modules.catalog.use_cases.describe_media import describe_media
from hospes.modules.catalog.use_cases.order_media import order_media
from hospes.modules.catalog.web.forms import read_typed
from hospes.modules.catalog.web.listings import find_mine
from hospes.platform.caller import Caller, require_caller
from hospes.platform.pages import flash, render
from hospes.platform.runtime import Runtime, runtime

router = APIRouter(prefix="/host/listings/{resource_id}/photos")


@router.get("")
async def photos(request: Request, resource_id: UUID) -> Response:
    """Every photo of the place, and the form for more."""
    return render(request, "catalog/photos.html", await _page(request, resource_id, {}))


@router.post("")
async def upload(request: Request, resource_id: UUID) -> Response:
    """Keeps the chosen photos; the first that cannot be used is named."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        _, place = await find_mine(tx, caller, resource_id)
    typed = await read_typed(request)
    try:
        if not typed.files("file"):
            raise PictureRefused("Choose a picture to upload.")
        for file in typed.files("file"):
            await receive_picture(
                rt, caller, property_id=place.id, resource_id=None, file=file, alt=typed["alt"] or place.name
            )
    except PictureRefused as fault:
        page = await _page(request, resource_id, {"file": fault.detail}, alt=typed["alt"])
        return render(request, "catalog/photos.html", page, status=422)
    return _back(resource_id, "Your photos are saved.")


@router.post("/{media_id}/{action}")
async def change(request: Request, resource_id: UUID, media_id: UUID, action: str) -> Response:
    """`describe`, `delete`, or `first` and `earlier` to move it."""
    caller, rt = require_caller(request), runtime(request)
    typed = await read_typed(request)
    if action == "delete":
        async with rt.db.write() as tx:
            unused = await delete_media(tx, user_id=caller.user_id, media_id=media_id, now=rt.clock.now())
        await drop_files(rt, unused)
        return _back(resource_id, "The photo is gone.")
    if action == "describe":
        async with rt.db.write() as tx:
            await describe_media(tx, user_id=caller.user_id, media_id=media_id, alt=typed["alt"][:300])
        return _back(resource_id, "Saved.")
    if action not in ("first", "earlier"):
        raise MediaNotFound()
    await _move(rt, caller, resource_id, media_id, first=action == "first")
    return _back(resource_id, "The order is saved.")


async def _move(rt: Runtime, caller: Caller, resource_id: UUID, media_id: UUID, *, first: bool) -> None:
    async with rt.db.write() as tx:
        _, place = await find_mine(tx, caller, resource_id)
        order = [each.id for each in await queries.list_media(tx, place.id)]
        if media_id not in order:
            raise MediaNotFound()
        at = order.index(media_id)
        order.insert(0 if first else max(at - 1, 0), order.pop(at))
        await order_media(tx, user_id=caller.user_id, property_id=place.id, media_ids=order, now=rt.clock.now())


async def _page(request: Request, resource_id: UUID, errors: dict[str, str], *, alt: str = "") -> dict[str, Any]:
    resource: Resource
    place: Property
    async with runtime(request).db.read() as tx:
        resource, place = await find_mine(tx, require_caller(request), resource_id)
        media = await queries.list_media(tx, place.id)
    return {"resource": resource, "place": place, "media": media, "errors": errors, "alt": alt}


def _back(resource_id: UUID, said: str) -> Response:
    response = RedirectResponse(f"/host/listings/{resource_id}/photos", 303)
    flash(response, said)
    return response
