"""Pictures of a place."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, Response, UploadFile

from hospes.modules.catalog import queries
from hospes.modules.catalog.http.properties import find_visible
from hospes.modules.catalog.schemas import ListOut, MediaOrder, MediaOut, MediaPatch
from hospes.modules.catalog.uploads import drop_files, receive_picture
from hospes.modules.catalog.use_cases.delete_media import delete_media
from hospes.modules.catalog.use_cases.describe_media import describe_media
from hospes.modules.catalog.use_cases.order_media import order_media
from hospes.platform.caller import find_caller, require_caller
from hospes.platform.runtime import runtime

router = APIRouter()


@router.post("/properties/{property_id}/media", name="upload_media", status_code=201)
async def upload(
    request: Request,
    property_id: UUID,
    file: Annotated[UploadFile, File(description="JPEG, PNG or WebP, at most 10 MB.")],
    alt: Annotated[str, Form(max_length=300)] = "",
    resource_id: Annotated[UUID | None, Form()] = None,
) -> MediaOut:
    """A new picture, kept as WebP without metadata; of one thing sold there if `resource_id` is given."""
    caller = require_caller(request)
    media = await receive_picture(
        runtime(request), caller, property_id=property_id, resource_id=resource_id, file=file, alt=alt.strip()
    )
    return MediaOut.of(media)


@router.get("/properties/{property_id}/media", name="list_media")
async def list_media(request: Request, property_id: UUID) -> ListOut[MediaOut]:
    """The pictures of a place, in order."""
    async with runtime(request).db.read() as tx:
        await find_visible(tx, find_caller(request), property_id)
        media = await queries.list_media(tx, property_id)
    return ListOut(items=[MediaOut.of(each) for each in media], next_cursor=None)


@router.put("/properties/{property_id}/media/order", name="order_media")
async def order(request: Request, property_id: UUID, body: MediaOrder) -> ListOut[MediaOut]:
    """The pictures in a new order; the first is the cover."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        media = await order_media(
            tx, user_id=caller.user_id, property_id=property_id, media_ids=body.ids, now=rt.clock.now()
        )
    return ListOut(items=[MediaOut.of(each) for each in media], next_cursor=None)


@router.patch("/media/{media_id}", name="describe_media")
async def describe(request: Request, media_id: UUID, body: MediaPatch) -> MediaOut:
    """Another text alternative."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        media = await describe_media(tx, user_id=caller.user_id, media_id=media_id, alt=body.alt)
    return MediaOut.of(media)


@router.delete("/media/{media_id}", name="delete_media", status_code=204)
async def delete(request: Request, media_id: UUID) -> Response:
    """Take a picture away."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        unused = await delete_media(tx, user_id=caller.user_id, media_id=media_id, now=rt.clock.now())
    await drop_files(rt, unused)
    return Response(status_code=204)
