"""Plans put nobody on top of anybody, never make things worse, and find a room whenever there is one."""

from collections import Counter
from collections.abc import Sequence
from cProfile import Profile
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from hospes.modules.inventory.policies.room_plans import Room, RoomPlan, Score, Stay, assign_units

DAY_0 = date(2026, 7, 1)


def day(number: int) -> date:
    return DAY_0 + timedelta(days=number)


def room(number: int, *closed: tuple[int, int]) -> Room:
    return Room(UUID(int=number), tuple((day(first), day(last)) for first, last in closed))


def stay(number: int, first: int, departure: int, unit: int | None = None, *, fixed: bool = False) -> Stay:
    return Stay(UUID(int=1000 + number), 0, day(first), day(departure), UUID(int=unit) if unit else None, fixed)


def rooms_of(plan: RoomPlan, stays: Sequence[Stay]) -> list[int | None]:
    found = [plan.rooms.get(each.key) for each in stays]
    return [each.int if each else None for each in found]


def check(rooms: Sequence[Room], stays: Sequence[Stay], plan: RoomPlan) -> None:
    """Nobody overlaps anybody or a closed night; the fixed stay; the words fit the plan."""
    spans: dict[UUID, list[tuple[date, date]]] = {each.unit_id: list(each.closed) for each in rooms}
    for each in stays:
        if each.key in plan.rooms:
            spans[plan.rooms[each.key]].append((each.first, each.departure))
        if each.fixed:
            assert plan.rooms.get(each.key) in (each.unit_id, None)
    for taken in spans.values():
        ordered = sorted(taken)
        assert all(before[1] <= after[0] for before, after in pairwise(ordered))
    assert set(plan.unassigned) == {each.key for each in stays} - set(plan.rooms)
    assert set(plan.moved) == {each.key for each in stays if plan.rooms.get(each.key, each.unit_id) != each.unit_id}
    assert plan.after.order <= plan.before.order
    assert plan.after.unassigned == len(plan.unassigned)


def fullest(stays: Sequence[Stay]) -> int:
    nights = Counter(
        each.first + timedelta(days=offset) for each in stays for offset in range((each.departure - each.first).days)
    )
    return max(nights.values(), default=0)


def test_a_stay_goes_where_it_closes_a_gap() -> None:
    rooms = [room(1), room(2)]
    stays = [stay(1, 0, 3), stay(2, 0, 5), stay(3, 5, 7), stay(4, 3, 9)]
    plan = assign_units(rooms, stays)
    assert rooms_of(plan, stays) == [1, 2, 2, 1]
    assert (plan.before, plan.after) == (Score(4, 2, 0), Score(0, 1, 2))


def test_stays_are_packed_into_few_rooms() -> None:
    stays = [stay(number, 3 * number, 3 * number + 2) for number in range(5)]
    assert rooms_of(assign_units([room(1), room(2), room(3)], stays), stays) == [1] * 5


def test_who_has_a_room_keeps_it_unless_moving_makes_it_better() -> None:
    rooms = [room(1), room(2), room(3)]
    good = [stay(1, 0, 3, 2), stay(2, 3, 5, 2)]
    plan = assign_units(rooms, good)
    assert (rooms_of(plan, good), plan.moved) == ([2, 2], ())
    torn = [stay(1, 0, 3, 2), stay(2, 3, 5, 3)]
    plan = assign_units(rooms, torn)
    assert (len(plan.moved), plan.before, plan.after) == (1, Score(0, 3, 2), Score(0, 2, 1))


def test_the_fixed_stay_where_they_are_and_others_are_pushed_aside() -> None:
    rooms = [room(1), room(2)]
    stays = [stay(1, 0, 4, 1), stay(2, 2, 8), stay(3, 5, 9, 2, fixed=True)]
    plan = assign_units(rooms, stays)
    assert rooms_of(plan, stays) == [2, 1, 2]
    assert plan.unassigned == ()


def test_a_room_out_of_service_is_given_to_nobody() -> None:
    rooms = [room(1, (2, 4)), room(2)]
    stays = [stay(1, 0, 3), stay(2, 0, 2), stay(3, 4, 6), stay(4, 3, 6)]
    plan = assign_units(rooms, stays)
    check(rooms, stays, plan)
    assert rooms_of(plan, stays) == [2, 1, 1, 2]


def test_with_too_few_rooms_the_plan_says_who_has_none() -> None:
    stays = [stay(1, 0, 3), stay(2, 0, 3), stay(3, 1, 2)]
    plan = assign_units([room(1)], stays)
    assert len(plan.unassigned) == 2
    assert assign_units([], stays).unassigned == tuple(each.key for each in sorted(stays, key=lambda each: each.order))
    assert assign_units([room(1)], []).after == Score(0, 0, 0)


SPANS = st.tuples(st.integers(0, 30), st.integers(1, 8))


@settings(max_examples=150, deadline=None)
@given(st.lists(SPANS, max_size=25))
def test_there_is_a_room_for_everybody_whenever_there_are_as_many_as_guests(spans: list[tuple[int, int]]) -> None:
    stays = [stay(number, first, first + length) for number, (first, length) in enumerate(spans)]
    rooms = [room(number + 1) for number in range(fullest(stays))]
    plan = assign_units(rooms, stays)
    check(rooms, stays, plan)
    assert plan.unassigned == ()
    assert plan == assign_units(rooms, list(reversed(stays)))


@settings(max_examples=150, deadline=None)
@given(st.lists(SPANS, max_size=20), st.lists(st.lists(SPANS, max_size=2), min_size=1, max_size=5), st.randoms())
def test_whatever_is_fixed_or_closed_nobody_overlaps_and_nothing_gets_worse(
    spans: list[tuple[int, int]], closed: list[list[tuple[int, int]]], random: Random
) -> None:
    rooms = [room(number + 1, *apart(each)) for number, each in enumerate(closed)]
    stays: list[Stay] = []
    for number, (first, length) in enumerate(spans):
        unit = random.choice([None, *range(1, len(rooms) + 2)])
        mine = stay(number, first, first + length, unit, fixed=unit is not None and random.random() < 0.3)
        others = [each for each in stays if each.unit_id == mine.unit_id and each.unit_id is not None]
        if all(each.departure <= mine.first or each.first >= mine.departure for each in others):
            stays.append(mine)
    check(rooms, stays, assign_units(rooms, stays))


def apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for first, length in sorted(spans):
        if not found or found[-1][1] <= first:
            found.append((first, first + length))
    return found


def test_a_hotel_of_100_rooms_is_planned_for_a_quarter_with_bounded_work() -> None:
    random = Random(7)
    stays: list[Stay] = []
    for _ in range(100):
        at = random.randrange(3)
        while at < 90:
            length = random.choice([1, 1, 2, 2, 3, 4, 7])
            stays.append(stay(len(stays), at, at + length))
            at += length + random.choice([0, 0, 0, 1, 2])
    rooms = [room(unit) for unit in range(1, 101)]
    profile = Profile()
    plan = profile.runcall(assign_units, rooms, random.sample(stays, len(stays)))
    assert (
        sum(each.callcount for each in profile.getstats()) < 10_000_000
    )  # 5 million; one that tries every plan never ends
    check(rooms, stays, plan)
    assert plan.unassigned == ()
