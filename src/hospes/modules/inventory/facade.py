"""What other modules may ask of inventory."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from hospes.modules.inventory import queries, store
from hospes.modules.inventory.contracts import (
    Ask,
    Claim,
    ClaimAsk,
    ClaimKind,
    Departure,
    NightState,
    Place,
    Schedule,
    Slot,
    SlotAsk,
)
from hospes.modules.inventory.errors import BlockNotFound, DepartureNotFound, HoldExpired
from hospes.modules.inventory.policies.departures import check_group
from hospes.modules.inventory.policies.travel import distance_km as distance_km
from hospes.modules.inventory.policies.travel import travel_seconds as travel_seconds
from hospes.modules.inventory.policies.windows import instant as instant
from hospes.modules.inventory.policies.windows import openings as openings
from hospes.modules.inventory.providers.calendar_source import InternetCalendars as InternetCalendars
from hospes.modules.inventory.providers.road_times import open_road_times as open_road_times
from hospes.modules.inventory.providers.travel_time import GREAT_CIRCLE as GREAT_CIRCLE
from hospes.modules.inventory.providers.travel_time import TravelTime as TravelTime
from hospes.modules.inventory.use_cases import check_slot as checking
from hospes.modules.inventory.use_cases.claim_any import claim_any, claim_several
from hospes.modules.inventory.use_cases.find_slots import find_slots
from hospes.modules.inventory.use_cases.keep_rooms import keep_rooms as keep_rooms
from hospes.modules.inventory.use_cases.learn_ways import learn_ways as learn_ways
from hospes.modules.inventory.use_cases.managing import get_managed as get_managed
from hospes.modules.inventory.use_cases.prepare_exchange import prepare_exchange as prepare_exchange
from hospes.modules.inventory.use_cases.put_departure import add_departure as add_departure
from hospes.modules.inventory.use_cases.put_departure import put_departure as put_departure
from hospes.modules.inventory.use_cases.put_departure import stop_sale as stop_sale
from hospes.modules.inventory.use_cases.slot_clashes import slot_clashes
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.ids import new_id


async def claim(
    tx: WriteTx,
    ask: Ask,
    *,
    kind: ClaimKind,
    owner_id: UUID,
    held_until: datetime | None = None,
    now: datetime,
    note: str = "",
    travel: TravelTime = GREAT_CIRCLE,
) -> Claim:
    """Take it for the owner; raises `NotAvailable`, and for time also `DayFull`, `WeekFull`, `TooFarToTravel`.
    Expired soft claims in the way are released. Hours, notice and cut-offs are not looked at: see `check_slot` and
    `check_departure`."""
    return await claim_any(tx, ask, travel, kind=kind, owner_id=owner_id, held_until=held_until, now=now, note=note)


async def claim_all(
    tx: WriteTx,
    asks: Sequence[Ask],
    *,
    kind: ClaimKind,
    owner_id: UUID,
    held_until: datetime | None = None,
    now: datetime,
    travel: TravelTime = GREAT_CIRCLE,
) -> list[Claim]:
    """Take everything, of any kind, in the order asked, or raise as `claim` does (then roll back); locked in one
    order, so that rivals never deadlock."""
    return await claim_several(tx, asks, travel, kind=kind, owner_id=owner_id, held_until=held_until, now=now)


async def claims_of(tx: ReadTx, owner_id: UUID) -> list[Claim]:
    """The live claims of a hold, booking or block."""
    return await queries.list_claims_of(tx, owner_id)


async def hand_over(
    tx: WriteTx,
    from_owner: UUID,
    to_owner: UUID,
    *,
    kind: ClaimKind,
    held_until: datetime | None = None,
    count: int = 1,
    now: datetime,
) -> list[Claim]:
    """Give the claims of one owner to another without letting go; raises `HoldExpired` when a rival has taken one, so
    that fewer than `count` are there."""
    claims = await store.give_claims(tx, from_owner, to_owner, kind, held_until)
    if len(claims) < count:
        raise HoldExpired("The time to book has run out. Please choose your dates again.")
    return claims


async def make_firm(tx: WriteTx, owner_id: UUID, *, count: int = 1, now: datetime) -> bool:
    """Keep the owner's claims for good; False when fewer than `count` were still there (those that were are kept)."""
    return await store.harden_claims(tx, owner_id, None) >= count


async def extend(tx: WriteTx, owner_id: UUID, held_until: datetime, *, count: int = 1, now: datetime) -> bool:
    """Keep the owner's claims until another instant; False when fewer than `count` were still there."""
    return await store.harden_claims(tx, owner_id, held_until) >= count


async def release(tx: WriteTx, owner_id: UUID, *, now: datetime) -> int:
    """Let go of everything the owner holds; answers how many claims."""
    return await store.release_owner(tx, owner_id, now)


async def block(tx: WriteTx, ask: Ask, *, note: str = "", now: datetime) -> Claim:
    """Keep nights, time or places off sale; raises `NotAvailable`. The block's id is the claim's `owner_id`."""
    return await claim_any(
        tx, ask, GREAT_CIRCLE, kind=ClaimKind.BLOCK, owner_id=new_id(), held_until=None, now=now, note=note
    )


async def unblock(tx: WriteTx, block_id: UUID, *, now: datetime) -> None:
    """Put blocked nights back on sale; raises `BlockNotFound`."""
    claims = await queries.list_claims_of(tx, block_id)
    if not claims or claims[0].kind is not ClaimKind.BLOCK or not await store.release_owner(tx, block_id, now):
        raise BlockNotFound("This block is not there any more.")


async def is_available(tx: ReadTx, ask: Ask, *, now: datetime, travel: TravelTime = GREAT_CIRCLE) -> bool:
    """Whether a booking's claim would succeed now. The answer may be stale a moment later."""
    if isinstance(ask, ClaimAsk):
        return await queries.is_available(tx, ask, now)
    if isinstance(ask, SlotAsk):
        return None in (await slot_clashes(tx, ask, travel, now=now)).values()
    departure = await queries.find_departure(tx, ask.resource_id, ask.departure_id, now)
    return departure is not None and departure.available >= ask.quantity


async def calendar(
    tx: ReadTx,
    resource_id: UUID,
    *,
    pooled: bool,
    capacity: int,
    unit_ids: Sequence[UUID],
    first: date,
    last: date,
    now: datetime,
) -> list[NightState]:
    """Each night of [first, last]: how many are free."""
    return await queries.calendar(
        tx, resource_id, pooled=pooled, capacity=capacity, unit_ids=unit_ids, first=first, last=last, now=now
    )


async def claims_between(tx: ReadTx, resource_ids: Sequence[UUID], first: date, last: date) -> list[Claim]:
    """Every live claim that touches a night of [first, last], for the host's calendar."""
    return await queries.list_claims_between(tx, resource_ids, first, last)


async def release_expired(tx: WriteTx, *, limit: int, now: datetime) -> list[UUID]:
    """Let go of soft claims whose time has passed; answers the resources touched."""
    return await store.release_expired(tx, limit, now)


async def schedule_of(tx: ReadTx, resource_id: UUID) -> Schedule | None:
    """The opening hours of what is sold by time, with every exception."""
    return await queries.find_schedule(tx, resource_id)


async def slots(
    tx: ReadTx,
    *,
    resource_id: UUID,
    zone: str,
    unit_ids: Sequence[UUID],
    first: date,
    last: date,
    tz: str | None = None,
    minutes: int | None = None,
    place: Place | None = None,
    now: datetime,
    travel: TravelTime = GREAT_CIRCLE,
) -> list[Slot]:
    """What can be booked that starts on a day of [first, last] in `tz` (left out: `zone`, the property's), in order.

    Without `minutes` of the usual length. Raises `WrongLength`, and `TooFarToTravel` for a place out of reach.
    """
    return await find_slots(
        tx,
        travel,
        resource_id=resource_id,
        zone=zone,
        unit_ids=unit_ids,
        first=first,
        last=last,
        tz=tz or zone,
        minutes=minutes,
        place=place,
        now=now,
    )


async def check_slot(
    tx: ReadTx,
    *,
    resource_id: UUID,
    zone: str,
    unit_ids: Sequence[UUID],
    starts_at: datetime,
    ends_at: datetime | None = None,
    place: Place | None = None,
    now: datetime,
    travel: TravelTime = GREAT_CIRCLE,
) -> SlotAsk:
    """The ask that claims this slot on whichever of `unit_ids` are free; raises what keeps it from being offered:
    `ScheduleNotFound`, `WrongLength`, `OutsideHours`, `NotOnTheGrid`, `TooLittleNotice`, `BeyondHorizon`,
    `NotAvailable`, `DayFull`, `WeekFull`, `TooFarToTravel`. Without `ends_at` the slot has the usual length."""
    return await checking.check_slot(
        tx,
        travel,
        resource_id=resource_id,
        zone=zone,
        unit_ids=unit_ids,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place,
        now=now,
    )


async def departures(tx: ReadTx, resource_id: UUID, first: date, last: date, now: datetime) -> list[Departure]:
    """Those that start on a local day of [first, last], cancelled ones too, in order."""
    return await queries.list_departures(tx, resource_id, first, last, now)


async def get_departure(tx: ReadTx, resource_id: UUID, departure_id: UUID, *, now: datetime) -> Departure:
    """One departure; raises `DepartureNotFound`."""
    departure = await queries.find_departure(tx, resource_id, departure_id, now)
    if departure is None:
        raise DepartureNotFound()
    return departure


async def claims_on_departure(tx: ReadTx, departure_id: UUID, *, now: datetime) -> list[Claim]:
    """Who has places: firm claims and holds whose time has not passed."""
    return await queries.list_claims_on(tx, departure_id, now)


async def claims_called_off(tx: ReadTx, departure_id: UUID) -> list[Claim]:
    """Who still has places on a departure that is off sale, also those whose time has passed; none while it is on
    sale."""
    return await queries.list_claims_called_off(tx, departure_id)


async def check_departure(
    tx: ReadTx, resource_id: UUID, departure_id: UUID, *, quantity: int, now: datetime
) -> Departure:
    """The departure, which such a group can book now; raises `DepartureNotFound`, `DepartureClosed`, `WrongGroupSize`,
    `NotAvailable`."""
    departure = await get_departure(tx, resource_id, departure_id, now=now)
    check_group(departure, quantity, now=now)
    return departure


async def taken_until(tx: ReadTx, resource_ids: Sequence[UUID], now: datetime) -> datetime | None:
    """When the last hold, booking, block or imported event of any of these ends; None when nothing lies ahead."""
    return await queries.taken_until(tx, resource_ids, now)


async def sold_with(tx: ReadTx, resource_id: UUID, unit_id: UUID, now: datetime) -> list[tuple[date, date]]:
    """Spans [first, end) of days to come in which what is held or booked needs this unit, at most 50."""
    return await queries.sold_with(tx, resource_id, unit_id, now)
