"""Note something beside a place on a list, move it to another list, or take it off."""

from datetime import datetime
from uuid import UUID

from hospes.modules.wishlists import events, queries, store
from hospes.modules.wishlists.contracts import Saved
from hospes.modules.wishlists.errors import ListingNotSaved, WishlistNotFound
from hospes.modules.wishlists.use_cases.get_list import get_list
from hospes.modules.wishlists.use_cases.save_listing import ensure_room
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.outbox import publish


async def get_item(tx: ReadTx, *, list_id: UUID, resource_id: UUID) -> Saved:
    """A place on a list, whoever asks; raises `ListingNotSaved`."""
    found = await queries.find_item(tx, list_id, resource_id)
    if found is None:
        raise ListingNotSaved()
    return found


async def note_item(tx: WriteTx, *, user_id: UUID, list_id: UUID, resource_id: UUID, note: str) -> None:
    """Raises `WishlistNotFound` and `ListingNotSaved`."""
    await get_list(tx, user_id=user_id, list_id=list_id)
    if not await store.set_note(tx, list_id, resource_id, note):
        raise ListingNotSaved()


async def move_item(
    tx: WriteTx, *, user_id: UUID, list_id: UUID, resource_id: UUID, target_id: UUID, now: datetime
) -> None:
    """With its note; when it is on the other list already, it is taken off this one.

    Raises `WishlistNotFound`, `ListingNotSaved` and `WishlistFull`."""
    if await store.lock_lists(tx, user_id, [list_id, target_id]) != {list_id, target_id}:
        raise WishlistNotFound()
    if not await store.has_item(tx, list_id, resource_id):
        raise ListingNotSaved()
    if list_id == target_id:
        return
    if await store.has_item(tx, target_id, resource_id):
        await store.delete_item(tx, list_id, resource_id)
    else:
        await ensure_room(tx, target_id)
        await store.move_item(tx, resource_id, list_id, target_id)
    await store.touch_list(tx, target_id, now)


async def remove_item(tx: WriteTx, *, user_id: UUID, list_id: UUID, resource_id: UUID, now: datetime) -> str | None:
    """The note that stood beside it; None for what is not on the list. Raises `WishlistNotFound`."""
    if list_id not in await store.lock_lists(tx, user_id, [list_id]):
        raise WishlistNotFound()
    note = await store.delete_item(tx, list_id, resource_id)
    if note is not None:
        said = {"user_id": str(user_id), "resource_id": str(resource_id)}
        await publish(tx, events.REMOVED, list_id, said, now=now)
    return note


async def remove_listing(tx: WriteTx, *, user_id: UUID, resource_id: UUID, now: datetime) -> list[tuple[UUID, str]]:
    """Off every list of this person, which is what pressing a filled heart does: the lists, with the notes."""
    taken: list[tuple[UUID, str]] = []
    for list_id in sorted(await store.lists_with(tx, user_id, resource_id)):
        note = await remove_item(tx, user_id=user_id, list_id=list_id, resource_id=resource_id, now=now)
        taken += [(list_id, note)] if note is not None else []
    return taken
