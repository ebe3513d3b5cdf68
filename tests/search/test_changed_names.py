"""Small shelves before the large one: whatever is changed in whatever order, names are those that were put last."""

import asyncio
import random
from pathlib import Path
from uuid import UUID

import pytest

from hospes.modules.search.naming import places
from hospes.modules.search.naming.changed import Changed, properties_shelf
from hospes.modules.search.naming.matching import Typed, read
from hospes.modules.search.naming.ranking import Asker
from hospes.modules.search.naming.shelf import Entry, Shelf
from tests.builders.places import lend_places

WORDS = ("casa", "quinta", "moinho", "torre", "palacio", "monte", "vale", "praia")


@pytest.fixture(scope="module", autouse=True)
async def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("names")
    lend_places(folder)
    await places.open_places(folder)
    return folder


def an_id(number: int) -> UUID:
    return UUID(int=number * 2**77 + 1)


def an_entry(number: int, name: str, *, weight: float = 2.5) -> Entry:
    return Entry(name, "Lisbon", "PT", 38.7, -9.1, weight, an_id(number), UUID(int=number + 7))


def a_shelf(*names: str) -> Shelf:
    return properties_shelf([an_entry(number, name) for number, name in enumerate(names)])


def typed(text: str) -> Typed:
    said = read(text)
    assert said is not None
    return said


def found(changed: Changed, text: str) -> list[tuple[UUID | None, str]]:
    told = changed.suggest(typed(text), asker=Asker(), enough=8, memo={})
    return [(each.place.property_id, each.place.name) for each in told if not each.edits]


@pytest.mark.parametrize("seed", range(4))
async def test_after_any_changes_names_are_those_put_last(seed: int) -> None:
    draw = random.Random(seed)
    now = {an_id(number): f"{draw.choice(WORDS)} {number}" for number in range(40)}
    changed = Changed(a_shelf(*now.values()), room=(4, 12))
    for _ in range(60):
        ids = {draw.randrange(60) for _ in range(draw.randint(1, 5))}
        told = {an_id(each): an_entry(each, f"{draw.choice(WORDS)} {draw.randrange(9)}") for each in ids
                if draw.random() < 0.7}  # fmt: skip
        settling = asyncio.create_task(changed.settle()) if draw.random() < 0.5 else None
        await changed.put([an_id(each) for each in ids], told)
        if settling:
            await settling
        for each in ids:
            now.pop(an_id(each), None)
        now |= {key: entry.name for key, entry in told.items()}
        word = draw.choice(WORDS)
        assert sorted(found(changed, word), key=str) == sorted(
            ((key, name) for key, name in now.items() if name.startswith(word)), key=str
        )
    assert {each: entry.name for each in set(changed.ids()) if (entry := changed.entry(each))} == now


async def test_what_is_told_though_nothing_differs_takes_no_room() -> None:
    changed = Changed(a_shelf("Casa", "Torre", "!!!"))
    assert len(changed.shelf) == 2
    await changed.put([an_id(0), an_id(2), an_id(9)], {an_id(0): an_entry(0, "Casa", weight=3.0),
                                                       an_id(2): an_entry(2, "!!!")})  # fmt: skip
    assert len(changed) == 0
    await changed.put([an_id(0)], {an_id(0): an_entry(0, "Casa Nova")})
    assert (len(changed), found(changed, "casa")) == (1, [(an_id(0), "Casa Nova")])
    await changed.put([an_id(0)], {an_id(0): an_entry(0, "Casa")})  # as on the large shelf, which passes it over
    assert found(changed, "casa") == [(an_id(0), "Casa")]


async def test_what_has_left_takes_no_place_among_the_best() -> None:
    """Of very many of one name only the weightiest are looked at: had these left, the others would not be found."""
    leaving = {an_id(number): an_entry(number, "Casa", weight=4.0) for number in range(500)}
    others = [an_entry(number, "Casa", weight=2.6) for number in range(500, 1_000)]
    shelf = properties_shelf([*leaving.values(), *others])
    changed = Changed(shelf)
    assert {each for each, _ in found(changed, "casa")} <= leaving.keys()
    assert changed.named(typed("casa")) is not None
    await changed.put(list(leaving), {})
    assert len(found(changed, "casa")) == 400
    assert {each for each, _ in found(changed, "casa")} <= {each.property_id for each in others}
    place = changed.named(typed("casa"))
    assert place is not None
    assert place.property_id == an_id(500)


async def test_the_best_comes_first_whichever_shelf_it_lies_on() -> None:
    changed = Changed(a_shelf(*["Casa Azul"] * 30), room=(1, 2))
    for number, weight in ((100, 3.5), (101, 3.0), (102, 2.0), (103, 3.2)):
        await changed.put([an_id(number)], {an_id(number): an_entry(number, "Casa Azul", weight=weight)})
        await changed.settle()
    told = [each for each, _ in found(changed, "casa azul")]
    assert told[:3] == [an_id(100), an_id(103), an_id(101)]
    assert told[-1] == an_id(102)
    place = changed.named(typed("Casa Azul"))
    assert place is not None
    assert place.property_id == an_id(100)
