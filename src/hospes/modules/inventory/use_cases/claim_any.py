"""Take whatever is asked for, by its kind; several things all or nothing."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hospes.modules.inventory import store
from hospes.modules.inventory.contracts import Ask, Claim, ClaimAsk, ClaimKind, SlotAsk
from hospes.modules.inventory.providers.travel_time import TravelTime
from hospes.modules.inventory.use_cases.claim_departure import claim_departure
from hospes.modules.inventory.use_cases.claim_nights import claim_nights
from hospes.modules.inventory.use_cases.claim_slot import claim_slot, guard_keys
from hospes.platform.db import WriteTx


async def claim_any(
    tx: WriteTx,
    ask: Ask,
    travel: TravelTime,
    *,
    kind: ClaimKind,
    owner_id: UUID,
    held_until: datetime | None,
    now: datetime,
    note: str = "",
) -> Claim:
    """The claim; raises `NotAvailable` and what else its kind refuses with."""
    if isinstance(ask, ClaimAsk):
        return await claim_nights(tx, ask, kind=kind, owner_id=owner_id, held_until=held_until, now=now, note=note)
    if isinstance(ask, SlotAsk):
        return await claim_slot(
            tx, ask, travel, kind=kind, owner_id=owner_id, held_until=held_until, now=now, note=note
        )
    return await claim_departure(tx, ask, kind=kind, owner_id=owner_id, held_until=held_until, now=now, note=note)


async def claim_several(
    tx: WriteTx,
    asks: Sequence[Ask],
    travel: TravelTime,
    *,
    kind: ClaimKind,
    owner_id: UUID,
    held_until: datetime | None,
    now: datetime,
) -> list[Claim]:
    """Every claim, in the order asked; raises the refusal of the first that cannot be had (then roll back).

    Asks for one resource queue up on its lock, and those that count in a diary on the diary's; all are taken first and
    in one order, so that two who want the same things in another order wait for each other instead of deadlocking.
    """
    keys = {str(ask.resource_id) for ask in asks}
    keys.update(key for ask in asks if isinstance(ask, SlotAsk) for key in guard_keys(ask, kind))
    await store.lock_keys(tx, sorted(keys))
    claims: dict[int, Claim] = {}
    for place in sorted(range(len(asks)), key=lambda each: _order(asks[each])):
        claims[place] = await claim_any(
            tx, asks[place], travel, kind=kind, owner_id=owner_id, held_until=held_until, now=now
        )
    return [claims[place] for place in range(len(asks))]


def _order(ask: Ask) -> tuple[UUID, tuple[UUID, ...], float]:
    if isinstance(ask, ClaimAsk):
        return ask.resource_id, ask.unit_ids, ask.first_night.toordinal()
    if isinstance(ask, SlotAsk):
        return ask.resource_id, ask.unit_ids, ask.starts_at.timestamp()
    return ask.resource_id, (ask.departure_id,), 0
