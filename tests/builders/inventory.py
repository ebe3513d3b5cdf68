"""What is asked of inventory in tests, and plain looks at what is there."""

from datetime import date
from uuid import UUID

from hospes.modules.catalog.contracts import Sellable
from hospes.modules.inventory.contracts import ClaimAsk
from hospes.platform.db import ReadTx
from hospes.platform.ids import new_id

JULY_1 = date(2026, 7, 1)
JULY_4 = date(2026, 7, 4)


def an_ask(
    *,
    resource_id: UUID | None = None,
    units: tuple[UUID, ...] | int = 1,
    pooled: bool = False,
    first_night: date = JULY_1,
    departure: date = JULY_4,
    quantity: int = 1,
    zone: str = "Europe/Paris",
) -> ClaimAsk:
    """Three nights of a resource that need not exist: inventory does not look."""
    unit_ids = units if isinstance(units, tuple) else tuple(new_id() for _ in range(units))
    return ClaimAsk(
        resource_id=resource_id or new_id(),
        unit_ids=unit_ids,
        pooled=pooled,
        capacity=len(unit_ids),
        zone=zone,
        first_night=first_night,
        departure=departure,
        quantity=quantity,
    )


def ask_of(sellable: Sellable, first_night: date = JULY_1, departure: date = JULY_4) -> ClaimAsk:
    """The nights of a real resource."""
    return an_ask(
        resource_id=sellable.resource_id,
        units=sellable.unit_ids,
        pooled=sellable.pooled,
        first_night=first_night,
        departure=departure,
        zone=sellable.zone,
    )


async def live_claims(tx: ReadTx, resource_id: UUID) -> int:
    """How many claims are live."""
    row = await tx.find(
        "SELECT count(*) AS n FROM inventory.claim WHERE resource_id = %s AND released_at IS NULL", (resource_id,)
    )
    assert row is not None
    return int(row["n"])


async def oversold_nights(tx: ReadTx) -> int:
    """How many pairs of live claims share a unit and an instant; zero while the promise holds."""
    row = await tx.find(
        "SELECT count(*) AS n FROM inventory.claim AS a JOIN inventory.claim AS b ON a.unit_id = b.unit_id"
        " AND a.id < b.id AND a.during && b.during WHERE a.released_at IS NULL AND b.released_at IS NULL"
    )
    assert row is not None
    return int(row["n"])


async def counted(tx: ReadTx, resource_id: UUID) -> list[int]:
    """The counters of a resource, night by night."""
    rows = await tx.all(
        "SELECT claimed FROM inventory.night_count WHERE resource_id = %s ORDER BY night", (resource_id,)
    )
    return [row["claimed"] for row in rows]
