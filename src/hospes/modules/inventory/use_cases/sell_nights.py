"""What of each counted night is on sale: locked and weighed before it is lowered."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hospes.modules.catalog.contracts import Sellable
from hospes.modules.inventory import store
from hospes.modules.inventory.contracts import Claim
from hospes.modules.inventory.errors import CapacityBelowSold, OutageInvalid
from hospes.modules.inventory.events import ROOMS_CHANGED
from hospes.modules.inventory.policies.nights import nights_span
from hospes.modules.inventory.queries.room_plans import list_guests, list_nights
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish

MOST_NIGHTS = 731
MOST_LISTED = 100


def check_nights(first: date, departure: date, zone: str, now: datetime) -> None:
    """Raises `OutageInvalid` unless [first, departure) are nights from today on, at most two years of them."""
    today = now.astimezone(ZoneInfo(zone)).date()
    if departure <= first:
        raise OutageInvalid(fields={"departure": "The last day must be after the first."})
    if first < today:
        raise OutageInvalid(fields={"first_night": "This is in the past."})
    if (departure - today).days > MOST_NIGHTS:
        raise OutageInvalid(fields={"departure": "At most two years ahead."})


async def make_room_for(
    tx: WriteTx,
    sellable: Sellable,
    first: date,
    departure: date,
    *,
    fewer: int,
    overbooking: int | None,
    now: datetime,
) -> None:
    """Locks the counters of the nights, then raises `CapacityBelowSold`, with nights and stays, if more is sold than
    would be left with so many rooms `fewer` and this `overbooking` (None: as it is)."""
    resource_id, last = sellable.resource_id, departure - timedelta(days=1)
    await store.lock_nights(tx, resource_id, first, last, sellable.capacity)
    start, end = nights_span(sellable.zone, first, departure)
    await store.release_expired_counted(tx, {"resource": resource_id, "start": start, "end": end, "now": now})
    full = [
        each.night
        for each in await list_nights(tx, resource_id, first, departure)
        if each.claimed > each.capacity - fewer + (each.overbooking if overbooking is None else overbooking)
    ]
    if full:
        claims = await list_guests(tx, resource_id, full)
        sentence = f"More rooms are sold than would be left on {len(full)} {'night' if len(full) == 1 else 'nights'}."
        raise CapacityBelowSold(
            sentence, nights=[each.isoformat() for each in full[:MOST_LISTED]], claims=stays_listed(claims)
        )


def stays_listed(claims: Sequence[Claim]) -> list[dict[str, Any]]:
    """Stays as a refusal lists them."""
    return [
        {
            "claim_id": str(each.id),
            "kind": str(each.kind),
            "owner_id": str(each.owner_id),
            "first_night": each.first_night.isoformat(),
            "departure": each.departure.isoformat(),
            "quantity": each.quantity,
        }
        for each in claims[:MOST_LISTED]
    ]


async def tell_nights(tx: WriteTx, resource_id: UUID, first: date, departure: date, now: datetime) -> None:
    """Another number of rooms is on sale."""
    data = {
        "resource_id": str(resource_id),
        "arrival": first.isoformat(),
        "departure": departure.isoformat(),
    }
    await publish(tx, ROOMS_CHANGED, resource_id, data, now=now)
