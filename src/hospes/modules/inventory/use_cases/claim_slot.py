"""Take time: the constraint alone decides, unless limits or journeys count: then diaries are locked first."""

from datetime import datetime, timedelta
from uuid import UUID

from hospes.modules.inventory import store
from hospes.modules.inventory.contracts import Claim, ClaimKind, SlotAsk
from hospes.modules.inventory.errors import NotAvailable, OutsideHours
from hospes.modules.inventory.policies.slots import nearest
from hospes.modules.inventory.providers.travel_time import TravelTime
from hospes.modules.inventory.use_cases.slot_clashes import diary_span, slot_clashes
from hospes.platform.db import Row, WriteTx
from hospes.platform.errors import HospesError
from hospes.platform.ids import new_id


async def claim_slot(
    tx: WriteTx,
    ask: SlotAsk,
    travel: TravelTime,
    *,
    kind: ClaimKind,
    owner_id: UUID,
    held_until: datetime | None,
    now: datetime,
    note: str = "",
) -> Claim:
    """The claim; raises `NotAvailable`, and for holds and bookings also `DayFull`, `WeekFull`, `TooFarToTravel`.

    Of rivals for one unit and time exactly one gets it. Blocks and external claims know no limits and no journeys.
    """
    if ask.starts_at >= ask.ends_at:
        raise OutsideHours("The end must be after the start.", fields={"ends_at": "This must be after the start."})
    claim_id = new_id()
    values = store.slot_values(claim_id, ask, store.owner_values(kind, owner_id, held_until, note, now))
    if guard_keys(ask, kind):
        unit_id = await _take_guarded(tx, ask, travel, values, now)
    else:
        unit_id = await _take(tx, values)
        if unit_id is None and await store.release_expired_on_units(tx, values):
            unit_id = await _take(tx, values)
    if unit_id is None:
        raise NotAvailable("This time has just been taken. Please choose another.")
    return Claim(
        id=claim_id,
        resource_id=ask.resource_id,
        unit_id=unit_id,
        quantity=1,
        first_night=values["first"],
        departure=values["last"] + timedelta(days=1),
        kind=kind,
        owner_id=owner_id,
        held_until=held_until,
        starts_at=ask.starts_at,
        ends_at=ask.ends_at,
        note=note,
    )


def guard_keys(ask: SlotAsk, kind: ClaimKind) -> list[str]:
    """The names under which the units' diaries are locked; none when the constraint alone can decide."""
    limited = ask.max_per_day is not None or ask.max_per_week is not None
    travelling = ask.speed_kmh is not None and (ask.place or ask.home) is not None
    if kind not in (ClaimKind.HOLD, ClaimKind.BOOKING) or not (limited or travelling):
        return []
    return sorted(f"diary {unit_id}" for unit_id in ask.unit_ids)


async def _take(tx: WriteTx, values: Row) -> UUID | None:
    if len(values["units"]) == 1:
        return await store.insert_on_one_unit(tx, values)
    return await store.insert_on_free_unit(tx, values)


async def _take_guarded(tx: WriteTx, ask: SlotAsk, travel: TravelTime, values: Row, now: datetime) -> UUID | None:
    """Everyone who counts in these diaries holds their locks, so what is counted here is still so at the commit."""
    await store.lock_keys(tx, guard_keys(ask, ClaimKind.BOOKING))
    start, end = diary_span(ask)
    await store.release_expired_in_diaries(tx, ask.resource_id, values["units"], start, end, now)
    refusals: list[HospesError] = []
    for unit_id, refusal in (await slot_clashes(tx, ask, travel, now=now)).items():
        if refusal is not None:
            refusals.append(refusal)
        elif await store.insert_on_one_unit(tx, {**values, "unit": unit_id}) is not None:
            return unit_id
        else:
            refusals.append(NotAvailable("This time has just been taken. Please choose another."))
    raise nearest(refusals)
