"""The connection dies at every statement of booking, paying, cancelling: all of it is there afterwards, or nothing."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random
from typing import Any

import psycopg
import pytest

from hospes.entrypoints.invariants import breaches
from hospes.modules.booking import facade as booking
from hospes.modules.booking.contracts import Actor, Extra, Hours, Nights, Party, Wish
from hospes.platform.db import Database, WriteTx
from tests.proof.commands import Known, pay
from tests.proof.world import FIRST_NIGHT, MORNING, START, World, a_world

pytestmark = pytest.mark.race
TABLES = (
    "inventory.claim WHERE released_at IS NULL",
    "booking.booking",
    "booking.item",
    "booking.history",
    "booking.hold",
    "payments.payment",
    "payments.attempt",
    "platform.outbox",
)
Act = Callable[[WriteTx, World], Awaitable[object]]


class Dying(psycopg.AsyncCursor[Any]):
    """A cursor whose server process is killed before the statement whose turn has come."""

    left = 0
    killer: psycopg.Connection[Any]

    async def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
        """The statement; the connection is gone when it is the last one left."""
        cls = type(self)
        cls.left -= 1
        if cls.left == 0:
            cls.killer.execute("SELECT pg_terminate_backend(%s)", (self.connection.info.backend_pid,))
        return await super().execute(query, params, **more)


async def _book_all(tx: WriteTx, world: World) -> None:
    wish = Wish(
        world.home.resource_id,
        Nights(FIRST_NIGHT, FIRST_NIGHT + timedelta(days=2)),
        Party(2),
        extras=(Extra(world.parking.resource_id),),
    )
    await booking.book_wish(tx, wish, guest_id=world.guests[0], provider="sandbox", now=START)


async def _book_rooms(tx: WriteTx, world: World) -> None:
    wish = Wish(world.rooms.resource_id, Nights(FIRST_NIGHT, FIRST_NIGHT + timedelta(days=2)), Party(2), quantity=2)
    await booking.book_wish(tx, wish, guest_id=world.guests[0], provider="sandbox", now=START)


async def _hold_and_book(tx: WriteTx, world: World) -> None:
    wish = Wish(world.doctor.resource_id, Hours(MORNING, MORNING + timedelta(minutes=30)), Party(1))
    held = await booking.hold_wish(tx, wish, guest_id=world.guests[0], now=START)
    await booking.book_hold(tx, guest_id=world.guests[0], hold_id=held.id, provider="sandbox", now=START)


async def _book_pay_cancel(tx: WriteTx, world: World) -> None:
    known = Known(START)
    wish = Wish(world.home.resource_id, Nights(FIRST_NIGHT, FIRST_NIGHT + timedelta(days=2)), Party(2))
    made = await booking.book_wish(tx, wish, guest_id=world.guests[0], provider="sandbox", now=START)
    known.bookings.append(made.id)
    steps = pay(world, known, Random(1))
    assert isinstance(steps, tuple)
    for step in steps:
        await step(tx)
    await booking.cancel_booking(tx, booking_id=made.id, actor=Actor.HOST, actor_id=world.host.user_id, now=START)


async def _state(db: Database) -> list[int]:
    async with db.read() as tx:
        rows = [await tx.find(f"SELECT count(*) AS n FROM {table}") for table in TABLES]  # type: ignore[arg-type]
    return [row["n"] for row in rows if row is not None]


@pytest.mark.parametrize("act", [_book_all, _book_rooms, _hold_and_book, _book_pay_cancel])
async def test_a_connection_that_dies_at_any_statement_leaves_nothing_behind(
    db: Database, clone_url: str, act: Act
) -> None:
    async with db.write() as tx:
        world = await a_world(tx)
    before, died = await _state(db), 0
    with psycopg.connect(clone_url, autocommit=True) as killer:
        Dying.killer = killer
        for turn in range(1, 200):
            Dying.left = turn
            try:
                async with db.write() as tx:
                    tx.conn.cursor_factory = Dying
                    try:
                        await act(tx, world)
                        await tx.flush()
                    finally:
                        tx.conn.cursor_factory = psycopg.AsyncCursor
            except psycopg.OperationalError:
                died += 1
                assert await _state(db) == before
                continue
            break
    assert died == turn - 1 > 3
    assert await _state(db) != before
    async with db.read() as tx:
        assert await breaches(tx) == {}


async def test_control_without_one_transaction_a_death_between_two_statements_leaves_an_orphan(
    db: Database, clone_url: str
) -> None:
    async with db.write() as tx:
        world = await a_world(tx)
    async with db.write() as tx:
        await _book_all(tx, world)
    with psycopg.connect(clone_url, autocommit=True) as conn:
        conn.execute("DELETE FROM booking.item")
        conn.execute("DELETE FROM booking.history")
        conn.execute("DELETE FROM payments.payment")
        conn.execute("DELETE FROM booking.booking")
    async with db.read() as tx:
        assert set(await breaches(tx)) == {"every live claim has a live owner"}
