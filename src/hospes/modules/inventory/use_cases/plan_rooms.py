"""Propose which room each stay gets, and give them these rooms."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Mode, Sellable
from hospes.modules.inventory.errors import PlanOutdated, WrongMode
from hospes.modules.inventory.events import ROOMS_ASSIGNED
from hospes.modules.inventory.policies.room_plans import Room, RoomPlan, Stay, assign_units
from hospes.modules.inventory.queries.room_plans import RoomStay, list_fixed_spans, list_outages, list_room_stays
from hospes.modules.inventory.store import room_plans as room_store
from hospes.modules.inventory.use_cases.managing import get_managed
from hospes.platform.caller import Caller
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.outbox import publish


@dataclass(frozen=True, slots=True)
class Task:
    """What there is to plan: rooms and stays; `stamp` is the same as long as they are."""

    rooms: tuple[Room, ...]
    stays: tuple[Stay, ...]
    told: tuple[RoomStay, ...]
    stamp: str


async def get_countable(tx: ReadTx, caller: Caller, resource_id: UUID) -> Sellable:
    """The caller's own resource whose rooms are counted; raises `WrongMode` for others."""
    sellable = await get_managed(tx, caller, resource_id, Mode.NIGHTLY, catalog.Permission.CALENDAR)
    if not sellable.pooled:
        raise WrongMode("These rooms are sold one by one, so every stay has its room already.")
    return sellable


async def task_of(tx: ReadTx, sellable: Sellable, first: date, departure: date, now: datetime) -> Task:
    """The stays that touch the nights [first, departure). Pinned ones and those that have begun keep their rooms; the
    rooms of stays before and after, and rooms out of service, are closed to them."""
    resource_id, today = sellable.resource_id, now.astimezone(ZoneInfo(sellable.zone)).date()
    told = await list_room_stays(tx, resource_id, first, departure, now)
    begin = min((each.claim.first_night for each in told), default=first)
    end = max((each.claim.departure for each in told), default=departure)
    closed: dict[UUID, list[tuple[date, date]]] = {unit_id: [] for unit_id in sellable.unit_ids}
    spans = await list_fixed_spans(tx, resource_id, begin, end, {each.claim.id for each in told})
    outages = await list_outages(tx, resource_id, begin, end)
    for unit_id, starts, ends in [*spans, *((each.unit_id, each.first_night, each.departure) for each in outages)]:
        if unit_id in closed:
            closed[unit_id].append((starts, ends))
    rooms = tuple(Room(unit_id, tuple(sorted(each))) for unit_id, each in closed.items())
    stays = tuple(_stay(each, today) for each in told)
    stamp = hashlib.sha256(repr((first, departure, rooms, stays)).encode()).hexdigest()[:32]
    return Task(rooms, stays, tuple(told), stamp)


async def plan_rooms(task: Task) -> RoomPlan:
    """The plan, worked out beside everything else; the same task gives the same plan."""
    return await asyncio.to_thread(assign_units, task.rooms, task.stays)


async def apply_plan(
    tx: WriteTx, caller: Caller, resource_id: UUID, *, first: date, departure: date, stamp: str, now: datetime
) -> RoomPlan:
    """Give everybody the room that was proposed under this `stamp`, all at once; raises `PlanOutdated` when stays or
    rooms have changed since."""
    sellable = await get_countable(tx, caller, resource_id)
    await room_store.lock_rooms(tx, resource_id)
    task = await task_of(tx, sellable, first, departure, now)
    if task.stamp != stamp:
        raise PlanOutdated("Stays or rooms have changed since this was proposed.")
    plan = await plan_rooms(task)
    live = await room_store.lock_claims(tx, {claim_id for claim_id, _ in plan.moved})
    if any(claim_id not in live for claim_id, _ in plan.moved):
        raise PlanOutdated("A stay has been cancelled since this was proposed.")
    pinned = {each.key: each.pinned for each in task.told}
    given = [
        room_store.Assignment(live[claim_id], place, plan.rooms[claim_id, place], pinned[claim_id, place])
        for claim_id, place in plan.moved
    ]
    without = [each.key for each in task.stays if each.unit_id and not each.fixed and each.key in plan.unassigned]
    if not await room_store.give_rooms(tx, given, now, without=without):
        raise PlanOutdated("A room has been taken since this was proposed.")
    if given:
        data = {"resource_id": str(resource_id), "claims": sorted({str(claim_id) for claim_id, _ in plan.moved})}
        await publish(tx, ROOMS_ASSIGNED, resource_id, data, now=now)
    return plan


def _stay(told: RoomStay, today: date) -> Stay:
    fixed = told.unit_id is not None and (told.pinned or told.claim.first_night <= today)
    return Stay(told.claim.id, told.place, told.claim.first_night, told.claim.departure, told.unit_id, fixed)
