"""Counted stays with the rooms they have, rooms out of service, and what is sold of each night."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.inventory.contracts import Claim, GivenRoom
from hospes.modules.inventory.policies.room_plans import StayKey
from hospes.modules.inventory.queries.claims import CLAIM, as_claim
from hospes.platform.db import ReadTx, Row

_STAYS: LiteralString = (
    f"SELECT {CLAIM}, p.place, a.unit_id AS room, COALESCE(a.pinned, false) AS pinned FROM inventory.claim AS c"  # noqa: S608
    " CROSS JOIN LATERAL generate_series(0, c.quantity - 1) AS p (place)"
    " LEFT JOIN inventory.unit_assignment AS a ON a.claim_id = c.id AND a.place = p.place"
)
_OUTAGE: LiteralString = (
    "o.id, o.resource_id, o.unit_id, lower(o.nights) AS first_night, upper(o.nights) AS departure, o.reason"
)


@dataclass(frozen=True, slots=True)
class RoomStay:
    """One room of a counted claim, and the unit it has. A pinned one stays there whatever the plan."""

    claim: Claim
    place: int
    unit_id: UUID | None
    pinned: bool

    @property
    def key(self) -> StayKey:
        """Which stay this is."""
        return self.claim.id, self.place


@dataclass(frozen=True, slots=True)
class Outage:
    """A unit out of service for the nights [first_night, departure)."""

    id: UUID
    resource_id: UUID
    unit_id: UUID
    first_night: date
    departure: date
    reason: str


@dataclass(frozen=True, slots=True)
class CountedNight:
    """A night of a counted resource: `claimed` of `capacity` rooms in service, and `overbooking` more."""

    night: date
    capacity: int
    overbooking: int
    claimed: int


async def list_room_stays(tx: ReadTx, resource_id: UUID, first: date, departure: date, now: datetime) -> list[RoomStay]:
    """Live counted stays that touch the nights [first, departure), in the order of arrival; holds are left out."""
    rows = await tx.all(
        f"{_STAYS} WHERE c.resource_id = %s AND c.released_at IS NULL AND c.unit_id IS NULL"
        " AND c.departure_id IS NULL AND c.kind <> 'hold' AND (c.held_until IS NULL OR c.held_until > %s)"
        " AND c.during && tstzrange(%s::date - interval '1 day', %s::date + interval '2 days')"
        " AND c.first_night < %s AND c.last_night >= %s ORDER BY c.first_night, c.last_night, c.id, p.place",
        (resource_id, now, first, departure, departure, first),
    )
    return [_as_stay(row) for row in rows]


async def list_rooms_of(tx: ReadTx, claim_ids: Sequence[UUID]) -> dict[UUID, tuple[GivenRoom, ...]]:
    """The rooms these counted stays have been given; those without any are left out."""
    rows = await tx.all(
        "SELECT claim_id, place, unit_id, pinned FROM inventory.unit_assignment WHERE claim_id = ANY(%s::uuid[])"
        " ORDER BY claim_id, place",
        (list(claim_ids),),
    )
    found: dict[UUID, tuple[GivenRoom, ...]] = {}
    for row in rows:
        room = GivenRoom(row["place"], row["unit_id"], row["pinned"])
        found[row["claim_id"]] = (*found.get(row["claim_id"], ()), room)
    return found


async def list_stays_in(
    tx: ReadTx, unit_id: UUID, first: date, departure: date, *, without: StayKey | None = None
) -> list[RoomStay]:
    """Who has this unit on the nights [first, departure)."""
    rows = await tx.all(
        f"{_STAYS} WHERE a.unit_id = %s AND a.nights && daterange(%s, %s) ORDER BY c.first_night, c.id",
        (unit_id, first, departure),
    )
    return [each for each in map(_as_stay, rows) if each.key != without]


async def list_fixed_spans(
    tx: ReadTx, resource_id: UUID, first: date, departure: date, without: Collection[UUID]
) -> list[tuple[UUID, date, date]]:
    """Unit and nights of the resource's assignments that touch [first, departure), those of some claims left out."""
    rows = await tx.all(
        "SELECT a.unit_id, lower(a.nights) AS first, upper(a.nights) AS departure FROM inventory.unit_assignment AS a"
        " WHERE a.resource_id = %s AND a.nights && daterange(%s, %s) AND NOT a.claim_id = ANY(%s::uuid[])"
        " ORDER BY 1, 2",
        (resource_id, first, departure, list(without)),
    )
    return [(row["unit_id"], row["first"], row["departure"]) for row in rows]


async def list_outages(tx: ReadTx, resource_id: UUID, first: date, departure: date) -> list[Outage]:
    """Units out of service on a night of [first, departure)."""
    rows = await tx.all(
        f"SELECT {_OUTAGE} FROM inventory.outage AS o WHERE o.resource_id = %s"  # noqa: S608
        " AND o.nights && daterange(%s, %s) ORDER BY o.nights, o.id",
        (resource_id, first, departure),
    )
    return [Outage(**row) for row in rows]


async def find_outage(tx: ReadTx, outage_id: UUID) -> Outage | None:
    """One of them."""
    row = await tx.find(f"SELECT {_OUTAGE} FROM inventory.outage AS o WHERE o.id = %s", (outage_id,))  # noqa: S608
    return None if row is None else Outage(**row)


async def list_nights(tx: ReadTx, resource_id: UUID, first: date, departure: date) -> list[CountedNight]:
    """The counted nights of [first, departure); one that nobody has touched yet has no counter."""
    rows = await tx.all(
        "SELECT night, capacity, overbooking, claimed FROM inventory.night_count"
        " WHERE resource_id = %s AND night >= %s AND night < %s ORDER BY night",
        (resource_id, first, departure),
    )
    return [CountedNight(**row) for row in rows]


async def list_guests(
    tx: ReadTx, resource_id: UUID, nights: Sequence[date], unit_id: UUID | None = None
) -> list[Claim]:
    """Live claims on one of these nights: counted ones, or those of one unit."""
    if not nights:
        return []
    rows = await tx.all(
        f"SELECT {CLAIM} FROM inventory.claim AS c WHERE c.resource_id = %(resource)s AND c.released_at IS NULL"  # noqa: S608
        " AND c.departure_id IS NULL AND c.unit_id IS NOT DISTINCT FROM %(unit)s::uuid"
        " AND c.during && tstzrange(%(first)s::date - interval '1 day', %(last)s::date + interval '2 days')"
        " AND EXISTS (SELECT FROM unnest(%(nights)s::date[]) AS n (night)"
        " WHERE n.night BETWEEN c.first_night AND c.last_night) ORDER BY c.first_night, c.id",
        {"resource": resource_id, "unit": unit_id, "nights": list(nights), "first": min(nights), "last": max(nights)},
    )
    return [as_claim(row) for row in rows]


def _as_stay(row: Row) -> RoomStay:
    own = ("place", "room", "pinned")
    claim = as_claim({name: value for name, value in row.items() if name not in own})
    return RoomStay(claim, row["place"], row["room"], row["pinned"])
