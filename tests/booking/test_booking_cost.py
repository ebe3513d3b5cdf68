"""What a booking asks of the database: few statements, none that psycopg would prepare anew every time."""

from datetime import datetime
from typing import Any

from psycopg import AsyncCursor

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Party
from hospes.platform.db import WriteTx
from tests.builders.booking import ARRIVAL, DEPARTURE, a_stay

KEPT_LENGTH, KEPT_PARAMETERS = 4096, 50  # psycopg's limits for a statement it remembers
KEY_AND_ANSWER = 8  # what idempotency adds to the last one


async def test_a_booking_is_three_statements_small_enough_to_be_remembered(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    said: list[tuple[str, Any]] = []

    class Noting(AsyncCursor[Any]):
        async def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
            said.append((str(query), params))
            return await super().execute(query, params, **more)

    await tx.flush()
    tx.conn.cursor_factory = Noting
    await facade.book_stay(
        tx,
        guest_id=stay.guest_id,
        resource_id=stay.resource_id,
        arrival=ARRIVAL,
        departure=DEPARTURE,
        party=Party(2),
        provider="sandbox",
        now=now,
    )
    await tx.flush()
    reads, claims, writes = said
    assert reads[0].startswith("SELECT q0.*, q1.*, q2.*")
    assert claims[0].startswith("INSERT INTO inventory.claim")
    assert "INSERT INTO booking.booking" in writes[0]
    assert len(writes[1]) + KEY_AND_ANSWER <= KEPT_PARAMETERS
    assert all(len(sql) <= KEPT_LENGTH for sql, _ in said)
