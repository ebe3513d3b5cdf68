"""The gazetteer: packed small, made once, the same from its file as from its sources."""

import asyncio
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from hospes.modules.search.contracts import Box
from hospes.modules.search.naming import places
from hospes.modules.search.naming.gazetteer import Gazetteer, gather, open_gazetteer
from hospes.modules.search.naming.lexicon import KEY, Lexicon


@pytest.fixture(scope="module")
def book() -> Gazetteer:
    return gather()


async def test_the_folder_holds_what_was_gathered_and_is_made_once(book: Gazetteer, tmp_path: Path) -> None:
    kept = await open_gazetteer(tmp_path)
    for each in fields(Gazetteer):
        if each.name != "lexicon":
            assert np.array_equal(getattr(kept, each.name), getattr(book, each.name)), each.name
    for each in fields(Lexicon):
        assert np.array_equal(getattr(kept.lexicon, each.name), getattr(book.lexicon, each.name)), each.name
    [folder] = tmp_path.iterdir()
    made = folder.stat().st_mtime_ns
    again = await open_gazetteer(tmp_path)
    assert [each.stat().st_mtime_ns for each in tmp_path.iterdir()] == [made]
    assert again.nbytes == kept.nbytes


def test_all_names_of_the_world_take_less_than_thirty_megabytes(book: Gazetteer) -> None:
    assert len(book.lexicon) > 350_000
    assert book.nbytes < 30_000_000


def test_beginnings_of_words_are_sorted_and_each_leads_to_its_place(book: Gazetteer) -> None:
    lexicon = book.lexicon
    text = lexicon.text.tobytes()
    keys = [text[start : start + KEY] for start in lexicon.starts[::50].tolist()]
    assert keys == sorted(keys)
    low, high = lexicon.span(b"lissabon\n")
    assert {book.title(int(lexicon.of[name])) for name in lexicon.name[low:high]} == {"Lisbon"}


async def test_without_a_place_to_write_the_gazetteer_is_gathered_in_memory(book: Gazetteer, tmp_path: Path) -> None:
    nowhere = tmp_path / "not" / "there"
    assert (await open_gazetteer(nowhere)).nbytes == book.nbytes
    assert not await asyncio.to_thread(nowhere.exists)


def test_a_capital_comes_before_towns_of_the_same_name_and_the_exact_name_before_longer_ones() -> None:
    assert [(each.name, each.detail) for each in places.find_places("Paris", limit=2)] == [
        ("Paris", "France"), ("Paris", "Texas, United States"),
    ]  # fmt: skip
    assert places.find_places("Rome", limit=1)[0].detail == "Italy"
    assert places.find_places("JFK", limit=1)[0].kind == "airport"


def test_the_largest_cities_of_a_part_of_the_map_may_lie_on_both_sides_of_the_date_line() -> None:
    names = [each.name for each in places.largest_in(Box(-20.0, 177.0, -12.0, -170.0), limit=5)]
    assert names == ["Nasinu", "Suva", "Lautoka", "Nadi", "Apia"]
