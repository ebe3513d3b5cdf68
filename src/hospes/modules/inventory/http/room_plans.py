"""Which room each stay has, rooms out of service, and overbooking. For the host only."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hospes.modules.inventory.http.reading import check_days
from hospes.modules.inventory.policies.room_plans import RoomPlan, Score
from hospes.modules.inventory.queries.room_plans import CountedNight, Outage, RoomStay, list_nights, list_outages
from hospes.modules.inventory.use_cases.assign_room import assign_room
from hospes.modules.inventory.use_cases.close_room import close_room, open_room
from hospes.modules.inventory.use_cases.plan_rooms import Task, apply_plan, get_countable, plan_rooms, task_of
from hospes.modules.inventory.use_cases.set_overbooking import set_overbooking
from hospes.platform.caller import require_caller
from hospes.platform.runtime import runtime

MAX_DAYS = 186

router = APIRouter()
First = Annotated[date, Query(alias="from", description="First night.")]
End = Annotated[date, Query(alias="to", description=f"The day after the last night; at most {MAX_DAYS} nights.")]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class StayOut(BaseModel):
    """One room of a claim; `owner_id` is its booking, block or import."""

    claim_id: UUID
    place: int
    kind: str
    owner_id: UUID
    first_night: date
    departure: date
    unit_id: UUID | None
    pinned: bool


class OutageOut(BaseModel):
    """A room out of service."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    unit_id: UUID
    first_night: date
    departure: date
    reason: str


class NightOut(BaseModel):
    """A night that has been counted: `claimed` of `capacity` rooms in service and `overbooking` more."""

    model_config = ConfigDict(from_attributes=True)

    night: date
    capacity: int
    overbooking: int
    claimed: int


class RoomPlanOut(BaseModel):
    """Rooms in their order, and every stay that touches the nights asked for."""

    resource_id: UUID
    unit_ids: list[UUID]
    stays: list[StayOut]
    outages: list[OutageOut]
    nights: list[NightOut]


class ScoreOut(BaseModel):
    """Stays without a room, pieces the free nights are in, rooms somebody is in. Less is better."""

    model_config = ConfigDict(from_attributes=True)

    unassigned: int
    gaps: int
    rooms_used: int


class MoveOut(BaseModel):
    """A stay and the room it would get; `from_unit_id` is the one it has."""

    claim_id: UUID
    place: int
    from_unit_id: UUID | None
    unit_id: UUID


class ProposalOut(BaseModel):
    """What the plan changes. Send `stamp` back to apply it."""

    stamp: str
    before: ScoreOut
    after: ScoreOut
    moves: list[MoveOut]
    unassigned: list[StayOut]
    applied: bool


class PlanIn(_In):
    """Plan the nights [from, to); `apply` with the `stamp` of a proposal gives the rooms."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    first: date = Field(alias="from")
    departure: date = Field(alias="to")
    apply: bool = False
    stamp: Annotated[str, StringConstraints(max_length=64)] = ""


class RoomIn(_In):
    """The room of a stay's `place` (0, 1 … for a stay of several rooms); null: none yet."""

    unit_id: UUID | None
    place: int = Field(default=0, ge=0, le=1000)
    pinned: bool = True


class RoomOut(BaseModel):
    """A stay's place and its room."""

    claim_id: UUID
    place: int
    unit_id: UUID | None
    pinned: bool


class OutageIn(_In):
    """A room and the nights [first_night, departure) it is out of service."""

    unit_id: UUID
    first_night: date
    departure: date
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class OverbookingIn(_In):
    """How many more rooms than there are may be sold on the nights [from, to)."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    first: date = Field(alias="from")
    departure: date = Field(alias="to")
    places: int = Field(ge=0, le=1000)


class NightsOut(BaseModel):
    """Counted nights."""

    items: list[NightOut]


@router.get("/resources/{resource_id}/room-plan", name="get_room_plan")
async def get(request: Request, resource_id: UUID, first: First, departure: End) -> RoomPlanOut:
    """Who has which room."""
    caller, rt = require_caller(request), runtime(request)
    check_days(first, departure, most=MAX_DAYS)
    async with rt.db.read() as tx:
        sellable = await get_countable(tx, caller, resource_id)
        task = await task_of(tx, sellable, first, departure, rt.clock.now())
        outages = await list_outages(tx, resource_id, first, departure)
        nights = await list_nights(tx, resource_id, first, departure)
    return RoomPlanOut(
        resource_id=resource_id,
        unit_ids=list(sellable.unit_ids),
        stays=[_stay(each) for each in task.told],
        outages=[_outage(each) for each in outages],
        nights=_nights(nights),
    )


@router.post("/resources/{resource_id}/room-plan", name="plan_rooms")
async def plan(request: Request, resource_id: UUID, body: PlanIn) -> ProposalOut:
    """Propose who gets which room, or give the rooms proposed. Pinned stays and guests in the house stay put."""
    caller, rt = require_caller(request), runtime(request)
    check_days(body.first, body.departure, most=MAX_DAYS)
    now = rt.clock.now()
    async with rt.db.read() as tx:
        sellable = await get_countable(tx, caller, resource_id)
        task = await task_of(tx, sellable, body.first, body.departure, now)
    if not body.apply:
        return _proposal(task, await plan_rooms(task), applied=False)
    async with rt.db.write() as tx:
        done = await apply_plan(
            tx, caller, resource_id, first=body.first, departure=body.departure, stamp=body.stamp, now=now
        )
    return _proposal(task, done, applied=True)


@router.put("/claims/{claim_id}/unit", name="assign_room")
async def assign(request: Request, claim_id: UUID, body: RoomIn) -> RoomOut:
    """Give a stay a room, another room, or none."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await assign_room(tx, caller, claim_id, body.unit_id, place=body.place, pinned=body.pinned, now=rt.clock.now())
    pinned = body.pinned and body.unit_id is not None
    return RoomOut(claim_id=claim_id, place=body.place, unit_id=body.unit_id, pinned=pinned)


@router.post("/resources/{resource_id}/outages", name="close_room", status_code=201)
async def close(request: Request, resource_id: UUID, body: OutageIn) -> OutageOut:
    """Take a room out of service: one room less is on sale. Refused with the list of who would have none."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        outage = await close_room(
            tx,
            caller,
            resource_id,
            unit_id=body.unit_id,
            first=body.first_night,
            departure=body.departure,
            reason=body.reason,
            now=rt.clock.now(),
        )
    return _outage(outage)


@router.delete("/resources/{resource_id}/outages/{outage_id}", name="open_room", status_code=204)
async def reopen(request: Request, resource_id: UUID, outage_id: UUID) -> None:
    """The room is in service again."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await open_room(tx, caller, resource_id, outage_id, now=rt.clock.now())


@router.put("/resources/{resource_id}/overbooking", name="set_overbooking")
async def overbook(request: Request, resource_id: UUID, body: OverbookingIn) -> NightsOut:
    """How many more rooms than there are may be sold. Refused with the list when more are sold already."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        nights = await set_overbooking(
            tx,
            caller,
            resource_id,
            first=body.first,
            departure=body.departure,
            places=body.places,
            now=rt.clock.now(),
        )
    return NightsOut(items=_nights(nights))


def _proposal(task: Task, done: RoomPlan, *, applied: bool) -> ProposalOut:
    told = {each.key: each for each in task.told}
    moves = [
        MoveOut(claim_id=key[0], place=key[1], from_unit_id=told[key].unit_id, unit_id=done.rooms[key])
        for key in done.moved
    ]
    return ProposalOut(
        stamp=task.stamp,
        before=_score(done.before),
        after=_score(done.after),
        moves=moves,
        unassigned=[_stay(told[key]) for key in done.unassigned],
        applied=applied,
    )


def _score(score: Score) -> ScoreOut:
    return ScoreOut.model_validate(score)


def _stay(told: RoomStay) -> StayOut:
    claim = told.claim
    return StayOut(
        claim_id=claim.id,
        place=told.place,
        kind=claim.kind,
        owner_id=claim.owner_id,
        first_night=claim.first_night,
        departure=claim.departure,
        unit_id=told.unit_id,
        pinned=told.pinned,
    )


def _outage(outage: Outage) -> OutageOut:
    return OutageOut.model_validate(outage)


def _nights(nights: list[CountedNight]) -> list[NightOut]:
    return [NightOut.model_validate(each) for each in nights]
