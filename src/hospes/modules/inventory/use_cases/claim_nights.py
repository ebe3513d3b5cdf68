"""Take nights: the constraint or the counters alone decide."""

from datetime import datetime
from uuid import UUID

from hospes.modules.inventory import store
from hospes.modules.inventory.contracts import Claim, ClaimAsk, ClaimKind
from hospes.modules.inventory.errors import NotAvailable
from hospes.platform.db import Row, WriteTx
from hospes.platform.ids import new_id


async def claim_nights(
    tx: WriteTx,
    ask: ClaimAsk,
    *,
    kind: ClaimKind,
    owner_id: UUID,
    held_until: datetime | None,
    now: datetime,
    note: str = "",
) -> Claim:
    """The claim; raises `NotAvailable`. Of rivals for one place exactly one gets it, whatever the timing."""
    claim_id = new_id()
    values = store.claim_values(claim_id, ask, kind, owner_id, held_until, note, now)
    taken, unit_id = await _take(tx, ask, values)
    if not taken and await _make_room(tx, ask, values):
        taken, unit_id = await _take(tx, ask, values)
    if not taken:
        raise NotAvailable("These dates have just been taken. Please choose others.")
    return Claim(
        id=claim_id,
        resource_id=ask.resource_id,
        unit_id=unit_id,
        quantity=ask.quantity,
        first_night=ask.first_night,
        departure=ask.departure,
        kind=kind,
        owner_id=owner_id,
        held_until=held_until,
        starts_at=values["start"],
        ends_at=values["end"],
        note=note,
    )


async def _take(tx: WriteTx, ask: ClaimAsk, values: Row) -> tuple[bool, UUID | None]:
    if ask.pooled:
        return await store.insert_counted(tx, values), None
    if len(ask.unit_ids) == 1:
        unit_id = await store.insert_on_one_unit(tx, values)
    else:
        unit_id = await store.insert_on_free_unit(tx, values)
    return unit_id is not None, unit_id


async def _make_room(tx: WriteTx, ask: ClaimAsk, values: Row) -> bool:
    if ask.pooled:
        return await store.release_expired_counted(tx, values)
    return await store.release_expired_on_units(tx, values)
