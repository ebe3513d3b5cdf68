"""Take nights: the constraint alone decides for one claim, sorted locks come first for several."""

from collections.abc import Sequence
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


async def claim_several(
    tx: WriteTx,
    asks: Sequence[ClaimAsk],
    *,
    kind: ClaimKind,
    owner_id: UUID,
    held_until: datetime | None,
    now: datetime,
) -> list[Claim]:
    """Every claim, in the order asked; raises `NotAvailable` for the first that cannot be had.

    Exclusive asks for one resource queue up on its lock, taken in sorted order, so that two who want the same several
    things in another order wait for each other instead of deadlocking.
    """
    await store.lock_keys(tx, sorted({str(ask.resource_id) for ask in asks}))
    ordered = sorted(range(len(asks)), key=lambda place: _order(asks[place]))
    claims: dict[int, Claim] = {}
    for place in ordered:
        claims[place] = await claim_nights(
            tx, asks[place], kind=kind, owner_id=owner_id, held_until=held_until, now=now
        )
    return [claims[place] for place in range(len(asks))]


def _order(ask: ClaimAsk) -> tuple[UUID, tuple[UUID, ...], int]:
    return ask.resource_id, ask.unit_ids, ask.first_night.toordinal()


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
