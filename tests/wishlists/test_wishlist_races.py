"""Two taps at once: one list, one item, told once; and what would happen without the rules that see to it."""

import asyncio
from uuid import UUID

import pytest
from psycopg.errors import CheckViolation, ForeignKeyViolation, UniqueViolation

from hospes.modules.wishlists.use_cases.save_listing import save_listing
from hospes.platform.db import Database, WriteTx
from tests.builders.identity import a_user
from tests.conftest import NOW
from tests.wishlists.builders import a_place

RIVALS = 8


async def test_the_first_heart_pressed_many_times_at_once_makes_one_list_with_one_place(db: Database) -> None:
    async with db.write() as tx:
        user, place = await a_user(tx), await a_place(tx)

    async def press() -> UUID:
        async with db.write() as tx:
            return await save_listing(tx, user_id=user.id, resource_id=place, now=NOW)

    lists = await asyncio.gather(*(press() for _ in range(RIVALS)))
    assert len(set(lists)) == 1
    async with db.read() as reading:
        counts = await reading.find(
            "SELECT (SELECT count(*) FROM wishlists.list) AS lists, (SELECT count(*) FROM wishlists.item) AS items,"
            " (SELECT count(*) FROM platform.outbox WHERE type = 'wishlist.saved') AS told"
        )
    assert counts == {"lists": 1, "items": 1, "told": 1}


async def _save_plainly(tx: WriteTx, list_id: UUID, user_id: UUID, place: UUID) -> None:
    await tx.run(
        "INSERT INTO wishlists.item (list_id, user_id, resource_id, saved_at) VALUES (%s, %s, %s, %s)",
        (list_id, user_id, place, NOW),
    )


async def test_control_without_its_constraint_a_place_is_on_a_list_twice(tx: WriteTx) -> None:
    user, place = await a_user(tx), await a_place(tx)
    list_id = await save_listing(tx, user_id=user.id, resource_id=place, now=NOW)
    with pytest.raises(UniqueViolation, match="listing_is_once_in_each_list"):
        async with tx.savepoint():
            await _save_plainly(tx, list_id, user.id, place)
    await tx.run("ALTER TABLE wishlists.item DROP CONSTRAINT listing_is_once_in_each_list")
    await _save_plainly(tx, list_id, user.id, place)
    assert await tx.all("SELECT count(*) AS items FROM wishlists.item") == [{"items": 2}]


async def test_an_item_is_of_whom_its_list_is(tx: WriteTx) -> None:
    user, other, place, more = await a_user(tx), await a_user(tx), await a_place(tx), await a_place(tx, "Casa Sol")
    list_id = await save_listing(tx, user_id=user.id, resource_id=place, now=NOW)
    with pytest.raises(ForeignKeyViolation, match="item_is_of_whom_the_list_is"):
        async with tx.savepoint():
            await _save_plainly(tx, list_id, other.id, more)
    await _save_plainly(tx, list_id, user.id, more)  # control: the same for whose it is


async def test_a_link_that_could_be_guessed_is_refused(tx: WriteTx) -> None:
    user, place = await a_user(tx), await a_place(tx)
    await save_listing(tx, user_id=user.id, resource_id=place, now=NOW)
    with pytest.raises(CheckViolation, match="list_link_cannot_be_guessed"):
        async with tx.savepoint():
            await tx.run("UPDATE wishlists.list SET share_token = 'short'")
    await tx.run("UPDATE wishlists.list SET share_token = %s", ("l" * 32,))
