"""Add, change or remove a dated departure."""

from datetime import datetime
from typing import Any
from uuid import UUID

from hospes.modules.catalog.contracts import Mode
from hospes.modules.catalog.errors import VersionChanged
from hospes.modules.inventory import queries, store
from hospes.modules.inventory.contracts import Claim, Departure, DepartureDraft
from hospes.modules.inventory.errors import CapacityBelowSold, DepartureHasGuests, DepartureInvalid, DepartureNotFound
from hospes.modules.inventory.events import DEPARTURE_CHANGED
from hospes.modules.inventory.policies.departures import check_departure
from hospes.modules.inventory.use_cases.managing import get_managed
from hospes.platform.caller import Caller
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish


async def add_departure(
    tx: WriteTx, caller: Caller, resource_id: UUID, said: DepartureDraft, *, now: datetime
) -> Departure:
    """The new departure; raises `DepartureInvalid`."""
    sellable = await get_managed(tx, caller, resource_id, Mode.DEPARTURE)
    check_departure(said)
    if said.starts_at <= now:
        sentence = "This is in the past."
        raise DepartureInvalid(sentence, fields={"starts_at": sentence})
    departure_id = new_id()
    first, last = store.days_of(sellable.zone, said.starts_at, said.ends_at)
    await store.insert_departure(tx, departure_id, resource_id, said, (first, last), now)
    return await _changed(tx, resource_id, departure_id, now)


async def put_departure(
    tx: WriteTx,
    caller: Caller,
    resource_id: UUID,
    departure_id: UUID,
    said: DepartureDraft,
    *,
    expected: int | None,
    now: datetime,
) -> Departure:
    """The departure as it is now; places sold move with its times, and stay when it is cancelled.

    Raises `DepartureNotFound`, `DepartureInvalid`, `VersionChanged`, and `CapacityBelowSold` with who has places.
    """
    sellable = await get_managed(tx, caller, resource_id, Mode.DEPARTURE)
    check_departure(said)
    departure = await _locked(tx, resource_id, departure_id, expected, now)
    if departure.claimed > said.capacity + said.overbooking:
        await store.release_expired_on_departure(tx, departure_id, now)
        claims = await queries.list_claims_on(tx, departure_id, now)
        if sum(claim.quantity for claim in claims) > said.capacity + said.overbooking:
            raise _below(claims)
    first, last = store.days_of(sellable.zone, said.starts_at, said.ends_at)
    await store.update_departure(tx, departure_id, said, (first, last), now)
    return await _changed(tx, resource_id, departure_id, now)


async def cancel_departure(
    tx: WriteTx, caller: Caller, resource_id: UUID, departure_id: UUID, *, expected: int | None, now: datetime
) -> None:
    """Take a departure nobody is on off sale for good; raises `DepartureNotFound`, `VersionChanged`, and
    `DepartureHasGuests` with who has places."""
    await get_managed(tx, caller, resource_id, Mode.DEPARTURE)
    await _locked(tx, resource_id, departure_id, expected, now)
    await store.release_expired_on_departure(tx, departure_id, now)
    if claims := await queries.list_claims_on(tx, departure_id, now):
        raise DepartureHasGuests("Somebody has places on this departure.", claims=[_listed(each) for each in claims])
    await store.cancel_departure(tx, departure_id, now)
    await _changed(tx, resource_id, departure_id, now)


async def stop_sale(
    tx: WriteTx, caller: Caller, resource_id: UUID, departure_id: UUID, *, now: datetime
) -> tuple[Departure, list[Claim]]:
    """Take a departure off sale, and who has places: once this commits nobody else can get one.

    Whoever is taking a place at the same moment is waited for, and is in the list or is refused. Who has a place keeps
    it. Raises `DepartureNotFound`.
    """
    await get_managed(tx, caller, resource_id, Mode.DEPARTURE)
    departure = await _locked(tx, resource_id, departure_id, None, now)
    if departure.status == "scheduled":
        await store.cancel_departure(tx, departure_id, now)
        departure = await _changed(tx, resource_id, departure_id, now)
    return departure, await queries.list_claims_called_off(tx, departure_id)


async def _locked(tx: WriteTx, resource_id: UUID, departure_id: UUID, expected: int | None, now: datetime) -> Departure:
    departure = await store.lock_departure(tx, resource_id, departure_id, now)
    if departure is None:
        raise DepartureNotFound()
    if expected is not None and departure.version != expected:
        raise VersionChanged("This departure has been changed in the meantime. Read it again.")
    return departure


async def _changed(tx: WriteTx, resource_id: UUID, departure_id: UUID, now: datetime) -> Departure:
    await publish(tx, DEPARTURE_CHANGED, resource_id, {"resource_id": str(resource_id)}, now=now)
    departure = await queries.find_departure(tx, resource_id, departure_id, now)
    if departure is None:
        raise DepartureNotFound()
    return departure


def _below(claims: list[Claim]) -> CapacityBelowSold:
    sold = sum(claim.quantity for claim in claims)
    sentence = f"{sold} places are sold or held already."
    return CapacityBelowSold(sentence, fields={"capacity": sentence}, claims=[_listed(each) for each in claims])


def _listed(claim: Claim) -> dict[str, Any]:
    return {"kind": str(claim.kind), "owner_id": str(claim.owner_id), "quantity": claim.quantity}
