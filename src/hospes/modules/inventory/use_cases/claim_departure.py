"""Take places on a departure: one conditional update of its row."""

from datetime import datetime, timedelta
from uuid import UUID

from hospes.modules.inventory import store
from hospes.modules.inventory.contracts import Claim, ClaimKind, DepartureAsk
from hospes.modules.inventory.errors import NotAvailable
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id


async def claim_departure(
    tx: WriteTx,
    ask: DepartureAsk,
    *,
    kind: ClaimKind,
    owner_id: UUID,
    held_until: datetime | None,
    now: datetime,
    note: str = "",
) -> Claim:
    """The claim; raises `NotAvailable` when fewer places are left, or the departure is cancelled or another's."""
    claim_id = new_id()
    values = {
        "id": claim_id,
        "resource": ask.resource_id,
        "departure": ask.departure_id,
        "quantity": ask.quantity,
        **store.owner_values(kind, owner_id, held_until, note, now),
    }
    row = await store.insert_on_departure(tx, values)
    if row is None and await store.release_expired_on_departure(tx, ask.departure_id, now):
        row = await store.insert_on_departure(tx, values)
    if row is None:
        raise NotAvailable("There are not that many places left on this departure.")
    return Claim(
        id=claim_id,
        resource_id=ask.resource_id,
        unit_id=None,
        quantity=ask.quantity,
        first_night=row["first_night"],
        departure=row["last_night"] + timedelta(days=1),
        kind=kind,
        owner_id=owner_id,
        held_until=held_until,
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        note=note,
        departure_id=ask.departure_id,
    )
