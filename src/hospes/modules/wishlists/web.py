"""Pages of lists: all of one's own, one of them, one that is shared; and the heart on cards and listings."""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, StringConstraints

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.errors import ResourceNotFound
from hospes.modules.identity import facade as identity
from hospes.modules.ledger import facade as ledger
from hospes.modules.wishlists import queries
from hospes.modules.wishlists.contracts import MOST_IN_NOTE, MOST_LETTERS
from hospes.modules.wishlists.policies.undoing import packed, unpacked
from hospes.modules.wishlists.schemas import MoveIn, NameIn, Note
from hospes.modules.wishlists.use_cases import change_item, change_list, share_list
from hospes.modules.wishlists.use_cases.create_list import create_list
from hospes.modules.wishlists.use_cases.get_list import get_list, get_shared
from hospes.modules.wishlists.use_cases.put_back import put_back
from hospes.modules.wishlists.use_cases.save_listing import save_listing
from hospes.platform.caller import require_caller
from hospes.platform.csrf import verify_csrf
from hospes.platform.db import ReadTx
from hospes.platform.errors import HospesError, Invalid
from hospes.platform.forms import read_form
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(include_in_schema=False, dependencies=[Depends(verify_csrf)])
HERE = "/wishlists"
SHOWN = 24
MOST_IN_TITLE = 200
UNDO, UNDO_SECONDS = "hospes_wish", 600
_ONE = HERE + "/{wishlist_id}"


class HeartForm(BaseModel):
    """Which listing, whether it is to be saved, and where the heart is."""

    resource_id: UUID
    save: bool = False
    next: str = ""
    words: bool = False
    title: str = ""
    spot: Annotated[str, StringConstraints(pattern=r"^[a-z-]{0,20}$")] = ""


class NoteForm(BaseModel):
    """What is noted beside a place; nothing: no note."""

    note: Note = ""


@router.get(HERE)
async def lists_page(request: Request) -> Response:
    """All of one's lists."""
    return await _show_lists(request)


@router.post(HERE)
async def create_here(request: Request) -> Response:
    """A new list."""
    caller, rt = require_caller(request), runtime(request)
    form = await read_form(request, NameIn)
    if form.value is None:
        return await _show_lists(request, form.typed, form.errors, 422)
    try:
        async with rt.db.write() as tx:
            made = await create_list(tx, user_id=caller.user_id, name=form.value.name, now=rt.clock.now())
    except HospesError as refusal:
        return await _show_lists(request, form.typed, _beside(refusal), refusal.status)
    return RedirectResponse(f"{HERE}/{made.id}", 303)


async def _show_lists(
    request: Request, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        lists = await queries.list_lists(tx, caller.user_id)
    page, skip = _page(request, len(lists))
    context = {
        "lists": lists[skip : skip + SHOWN],
        **_pages(HERE, page, len(lists)),
        "typed": typed or {},
        "errors": errors or {},
        "letters": MOST_LETTERS,
    }
    return render(request, "wishlists/lists.html", context, status)


@router.post(f"{HERE}/save")
async def press_heart(request: Request) -> Response:
    """Save a listing to the list used last, or take it off all lists; back to where the heart is, or it alone."""
    caller, rt = require_caller(request), runtime(request)
    wish = (await read_form(request, HeartForm)).value
    if wish is None:
        raise Invalid("Say which place you mean.")
    user_id, place, now = caller.user_id, wish.resource_id, rt.clock.now()
    undo = ""
    async with rt.db.write() as tx:
        if wish.save:
            lists = unpacked(request.cookies.get(UNDO, ""), user_id, place)
            on = await put_back(tx, user_id=user_id, resource_id=place, lists=lists, now=now)
            names = [(await get_list(tx, user_id=user_id, list_id=each)).name for each in on]
            said = f"{'Back on' if lists else 'Saved to'} {_in_quotes(names)}."
        else:
            taken = await change_item.remove_listing(tx, user_id=user_id, resource_id=place, now=now)
            undo = packed(user_id, place, taken) if taken else ""
            said = "Taken off your lists. Press the heart again to put it back as it was."
    if request.headers.get("hx-request") == "true":
        context = {
            "saved": {place} if wish.save else set(),
            "resource_id": place,
            "heart_next": wish.next,
            "heart_words": wish.words,
            "heart_title": wish.title[:MOST_IN_TITLE] or "this place",
            "heart_spot": wish.spot,
            "heart_said": said,
        }
        return _keep_undo(render(request, "wishlists/_heart.html", context), undo)
    response = RedirectResponse(identity.local_path(wish.next) if wish.next else HERE, 303)
    flash(response, said)
    return _keep_undo(response, undo)


def _keep_undo(response: Response, undo: str) -> Response:
    """What was taken off can be put back for some minutes; anything else forgets it."""
    if undo:
        response.set_cookie(UNDO, undo, max_age=UNDO_SECONDS, httponly=True, samesite="lax", path=HERE)
    else:
        response.delete_cookie(UNDO, path=HERE)
    return response


def _in_quotes(names: list[str]) -> str:
    told = [f"“{name}”" for name in names]
    return " and ".join(told) if len(told) < 3 else f"{', '.join(told[:-1])} and {told[-1]}"


@router.get(_ONE)
async def list_page(request: Request, wishlist_id: UUID, removed: str = "") -> Response:
    """One of one's lists; `removed`: what was just taken off, to be put back."""
    return await _show_list(request, wishlist_id, removed=removed)


async def _show_list(
    request: Request, wishlist_id: UUID, *, removed: str = "", errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    caller = require_caller(request)
    await ledger.display_for(request)
    async with runtime(request).db.read() as tx:
        found = await get_list(tx, user_id=caller.user_id, list_id=wishlist_id)
        page, skip = _page(request, found.items)
        items = await queries.list_items(tx, found.id, limit=SHOWN, skip=skip)
        lists = await queries.list_lists(tx, caller.user_id)
        gone = await _taken_off(tx, removed, found.id)
    context = {
        "list": found,
        "items": items,
        **_pages(f"{HERE}/{found.id}", page, found.items),
        "others": [each for each in lists if each.id != found.id],
        "link": f"{_site(request)}/shared/{found.share_token}" if found.share_token else "",
        "letters": MOST_LETTERS,
        "note_letters": MOST_IN_NOTE,
        "errors": errors or {},
        "gone": gone,
    }
    return render(request, "wishlists/list.html", context, status)


async def _taken_off(tx: ReadTx, removed: str, list_id: UUID) -> Any:
    """What can be put back."""
    try:
        resource_id = UUID(removed)
        there = await queries.find_item(tx, list_id, resource_id)
        sellable = await catalog.get_sellable(tx, resource_id) if there is None else None
    except (ValueError, ResourceNotFound):
        return None
    return sellable if sellable is not None and sellable.live else None


@router.post(_ONE + "/rename")
async def rename_here(request: Request, wishlist_id: UUID) -> Response:
    """Another name."""
    caller, rt = require_caller(request), runtime(request)
    form = await read_form(request, NameIn)
    if form.value is None:
        return await _show_list(request, wishlist_id, errors=form.errors, status=422)
    try:
        async with rt.db.write() as tx:
            await change_list.rename_list(
                tx, user_id=caller.user_id, list_id=wishlist_id, name=form.value.name, now=rt.clock.now()
            )
    except HospesError as refusal:
        return await _show_list(request, wishlist_id, errors=_beside(refusal), status=refusal.status)
    return _back(request, wishlist_id, "Renamed.")


@router.get(_ONE + "/delete")
async def delete_page(request: Request, wishlist_id: UUID) -> Response:
    """Asks whether the list is to be deleted."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        found = await get_list(tx, user_id=caller.user_id, list_id=wishlist_id)
    return render(request, "wishlists/delete.html", {"list": found})


@router.post(_ONE + "/delete")
async def delete_here(request: Request, wishlist_id: UUID) -> Response:
    """With all that is on it."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        found = await change_list.delete_list(tx, user_id=caller.user_id, list_id=wishlist_id, now=rt.clock.now())
    response = RedirectResponse(HERE, 303)
    flash(response, f"“{found.name}” is deleted.")
    return response


@router.post(_ONE + "/share")
async def share_here(request: Request, wishlist_id: UUID) -> Response:
    """A new link."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await share_list.share_list(tx, user_id=caller.user_id, list_id=wishlist_id, now=rt.clock.now())
    return _back(request, wishlist_id, "Whoever has the link can read this list now.", "#share")


@router.post(_ONE + "/share/stop")
async def stop_sharing_here(request: Request, wishlist_id: UUID) -> Response:
    """The link leads nowhere from now on."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await share_list.stop_sharing(tx, user_id=caller.user_id, list_id=wishlist_id, now=rt.clock.now())
    return _back(request, wishlist_id, "The link leads nowhere now.", "#share")


@router.post(_ONE + "/items/{resource_id}")
async def put_back_here(request: Request, wishlist_id: UUID, resource_id: UUID) -> Response:
    """What was just taken off goes back on the list, with its note."""
    caller, rt = require_caller(request), runtime(request)
    lists = unpacked(request.cookies.get(UNDO, ""), caller.user_id, resource_id)
    note = dict(lists).get(wishlist_id)
    async with rt.db.write() as tx:
        await get_list(tx, user_id=caller.user_id, list_id=wishlist_id)
        if note is None:
            await save_listing(
                tx, user_id=caller.user_id, resource_id=resource_id, list_id=wishlist_id, now=rt.clock.now()
            )
        else:
            await put_back(
                tx, user_id=caller.user_id, resource_id=resource_id, lists=[(wishlist_id, note)], now=rt.clock.now()
            )
    return _keep_undo(_back(request, wishlist_id, "It is back on the list."), "")


@router.post(_ONE + "/items/{resource_id}/note")
async def note_here(request: Request, wishlist_id: UUID, resource_id: UUID) -> Response:
    """Another note beside a place."""
    caller, rt = require_caller(request), runtime(request)
    form = await read_form(request, NoteForm)
    if form.value is None:
        errors = {f"note-{resource_id}": form.errors.get("note", ""), "typed": form.typed.get("note", "")}
        return await _show_list(request, wishlist_id, errors=errors, status=422)
    async with rt.db.write() as tx:
        await change_item.note_item(
            tx, user_id=caller.user_id, list_id=wishlist_id, resource_id=resource_id, note=form.value.note
        )
    return _back(request, wishlist_id, "Noted." if form.value.note else "The note is gone.", f"#wish-{resource_id}")


@router.post(_ONE + "/items/{resource_id}/move")
async def move_here(request: Request, wishlist_id: UUID, resource_id: UUID) -> Response:
    """To another list."""
    caller, rt = require_caller(request), runtime(request)
    form = await read_form(request, MoveIn)
    if form.value is None:
        raise Invalid("Choose a list.", fields=form.errors)
    target = form.value.wishlist_id
    async with rt.db.write() as tx:
        await change_item.move_item(
            tx,
            user_id=caller.user_id,
            list_id=wishlist_id,
            resource_id=resource_id,
            target_id=target,
            now=rt.clock.now(),
        )
        name = (await get_list(tx, user_id=caller.user_id, list_id=target)).name
    return _back(request, wishlist_id, f"Moved to “{name}”.")


@router.post(_ONE + "/items/{resource_id}/remove")
async def remove_here(request: Request, wishlist_id: UUID, resource_id: UUID) -> Response:
    """Off this list; the page offers to put it back."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        note = await change_item.remove_item(
            tx, user_id=caller.user_id, list_id=wishlist_id, resource_id=resource_id, now=rt.clock.now()
        )
    undo = "" if note is None else packed(caller.user_id, resource_id, [(wishlist_id, note)])
    return _keep_undo(_back(request, wishlist_id, removed=str(resource_id)), undo)


@router.get("/shared/{token}")
async def shared_page(request: Request, token: str) -> Response:
    """A list by its link, for everybody."""
    await ledger.display_for(request)
    async with runtime(request).db.read() as tx:
        found = await get_shared(tx, token=token)
        page, skip = _page(request, found.items)
        items = await queries.list_items(tx, found.id, limit=SHOWN, skip=skip)
    context = {"name": found.name, "count": found.items, "items": items}
    context |= _pages(f"/shared/{token}", page, found.items)
    response = render(request, "wishlists/shared.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _page(request: Request, count: int) -> tuple[int, int]:
    """Which page of so many is asked for, from 1, and how many come before it; one that is not there is the nearest."""
    said = request.query_params.get("page", "")
    asked = int(said[:6]) if said.isascii() and said.isdecimal() else 1
    page = min(max(asked, 1), max(-(-count // SHOWN), 1))
    return page, (page - 1) * SHOWN


def _pages(base: str, page: int, count: int) -> dict[str, Any]:
    """What a page says of those around it."""
    last = -(-count // SHOWN)
    return {
        "page": page,
        "last_page": last,
        "page_before": (f"{base}?page={page - 1}" if page > 2 else base) if page > 1 else "",
        "page_after": f"{base}?page={page + 1}" if page < last else "",
        "on_page": f"?page={page}" if page > 1 else "",
    }


def _back(request: Request, wishlist_id: UUID, said: str = "", place: str = "", *, removed: str = "") -> Response:
    """To the page of the list that one comes from."""
    page, _ = _page(request, SHOWN * 1_000)
    pairs = {"page": str(page) if page > 1 else "", "removed": removed}
    query = urlencode({name: value for name, value in pairs.items() if value})
    response = RedirectResponse(f"{HERE}/{wishlist_id}{'?' if query else ''}{query}{place}", 303)
    if said:
        flash(response, said)
    return response


def _beside(refusal: HospesError) -> dict[str, str]:
    """What a refusal says, beside its field; where it names none and is no conflict, it is a page of its own."""
    if refusal.status != 409:
        raise refusal
    return refusal.fields or {"name": refusal.detail}


def _site(request: Request) -> str:
    return (runtime(request).settings.public_url or str(request.base_url)).rstrip("/")
