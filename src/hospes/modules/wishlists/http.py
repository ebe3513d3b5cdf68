"""/api/v1/wishlists: one's own lists, and those that somebody shares."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Path, Query, Request, Response

from hospes.modules.wishlists import queries
from hospes.modules.wishlists import schemas as s
from hospes.modules.wishlists.contracts import Saved
from hospes.modules.wishlists.use_cases import change_item, change_list, share_list
from hospes.modules.wishlists.use_cases.create_list import create_list
from hospes.modules.wishlists.use_cases.get_list import get_list, get_shared
from hospes.modules.wishlists.use_cases.save_listing import save_listing
from hospes.platform import paging
from hospes.platform.caller import require_caller
from hospes.platform.db import WriteTx
from hospes.platform.idempotency import Answer, once
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/api/v1/wishlists", tags=["wishlists"])
Token = Annotated[str, Path(max_length=100)]
Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(max_length=200)]


def read_cursor(cursor: str | None) -> tuple[datetime, UUID] | None:
    """When the last one seen was saved, and which it is; raises `CursorInvalid`."""
    key = paging.decode(cursor, 2)
    if key is None:
        return None
    try:
        saved_at = datetime.fromisoformat(str(key[0]))
        if saved_at.tzinfo is None:
            raise ValueError("a time without a zone")
        return saved_at, UUID(str(key[1]))
    except ValueError as fault:
        raise paging.CursorInvalid("Start again from the first page.", fields={"cursor": "cannot be read"}) from fault


def cursor_after(items: Sequence[Saved], limit: int) -> str | None:
    """Where the next page begins; `items` are one more than a page where there is one."""
    last = items[limit - 1] if len(items) > limit else None
    return paging.encode([last.saved_at, last.resource_id]) if last else None


def site_of(request: Request) -> str:
    """Where the pages are, as the operator says; else as this request says."""
    return (runtime(request).settings.public_url or str(request.base_url)).rstrip("/")


@router.get("")
async def list_wishlists(request: Request) -> s.WishlistsOut:
    """Your lists; there are 50 at most."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        found = await queries.list_lists(tx, caller.user_id)
    return s.WishlistsOut(items=[s.WishlistOut.of(each, site_of(request)) for each in found])


@router.post("", status_code=201, response_model=s.WishlistOut)
async def create_wishlist(request: Request, body: s.NameIn) -> Response:
    """A new list. With an Idempotency-Key a repeat makes no other."""
    caller, rt = require_caller(request), runtime(request)

    async def handler(tx: WriteTx) -> Answer:
        made = await create_list(tx, user_id=caller.user_id, name=body.name, now=rt.clock.now())
        said = orjson.loads(s.WishlistOut.of(made, site_of(request)).model_dump_json())
        return Answer(201, said, {"Location": f"/api/v1/wishlists/{made.id}"})

    return await once(request, rt, handler, required=False)


@router.get("/shared/{token}")
async def read_shared_wishlist(
    request: Request, response: Response, token: Token, limit: Limit = 50, cursor: Cursor = None
) -> s.SharedWishlistOut:
    """A list by its link, a page of it. Needs no account."""
    response.headers["X-Robots-Tag"] = "noindex"
    before = read_cursor(cursor)
    async with runtime(request).db.read() as tx:
        found = await get_shared(tx, token=token)
        items = await queries.list_items(tx, found.id, limit=limit + 1, before=before)
    shown = [s.SharedItemOut.of(each) for each in items[:limit]]
    return s.SharedWishlistOut(name=found.name, listings=shown, next_cursor=cursor_after(items, limit))


@router.get("/{wishlist_id}")
async def read_wishlist(
    request: Request, wishlist_id: UUID, limit: Limit = 50, cursor: Cursor = None
) -> s.WholeWishlistOut:
    """A list of yours with a page of what is on it, what has left the sale included."""
    caller, before = require_caller(request), read_cursor(cursor)
    async with runtime(request).db.read() as tx:
        found = await get_list(tx, user_id=caller.user_id, list_id=wishlist_id)
        items = await queries.list_items(tx, found.id, limit=limit + 1, before=before)
    own = s.WishlistOut.of(found, site_of(request)).model_dump()
    shown = [s.ItemOut.own(each) for each in items[:limit]]
    return s.WholeWishlistOut(**own, listings=shown, next_cursor=cursor_after(items, limit))


@router.patch("/{wishlist_id}")
async def rename_wishlist(request: Request, wishlist_id: UUID, body: s.NameIn) -> s.WishlistOut:
    """Another name."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        found = await change_list.rename_list(
            tx, user_id=caller.user_id, list_id=wishlist_id, name=body.name, now=rt.clock.now()
        )
    return s.WishlistOut.of(found, site_of(request))


@router.delete("/{wishlist_id}", status_code=204)
async def delete_wishlist(request: Request, wishlist_id: UUID) -> None:
    """With all that is on it."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await change_list.delete_list(tx, user_id=caller.user_id, list_id=wishlist_id, now=rt.clock.now())


@router.put("/{wishlist_id}/items/{resource_id}")
async def save_to_wishlist(request: Request, wishlist_id: UUID, resource_id: UUID, body: s.ItemIn) -> s.ItemOut:
    """Put a listing that is on sale on a list; what is there already stays, with your note. A list takes 500."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await save_listing(
            tx,
            user_id=caller.user_id,
            resource_id=resource_id,
            list_id=wishlist_id,
            note=body.note,
            now=rt.clock.now(),
        )
        return s.ItemOut.own(await change_item.get_item(tx, list_id=wishlist_id, resource_id=resource_id))


@router.delete("/{wishlist_id}/items/{resource_id}", status_code=204)
async def remove_from_wishlist(request: Request, wishlist_id: UUID, resource_id: UUID) -> None:
    """Take a listing off a list, whether it is there or not."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await change_item.remove_item(
            tx, user_id=caller.user_id, list_id=wishlist_id, resource_id=resource_id, now=rt.clock.now()
        )


@router.post("/{wishlist_id}/items/{resource_id}/move")
async def move_to_wishlist(request: Request, wishlist_id: UUID, resource_id: UUID, body: s.MoveIn) -> s.ItemOut:
    """To another list of yours, with its note."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await change_item.move_item(
            tx,
            user_id=caller.user_id,
            list_id=wishlist_id,
            resource_id=resource_id,
            target_id=body.wishlist_id,
            now=rt.clock.now(),
        )
        return s.ItemOut.own(await change_item.get_item(tx, list_id=body.wishlist_id, resource_id=resource_id))


@router.post("/{wishlist_id}/share")
async def share_wishlist(request: Request, wishlist_id: UUID) -> s.WishlistOut:
    """A new link with which everybody may read the list. One that was there leads nowhere from now on."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        found = await share_list.share_list(tx, user_id=caller.user_id, list_id=wishlist_id, now=rt.clock.now())
    return s.WishlistOut.of(found, site_of(request))


@router.delete("/{wishlist_id}/share", status_code=204)
async def stop_sharing_wishlist(request: Request, wishlist_id: UUID) -> None:
    """The link leads nowhere from now on."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await share_list.stop_sharing(tx, user_id=caller.user_id, list_id=wishlist_id, now=rt.clock.now())
