"""Give a stay its room by hand, another one, or none."""

from datetime import datetime
from uuid import UUID

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Mode, Sellable
from hospes.modules.catalog.errors import BusinessNotFound, ResourceNotFound, UnitNotFound
from hospes.modules.inventory import store
from hospes.modules.inventory.contracts import Claim, ClaimKind
from hospes.modules.inventory.errors import ClaimNotFound, UnitTaken, WrongMode
from hospes.modules.inventory.events import ROOMS_ASSIGNED
from hospes.modules.inventory.policies.feeds import days_between
from hospes.modules.inventory.policies.nights import nights_span
from hospes.modules.inventory.queries.room_plans import list_guests, list_outages, list_stays_in
from hospes.modules.inventory.store import room_plans as room_store
from hospes.modules.inventory.use_cases.sell_nights import stays_listed
from hospes.platform.caller import Caller
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def assign_room(
    tx: WriteTx,
    caller: Caller,
    claim_id: UUID,
    unit_id: UUID | None,
    *,
    place: int = 0,
    pinned: bool = True,
    now: datetime,
) -> Claim:
    """The claim, whose `place` has this unit from now on (None: none yet). A pinned stay is not moved by plans.

    A claim that is of a unit itself moves there with all its nights. Raises `ClaimNotFound`, `UnitNotFound`,
    `WrongMode`, and `UnitTaken` with who has the room, or why it is out of service.
    """
    claim, sellable = await _find(tx, caller, claim_id, now)
    if unit_id is not None and unit_id not in sellable.unit_ids:
        raise UnitNotFound()
    if not 0 <= place < claim.quantity:
        raise ClaimNotFound(f"This stay has {claim.quantity} rooms.")
    if claim.unit_id is None:
        await _assign(tx, claim, place, unit_id, pinned=pinned, now=now)
    else:
        await _move(tx, sellable, claim, unit_id, now)
    data = {"resource_id": str(claim.resource_id), "claims": [str(claim_id)]}
    await publish(tx, ROOMS_ASSIGNED, claim.resource_id, data, now=now)
    return claim


async def _find(tx: WriteTx, caller: Caller, claim_id: UUID, now: datetime) -> tuple[Claim, Sellable]:
    """The live claim, locked after the lock of its resource's rooms."""
    resource_id = await room_store.find_resource_of(tx, claim_id)
    if resource_id is None:
        raise ClaimNotFound()
    try:
        sellable = await catalog.get_sellable(tx, resource_id)
        await catalog.ensure_manages(tx, caller, sellable.business_id, catalog.Permission.CALENDAR)
    except (BusinessNotFound, ResourceNotFound) as refusal:
        raise ClaimNotFound() from refusal
    await room_store.lock_rooms(tx, resource_id)
    claim = (await room_store.lock_claims(tx, [claim_id])).get(claim_id)
    if claim is None or claim.kind is ClaimKind.HOLD or (claim.held_until is not None and claim.held_until <= now):
        raise ClaimNotFound()
    if sellable.mode is not Mode.NIGHTLY:
        raise WrongMode(f"This is sold as {sellable.mode}; rooms are given for nights.")
    return claim, sellable


async def _assign(tx: WriteTx, claim: Claim, place: int, unit_id: UUID | None, *, pinned: bool, now: datetime) -> None:
    if unit_id is None:
        await room_store.take_rooms(tx, [(claim.id, place)])
        return
    first, departure = claim.first_night, claim.departure
    closed = [each for each in await list_outages(tx, claim.resource_id, first, departure) if each.unit_id == unit_id]
    if closed:
        nights = f"{closed[0].first_night} to {closed[0].departure}"
        raise UnitTaken(f"This room is out of service from {nights}: {closed[0].reason}", taken=[])
    if not await room_store.give_rooms(tx, [room_store.Assignment(claim, place, unit_id, pinned)], now):
        stays = await list_stays_in(tx, unit_id, first, departure, without=(claim.id, place))
        raise UnitTaken(
            "Another stay has this room on some of these nights.",
            taken=stays_listed([each.claim for each in stays]),
        )


async def _move(tx: WriteTx, sellable: Sellable, claim: Claim, unit_id: UUID | None, now: datetime) -> None:
    if unit_id is None:
        raise WrongMode("This stay is sold with its room; it can have another one, but not none.")
    start, end = nights_span(sellable.zone, claim.first_night, claim.departure)
    values = {"resource": claim.resource_id, "units": [unit_id], "start": start, "end": end, "now": now}
    if unit_id == claim.unit_id or await room_store.move_claim(tx, claim.id, unit_id):
        return
    await store.release_expired_on_units(tx, values)
    if not await room_store.move_claim(tx, claim.id, unit_id):
        nights = days_between(claim.first_night, claim.departure)
        claims = await list_guests(tx, claim.resource_id, nights, unit_id)
        raise UnitTaken("This room is taken on some of these nights.", taken=stays_listed(claims))
