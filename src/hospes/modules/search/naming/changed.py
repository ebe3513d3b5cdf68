"""Properties that are called otherwise than on the large shelf, on small ones before it.

There is one for what changed last, laid anew at every change, and two more that each takes over what the one before has
collected when that is full: so a change costs little however many there have been.
"""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from heapq import merge
from uuid import UUID

from hospes.modules.search.contracts import Place
from hospes.modules.search.naming.folding import LONGEST, fold
from hospes.modules.search.naming.matching import Typed
from hospes.modules.search.naming.places import Suggested
from hospes.modules.search.naming.ranking import Asker
from hospes.modules.search.naming.shelf import Entry, Shelf, shelf_of
from hospes.modules.search.naming.slips import Memo

ROOM = (256, 4_096)  # properties on the shelves before the last small one
AT_ONCE = 64  # changes that searches can wait for; more are laid in a thread
AROUND_KM = 5.0
SHOWN = ("name", "city", "country", "latitude", "longitude", "resource_id")
Tier = dict[UUID, Entry | None]


def properties_shelf(entries: Collection[Entry] = ()) -> Shelf:
    """A shelf of properties."""
    return shelf_of("property", AROUND_KM, entries)


class Changed:
    """What is otherwise than on `shelf`, which has its entries in order of their properties' ids."""

    def __init__(self, shelf: Shelf, room: Sequence[int] = ROOM) -> None:
        self.shelf = shelf
        self._room = room
        self._tiers: list[Tier] = [{} for _ in range(len(room) + 1)]
        self._laid = [properties_shelf()] * (len(room) + 1)
        self._turn = asyncio.Lock()

    def __len__(self) -> int:
        return sum(map(len, self._tiers))

    async def put(self, ids: Collection[UUID], found: Mapping[UUID, Entry]) -> None:
        """These properties are as `found` says, those that are not there are not live."""
        async with self._turn:
            if len(ids) + len(self._tiers[0]) <= self._room[0] + AT_ONCE:
                self._put(ids, found)
            else:
                await asyncio.to_thread(self._put, ids, found)

    async def settle(self) -> None:
        """Give what is full on to the next shelf; may be called while something is put."""
        for number, room in enumerate(self._room):
            moving = self._tiers[number].copy()
            if len(moving) <= room:
                continue
            after = self._tiers[number + 1] | moving
            laid = await asyncio.to_thread(_lay, after)
            async with self._turn:  # what has been put meanwhile stays in front
                left = {key: each for key, each in self._tiers[number].items() if moving.get(key, self) is not each}
                self._tiers[number + 1], self._laid[number + 1] = after, laid
                self._tiers[number], self._laid[number] = left, _lay(left)

    def suggest(self, typed: Typed, *, asker: Asker, enough: int, memo: Memo) -> Iterator[Suggested]:
        """All that fit, on whichever shelf, the best first."""
        found = [self._valid(number, typed, asker, enough) for number, tier in enumerate(self._tiers) if tier]
        large = self.shelf.suggest(typed, asker=asker, enough=enough, memo=memo)
        unchanged = (each for each in large if self._tier(each.place.property_id) is None)
        return merge(unchanged, *found, key=lambda each: (each.edits, -each.score))

    def named(self, typed: Typed) -> Place | None:
        """The property of exactly this name, of several the weightiest."""
        found: list[tuple[float, Place]] = []
        for tier, shelf in [*enumerate(self._laid), (None, self.shelf)]:
            for number in shelf.named(typed):
                place = shelf.place(number)
                if self._tier(place.property_id) == tier:
                    found.append((float(shelf.known.weight[number]), place))
                    break
        return max(found, key=lambda each: each[0])[1] if found else None

    def ids(self) -> Iterator[UUID]:
        """The properties that are live, and those that have left."""
        yield from (each for tier in self._tiers for each in tier)
        yield from (self.shelf.property_of(number) for number in range(len(self.shelf)))

    def entry(self, property_id: UUID) -> Entry | None:
        """As it is known now; None when it is not live."""
        tier = self._tier(property_id)
        if tier is not None:
            return self._tiers[tier][property_id]
        number = self.shelf.number_of(property_id)
        return None if number is None else self.shelf.entry(number)

    def _put(self, ids: Collection[UUID], found: Mapping[UUID, Entry]) -> None:
        for each in ids:
            entry, number = found.get(each), self.shelf.number_of(each)
            entry = entry if entry and shelved(entry) else None
            if self._tier(each) is None:
                if not differing(entry, None if number is None else self.shelf.entry(number)):
                    continue
                if number is not None:
                    self.shelf.pass_over(number)
            self._tiers[0][each] = entry
        self._laid[0] = _lay(self._tiers[0])

    def _valid(self, tier: int, typed: Typed, asker: Asker, enough: int) -> Iterator[Suggested]:
        for each in self._laid[tier].suggest(typed, asker=asker, enough=enough, memo={}):
            if self._tier(each.place.property_id) == tier:
                yield each

    def _tier(self, property_id: UUID | None) -> int | None:
        return next((number for number, tier in enumerate(self._tiers) if property_id in tier), None)


def differing(one: Entry | None, other: Entry | None) -> tuple[str, ...]:
    """In what they are shown otherwise. How many ratings there are is looked at only when all is read anew."""
    if one is None or other is None:
        return () if one is other else ("live",)
    return tuple(each for each in SHOWN if getattr(one, each) != getattr(other, each))


def shelved(entry: Entry) -> bool:
    """Whether there is a letter to find it by."""
    return bool(fold(entry.name[:LONGEST]))


def _lay(tier: Tier) -> Shelf:
    return properties_shelf([entry for entry in tier.copy().values() if entry is not None])
