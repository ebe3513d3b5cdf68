"""What somebody looked at, the latest first."""

from hospes.modules.recommendations import queries
from hospes.modules.recommendations.contracts import Person, Recent
from hospes.platform.db import ReadTx


async def list_recent(tx: ReadTx, *, person: Person, limit: int) -> list[Recent]:
    """Of each listing that is still on sale once, with when last."""
    rows = await queries.latest_views(tx, person.id, limit=limit)
    cards = await queries.cards_of_resources(tx, [row["resource_id"] for row in rows]) if rows else {}
    return [Recent(cards[row["resource_id"]], row["at"]) for row in rows if row["resource_id"] in cards]
