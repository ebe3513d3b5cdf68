"""Which room each stay gets: a stay never changes rooms midway, neighbours touch where they can, so that what is free
stays in one piece.

Without pins this is the colouring of an interval graph: taken in the order of arrival, any free room will do, and as
many rooms as there are guests on the fullest night suffice. Which free room it is decides how well the gaps are
packed. Pins and rooms out of service are fixed; where they get in the way, stays are pushed aside, a bounded number of
times. The same stays give the same plan.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

MOST_PUSHES = 5_000
DEEPEST = 3
StayKey = tuple[UUID, int]


@dataclass(frozen=True, slots=True)
class Stay:
    """One room for the nights [first, departure): a claim's `place`. `unit_id` is the room it has; `fixed` keeps it."""

    claim_id: UUID
    place: int
    first: date
    departure: date
    unit_id: UUID | None = None
    fixed: bool = False

    @property
    def key(self) -> StayKey:
        """Which stay this is."""
        return self.claim_id, self.place

    @property
    def order(self) -> tuple[date, date, StayKey]:
        """Arrivals in order; of one day the shortest first."""
        return self.first, self.departure, self.key


@dataclass(frozen=True, slots=True)
class Room:
    """A unit, and the nights [first, departure) on which nobody can be put there whatever the plan."""

    unit_id: UUID
    closed: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """How good a plan is; smaller is better, the first difference counts. `gaps` counts the pieces that free nights
    between first arrival and last departure are in, over all rooms."""

    unassigned: int
    gaps: int
    rooms_used: int

    @property
    def order(self) -> tuple[int, int, int]:
        """What is compared."""
        return self.unassigned, self.gaps, self.rooms_used


@dataclass(frozen=True, slots=True)
class RoomPlan:
    """Who gets which room; `moved` are those who had another or none, `unassigned` those for whom there is none."""

    rooms: Mapping[StayKey, UUID]
    moved: tuple[StayKey, ...]
    unassigned: tuple[StayKey, ...]
    before: Score
    after: Score


def assign_units(rooms: Sequence[Room], stays: Iterable[Stay]) -> RoomPlan:
    """The best plan found: never worse than the rooms the stays have now. Rooms are preferred in their order.

    Every stay gets a room whenever there are as many rooms as stays on the fullest night, and nothing is fixed.
    """
    ordered = sorted(stays, key=lambda each: each.order)
    now = _Board(rooms, ordered)
    for stay in ordered:
        if stay.unit_id is not None and now.is_free(stay.unit_id, stay):
            now.put(stay, stay.unit_id)
    before = now.score()
    best, best_score, best_moves = now.plan(), before, 0
    for board in (_filled(rooms, ordered, keep=True), _filled(rooms, ordered, keep=False)):
        score, plan = board.score(), board.plan()
        moves = sum(1 for stay in ordered if plan.get(stay.key) != stay.unit_id)
        if (*score.order, moves) < (*best_score.order, best_moves):
            best, best_score, best_moves = plan, score, moves
    moved = tuple(each.key for each in ordered if each.key in best and best[each.key] != each.unit_id)
    missing = tuple(each.key for each in ordered if each.key not in best)
    return RoomPlan(best, moved, missing, before, best_score)


def _filled(rooms: Sequence[Room], ordered: Sequence[Stay], *, keep: bool) -> "_Board":
    """Fixed stays first, with `keep` also all that have a room; then everybody in the order of arrival."""
    board = _Board(rooms, ordered)
    for stay in sorted(ordered, key=lambda each: not each.fixed):
        if stay.unit_id is not None and (keep or stay.fixed) and board.is_free(stay.unit_id, stay):
            board.put(stay, stay.unit_id)
    left = [stay for stay in ordered if stay.key not in board.where and not stay.fixed]
    late = []
    for stay in left:
        unit_id = board.best_room(stay)
        if unit_id is None:
            late.append(stay)
        else:
            board.put(stay, unit_id)
    for stay in late:
        board.push_in(stay, DEEPEST, set())
    board.improve(ordered)
    return board


@dataclass(slots=True)
class _Board:
    """Rooms with the spans taken in them, each ordered; `who` tells a span's stay, None for a closed room."""

    rooms: Sequence[Room]
    stays: Sequence[Stay]
    where: dict[StayKey, UUID] = field(default_factory=dict)
    taken: dict[UUID, list[tuple[date, date]]] = field(default_factory=dict)
    who: dict[tuple[UUID, date], Stay | None] = field(default_factory=dict)
    place: dict[UUID, int] = field(default_factory=dict)
    ending: dict[date, set[UUID]] = field(default_factory=dict)
    starting: dict[date, set[UUID]] = field(default_factory=dict)
    pushes: int = MOST_PUSHES

    def __post_init__(self) -> None:
        for place, room in enumerate(self.rooms):
            self.place[room.unit_id] = place
            self.taken[room.unit_id] = []
            for first, departure in room.closed:
                self._mark(room.unit_id, first, departure, None)

    def is_free(self, unit_id: UUID, stay: Stay) -> bool:
        if unit_id not in self.taken:
            return False
        ends, starts = self.around(unit_id, stay)
        return (ends is None or ends <= stay.first) and (starts is None or starts >= stay.departure)

    def around(self, unit_id: UUID, stay: Stay) -> tuple[date | None, date | None]:
        """When the span before ends and the next one begins."""
        spans = self.taken[unit_id]
        place = bisect_left(spans, (stay.first, stay.first))
        return (spans[place - 1][1] if place else None), (spans[place][0] if place < len(spans) else None)

    def put(self, stay: Stay, unit_id: UUID) -> None:
        self._mark(unit_id, stay.first, stay.departure, stay)
        self.where[stay.key] = unit_id

    def _mark(self, unit_id: UUID, first: date, departure: date, stay: Stay | None) -> None:
        insort(self.taken[unit_id], (first, departure))
        self.who[unit_id, first] = stay
        self.starting.setdefault(first, set()).add(unit_id)
        self.ending.setdefault(departure, set()).add(unit_id)

    def take_out(self, stay: Stay) -> UUID:
        unit_id = self.where.pop(stay.key)
        self.taken[unit_id].remove((stay.first, stay.departure))
        del self.who[unit_id, stay.first]
        self.starting[stay.first].discard(unit_id)
        self.ending[stay.departure].discard(unit_id)
        return unit_id

    def touching(self, unit_id: UUID, stay: Stay) -> int:
        ends, starts = self.around(unit_id, stay)
        return (ends == stay.first) + (starts == stay.departure)

    def best_room(self, stay: Stay) -> UUID | None:
        """A free room where most neighbours touch; then the one left the shortest time ago, a used one before an empty
        one; then the first in order."""
        near = [each for each in self.neighbours(stay) if self.is_free(each, stay)]
        free = near or [each for each in self.taken if self.is_free(each, stay)]
        return min(free, key=lambda each: self._rank(each, stay), default=None)

    def neighbours(self, stay: Stay) -> set[UUID]:
        """Rooms somebody leaves or enters as this stay comes or goes."""
        return self.ending.get(stay.first, set()) | self.starting.get(stay.departure, set())

    def _rank(self, unit_id: UUID, stay: Stay) -> tuple[int, int, int]:
        ends, starts = self.around(unit_id, stay)
        idle = (stay.first - ends).days if ends else 100_000 + (not self.taken[unit_id])
        return -((ends == stay.first) + (starts == stay.departure)), idle, self.place[unit_id]

    def push_in(self, stay: Stay, depth: int, passing: set[StayKey]) -> bool:
        """Put a stay somewhere by putting those in its way elsewhere; nothing is changed when that fails."""
        unit_id = self.best_room(stay)
        if unit_id is not None:
            self.put(stay, unit_id)
            return True
        if depth == 0:
            return False
        for room in self.rooms:
            self.pushes -= 1
            if self.pushes < 0:
                return False
            away = self._in_the_way(room.unit_id, stay)
            if any(each is None or each.fixed or each.key in passing for each in away):
                continue
            if self._swap(room.unit_id, stay, [each for each in away if each], depth, passing):
                return True
        return False

    def _in_the_way(self, unit_id: UUID, stay: Stay) -> list[Stay | None]:
        spans = self.taken[unit_id]
        place = max(0, bisect_left(spans, (stay.first, stay.first)) - 1)
        found = []
        while place < len(spans) and spans[place][0] < stay.departure:
            if spans[place][1] > stay.first:
                found.append(self.who[unit_id, spans[place][0]])
            place += 1
        return found

    def _swap(self, unit_id: UUID, stay: Stay, away: list[Stay], depth: int, passing: set[StayKey]) -> bool:
        kept = dict(self.where)
        for each in away:
            self.take_out(each)
        self.put(stay, unit_id)
        passing = passing | {stay.key} | {each.key for each in away}
        if all(self.push_in(each, depth - 1, passing) for each in away):
            return True
        self._restore(kept)
        return False

    def _restore(self, kept: dict[StayKey, UUID]) -> None:
        changed = [each for each in self.stays if self.where.get(each.key) != kept.get(each.key)]
        for stay in changed:
            if stay.key in self.where:
                self.take_out(stay)
        for stay in changed:
            if stay.key in kept:
                self.put(stay, kept[stay.key])

    def improve(self, ordered: Sequence[Stay]) -> None:
        """Move single stays to where more neighbours touch, at most three times round."""
        for _ in range(3):
            moved = False
            for stay in ordered:
                if stay.fixed or stay.key not in self.where:
                    continue
                old = self.take_out(stay)
                near = [each for each in self.neighbours(stay) if self.is_free(each, stay)]
                new = min(near, key=lambda each: self._rank(each, stay), default=None)
                better = new is not None and self.touching(new, stay) > self.touching(old, stay)
                self.put(stay, new if better and new is not None else old)
                moved |= better
            if not moved:
                return

    def plan(self) -> dict[StayKey, UUID]:
        return dict(self.where)

    def score(self) -> Score:
        if not self.stays:
            return Score(0, 0, 0)
        first, end = min(each.first for each in self.stays), max(each.departure for each in self.stays)
        gaps = 0
        for spans in self.taken.values():
            at = first
            for begins, ends in spans:
                if begins < end and ends > first:
                    gaps += at < begins
                    at = max(at, ends)
            gaps += at < end
        return Score(len(self.stays) - len(self.where), gaps, len(set(self.where.values())))
