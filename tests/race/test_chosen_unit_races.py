"""Rivals for one doctor: one wins, nobody is sent to another; with the chosen one forgotten, the swap is seen."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Party, Wish
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import ClaimKind
from hospes.platform.db import Database, WriteTx
from tests.booking.test_hours_and_departures import AT_NINE, NOW, a_doctor
from tests.builders.booking import Stay
from tests.builders.identity import a_user
from tests.race.rivals import many_connections, race

pytestmark = pytest.mark.race
RIVALS = 40


@pytest.fixture
async def crowd(clone_url: str) -> AsyncIterator[Database]:
    async with many_connections(clone_url, RIVALS) as database:
        yield database


async def _world(crowd: Database) -> tuple[Stay, list[UUID]]:
    async with crowd.write() as tx:
        return await a_doctor(tx, units=3), [(await a_user(tx)).id for _ in range(RIVALS)]


async def _taken(crowd: Database, stay: Stay) -> list[UUID]:
    async with crowd.read() as tx:
        rows = await tx.all(
            "SELECT unit_id FROM inventory.claim WHERE resource_id = %s AND released_at IS NULL", (stay.resource_id,)
        )
    return [row["unit_id"] for row in rows]


async def test_of_many_rivals_for_one_doctor_one_wins_and_the_colleagues_stay_free(crowd: Database) -> None:
    stay, guests = await _world(crowd)
    wish = Wish(stay.resource_id, AT_NINE, Party(1), unit_id=stay.sellable.unit_ids[1])

    async def take(tx: WriteTx, number: int) -> None:
        if number % 2:
            await facade.hold_wish(tx, wish, guest_id=guests[number], now=NOW)
        else:
            await facade.book_wish(tx, wish, guest_id=guests[number], provider="sandbox", now=NOW)

    assert await race(crowd, RIVALS, take) == {"won": 1, "not_available": RIVALS - 1}
    assert await _taken(crowd, stay) == [wish.unit_id]


async def test_control_without_the_chosen_one_in_the_claim_rivals_are_sent_to_colleagues(crowd: Database) -> None:
    stay, guests = await _world(crowd)
    wish = Wish(stay.resource_id, AT_NINE, Party(1), unit_id=stay.sellable.unit_ids[1])

    async def take_unguarded(tx: WriteTx, number: int) -> None:
        quote = await facade.price_wish(tx, replace(wish, unit_id=None), now=NOW)
        (ask,) = quote.terms.items[0].asks
        await inventory.claim(
            *(tx, ask),
            kind=ClaimKind.HOLD,
            owner_id=guests[number],
            held_until=NOW + timedelta(minutes=15),
            now=NOW,
        )

    assert (await race(crowd, RIVALS, take_unguarded))["won"] == 3
    assert set(await _taken(crowd, stay)) == set(stay.sellable.unit_ids)
