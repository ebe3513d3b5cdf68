"""The write side: lists, locked before what is on them changes, and their items."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id


async def lock_lists(tx: WriteTx, user_id: UUID, list_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these lists that are this person's, locked in one order."""
    rows = await tx.all(
        "SELECT id FROM wishlists.list WHERE id = ANY(%s) AND user_id = %s ORDER BY id FOR UPDATE",
        (list(list_ids), user_id),
    )
    return {row["id"] for row in rows}


async def lock_latest_list(tx: WriteTx, user_id: UUID) -> UUID | None:
    """The list of this person that something was saved into last, locked."""
    row = await tx.find(
        "SELECT id FROM wishlists.list WHERE user_id = %s ORDER BY last_saved_at DESC NULLS LAST, id DESC LIMIT 1"
        " FOR UPDATE",
        (user_id,),
    )
    return None if row is None else row["id"]


async def count_lists(tx: WriteTx, user_id: UUID) -> int:
    """How many lists the person has; whoever makes one for them at the same time waits for us."""
    await tx.run("SELECT pg_advisory_xact_lock(hashtextextended(%s, 41))", (f"wishlists:{user_id}",))
    row = await tx.find("SELECT count(*) AS lists FROM wishlists.list WHERE user_id = %s", (user_id,))
    return int(row["lists"]) if row else 0


async def insert_list(tx: WriteTx, user_id: UUID, name: str, now: datetime) -> UUID | None:
    """Its id; None when the person has a list of this name."""
    list_id = new_id()
    made = await tx.run(
        "INSERT INTO wishlists.list (id, user_id, name, created_at, updated_at) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (user_id, lower(name)) DO NOTHING",
        (list_id, user_id, name, now, now),
    )
    return list_id if made else None


async def has_name(tx: WriteTx, user_id: UUID, name: str, *, besides: UUID) -> bool:
    """Whether another list of this person is called so."""
    row = await tx.find(
        "SELECT 1 AS yes FROM wishlists.list WHERE user_id = %s AND lower(name) = lower(%s) AND id <> %s",
        (user_id, name, besides),
    )
    return row is not None


async def rename_list(tx: WriteTx, list_id: UUID, name: str, now: datetime) -> None:
    """Call it so."""
    await tx.run("UPDATE wishlists.list SET name = %s, updated_at = %s WHERE id = %s", (name, now, list_id))


async def delete_list(tx: WriteTx, list_id: UUID) -> int:
    """Forget it with all that is on it; how much that was."""
    items = await count_items(tx, list_id)
    await tx.run("DELETE FROM wishlists.list WHERE id = %s", (list_id,))
    return items


async def set_token(tx: WriteTx, user_id: UUID, list_id: UUID, token: str | None, now: datetime) -> bool:
    """What its link ends in from now on, or None: no link. False when the list is not this person's."""
    return bool(
        await tx.run(
            "UPDATE wishlists.list SET share_token = %s, updated_at = %s WHERE id = %s AND user_id = %s",
            (token, now, list_id, user_id),
        )
    )


async def touch_list(tx: WriteTx, list_id: UUID, now: datetime) -> None:
    """Something was saved into it."""
    await tx.run("UPDATE wishlists.list SET last_saved_at = %s, updated_at = %s WHERE id = %s", (now, now, list_id))


async def count_items(tx: WriteTx, list_id: UUID) -> int:
    """How many places are on the list."""
    row = await tx.find("SELECT count(*) AS items FROM wishlists.item WHERE list_id = %s", (list_id,))
    return int(row["items"]) if row else 0


async def has_item(tx: WriteTx, list_id: UUID, resource_id: UUID) -> bool:
    """Whether the place is on the list."""
    row = await tx.find(
        "SELECT 1 AS yes FROM wishlists.item WHERE list_id = %s AND resource_id = %s", (list_id, resource_id)
    )
    return row is not None


async def insert_item(
    tx: WriteTx, list_id: UUID, user_id: UUID, resource_id: UUID, note: str, saved_at: datetime
) -> bool:
    """False when it is there already."""
    return bool(
        await tx.run(
            "INSERT INTO wishlists.item (list_id, user_id, resource_id, note, saved_at) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT ON CONSTRAINT listing_is_once_in_each_list DO NOTHING",
            (list_id, user_id, resource_id, note, saved_at),
        )
    )


async def set_note(tx: WriteTx, list_id: UUID, resource_id: UUID, note: str) -> bool:
    """False when the place is not on the list."""
    return bool(
        await tx.run(
            "UPDATE wishlists.item SET note = %s WHERE list_id = %s AND resource_id = %s", (note, list_id, resource_id)
        )
    )


async def move_item(tx: WriteTx, resource_id: UUID, source: UUID, target: UUID) -> None:
    """To another list of the same person, on which it is not yet."""
    await tx.run(
        "UPDATE wishlists.item SET list_id = %s WHERE list_id = %s AND resource_id = %s", (target, source, resource_id)
    )


async def delete_item(tx: WriteTx, list_id: UUID, resource_id: UUID) -> str | None:
    """The note beside it; None when it was not there."""
    row = await tx.find(
        "DELETE FROM wishlists.item WHERE list_id = %s AND resource_id = %s RETURNING note", (list_id, resource_id)
    )
    return None if row is None else row["note"]


async def lists_with(tx: WriteTx, user_id: UUID, resource_id: UUID) -> list[UUID]:
    """The lists of this person that the place is on."""
    rows = await tx.all(
        "SELECT list_id FROM wishlists.item WHERE user_id = %s AND resource_id = %s", (user_id, resource_id)
    )
    return [row["list_id"] for row in rows]


async def delete_all_of(tx: WriteTx, user_id: UUID) -> None:
    """Every list of a person, with all that is on them."""
    await tx.run("DELETE FROM wishlists.list WHERE user_id = %s", (user_id,))
