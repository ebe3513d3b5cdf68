"""What is learned from: what people looked at, put on a list and booked; nothing of who wants nothing kept."""

from datetime import UTC, date, datetime
from uuid import UUID

from hospes.modules.recommendations.queries import acts
from hospes.modules.wishlists.use_cases.save_listing import save_listing
from hospes.platform.db import ReadTx, WriteTx
from tests.builders.identity import a_user
from tests.wishlists.builders import a_place

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


async def kept_by(tx: ReadTx) -> list[tuple[UUID, bool, bool]]:
    return [
        (row["person"], row["kept"], row["booked"]) async for rows in acts(tx, since=date(2026, 1, 1)) for row in rows
    ]


async def test_what_somebody_keeps_on_a_list_counts_until_they_want_nothing_kept(tx: WriteTx) -> None:
    person, place = await a_user(tx), await a_place(tx)
    assert await kept_by(tx) == []
    await save_listing(tx, user_id=person.id, resource_id=place, now=NOW)
    assert await kept_by(tx) == [(person.id, True, False)]
    await tx.run(
        "INSERT INTO recommendations.choice (person, wanted, changed_at) VALUES (%s, false, %s)", (person.id, NOW)
    )
    assert await kept_by(tx) == []
