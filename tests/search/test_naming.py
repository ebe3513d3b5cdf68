"""Names found as people type them: scripts, slips, order, bounds."""

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from hospes.modules.search.naming import places
from hospes.modules.search.naming.folding import fold
from hospes.modules.search.naming.lexicon import Lexicon, build, letters_of
from hospes.modules.search.naming.marking import marks
from hospes.modules.search.naming.matching import WORDS, fitting, read
from hospes.modules.search.naming.ranking import Asker
from hospes.modules.search.naming.shelf import Entry, Shelf, shelf_of
from hospes.modules.search.naming.slips import forgiven, nearly
from hospes.modules.search.naming.suggesting import place_meant, suggestions
from tests.builders.places import lend_places


@pytest.fixture(scope="module", autouse=True)
async def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("names")
    lend_places(folder)
    await places.open_places(folder)
    places.set_listings({})
    return folder


class OnShelf:
    """As `LiveNames`, with what never changes."""

    def __init__(self, shelf: Shelf) -> None:
        self.suggest, self.shelf = shelf.suggest, shelf

    def areas(self, typed: object, **said: object) -> Iterator[places.Suggested]:
        return iter(())

    def named(self, typed: object) -> object:
        found = self.shelf.named(typed)  # type: ignore[arg-type]
        return self.shelf.place(found[0]) if found else None


def offering(*names: str, city: str = "Lisbon", country: str = "PT") -> OnShelf:
    entries = [
        Entry(name, city, country, 38.7, -9.1, 2.5, UUID(int=number + 1), UUID(int=100 + number))
        for number, name in enumerate(names)
    ]
    return OnShelf(shelf_of("property", 5.0, entries))


def found_for(offers: OnShelf, text: str) -> list[str]:
    found = suggestions(offers, text, asker=Asker(), kinds=["property"], limit=8)  # type: ignore[arg-type]
    return [place.name for place in found]


def first(text: str) -> tuple[str, str, bool]:
    place = places.find_places(text, limit=1)[0]
    return place.name, place.kind, place.corrected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Lisboa", "Lisbon"), ("münchen", "Munich"), ("MUENCHEN", "Munich"), ("Łódź", "Łódź"), ("lodz", "Łódź"),
        ("Москва", "Moscow"), ("Αθήνα", "Athens"), ("αθηνα", "Athens"), ("لشبونة", "Lisbon"), ("تهران", "Tehran"),
        ("תל אביב", "Tel Aviv"), ("กรุงเทพ", "Bangkok"), ("दिल्ली", "Delhi"), ("東京", "Tokyo"), ("서울", "Seoul"),
        ("ｔｏｋｙｏ", "Tokyo"), ("st. john's", "St. John's"), ("Xi'an", "Xi’an"), ("são paulo", "São Paulo"),
    ],
)  # fmt: skip
def test_a_city_is_found_in_the_script_and_spelling_it_is_written_in(text: str, name: str) -> None:
    assert (first(text)[0], first(text)[2]) == (name, False)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Lisbao", "Lisbon"), ("barcl", "Barcelona"), ("münchn", "Munich"), ("berln", "Berlin"),
        ("arcelona", "Barcelona"),
        ("new yrok", "New York City"), ("lisbom, portugal", "Lisbon"), ("Москав", "Moscow"), ("amstredam", "Amsterdam"),
    ],
)  # fmt: skip
def test_a_slip_is_forgiven_and_said(text: str, name: str) -> None:
    assert (first(text)[0], first(text)[2]) == (name, True)


@pytest.mark.parametrize(
    ("text", "name", "detail"),
    [
        ("san fran", "San Francisco", "California, United States"),
        ("francisco san", "San Francisco", "California, United States"),
        ("Paris, Texas", "Paris", "Texas, United States"), ("paris us", "Paris", "Texas, United States"),
        ("Springfield, Missouri, United States", "Springfield", "Missouri, United States"),
        ("lisbonne portugal", "Lisbon", "Portugal"), ("Valencia, Venezuela", "Valencia", "Venezuela"),
        ("london kanada", "London", "Canada"),
    ],
)  # fmt: skip
def test_words_come_in_any_order_and_a_country_in_any_language_tells_cities_apart(
    text: str, name: str, detail: str
) -> None:
    place = places.find_places(text, limit=1)[0]
    assert (place.name, place.detail, place.corrected) == (name, detail, False)


@pytest.mark.parametrize(("text", "name"), [("paris hotel x", "Paris"), ("hotel in lisbon", "Lisbon")])
def test_words_that_no_place_has_are_left_out_and_that_is_said(text: str, name: str) -> None:
    assert first(text) == (name, "city", True)


def test_airports_regions_and_countries_are_found_too() -> None:
    assert first("JFK") == ("John F Kennedy International Airport (JFK)", "airport", False)
    assert first("KJFK")[0] == "John F Kennedy International Airport (JFK)"
    assert first("heathrow")[:2] == ("London Heathrow Airport (LHR)", "airport")
    assert first("lisbon airport")[1] == "airport"
    assert first("tuscany")[:2] == ("Tuscany", "region")
    assert first("deutschland")[:2] == ("Germany", "country")
    assert first("日本")[:2] == ("Japan", "country")


def test_exact_comes_before_a_beginning_and_a_beginning_before_a_slip() -> None:
    offers = offering("Casa Verdi", "Casa Verde Grande", "Casa Verde", "Grande Casa Verde")
    assert found_for(offers, "casa verde") == ["Casa Verde", "Casa Verde Grande", "Grande Casa Verde"]
    assert found_for(offering("Casa Verdi", "Vila Azul"), "casa verde") == ["Casa Verdi"]
    assert found_for(offering("Vila Azul"), "casa verde") == []  # the control: no name is near


def test_larger_cities_come_first_and_the_near_before_the_far() -> None:
    named = [place.country for place in places.find_places("Valencia", limit=3)]
    assert named[0] in {"ES", "VE"}
    typed = read("valencia")
    assert typed is not None
    for asker, country in ((Asker(39.5, -0.4), "ES"), (Asker(10.2, -68.0), "VE")):
        assert next(places.suggest(typed, asker=asker)).place.country == country
    venezuela = Asker(country=places.country_number("VE"))
    assert next(places.suggest(typed, asker=venezuela)).place.country == "VE"


def test_cities_with_listings_are_likelier_to_be_meant() -> None:
    plain = places.find_places("santiago", limit=8)
    number = places.city_near("santiago de compostela", "ES", 42.88, -8.54)
    assert number is not None
    before = [place.name for place in plain].index("Santiago de Compostela") if "Santiago de Compostela" in {
        place.name for place in plain} else 99  # fmt: skip
    places.set_listings({number: 100_000})
    try:
        after = [place.name for place in places.find_places("santiago", limit=8)].index("Santiago de Compostela")
    finally:
        places.set_listings({})
    assert after < before


def test_a_property_is_found_by_its_words_its_city_and_its_country() -> None:
    offers = offering("Casa do Rio", "Alfama Loft", "ホテル椿 東京駅前", "Villa Ω", "دار السلام")
    assert found_for(offers, "rio casa") == ["Casa do Rio"]
    assert found_for(offers, "alf lisbon portugal") == ["Alfama Loft"]
    assert found_for(offers, "alfama madrid") == ["Alfama Loft"]  # words nobody has are left out
    assert found_for(offers, "椿") == found_for(offers, "東京駅") == ["ホテル椿 東京駅前"]
    assert found_for(offers, "السلام") == ["دار السلام"]
    assert found_for(offers, "lisbon") == []  # a city alone is no property's name


def test_places_and_properties_share_the_list() -> None:
    offers = offering("Paris Loft", "Paris Garden House", "Parish Hall")
    found = suggestions(offers, "paris", asker=Asker(), limit=8)  # type: ignore[arg-type]
    assert (found[0].name, found[0].kind) == ("Paris", "city")
    assert {place.name for place in found if place.kind == "property"} >= {"Paris Loft", "Paris Garden House"}
    exact = suggestions(offers, "Parish Hall", asker=Asker(), limit=8)  # type: ignore[arg-type]
    assert (exact[0].name, exact[0].property_id) == ("Parish Hall", UUID(int=3))


def test_a_place_of_the_world_is_meant_before_a_property_of_its_name() -> None:
    offers = offering("Lisbon", "Hotel Lisbon")
    meant = [place_meant(offers, text) for text in ("Lisbon", "hotel lisbon", "Hotel Lisbn")]  # type: ignore[arg-type]
    assert [(place.name, place.kind) for place in meant if place] == [
        ("Lisbon", "city"), ("Hotel Lisbon", "property"), ("Lisbon", "city"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Porto, Portugal", ("Porto", "city")),  # without the comma's help the country of both words
        ("Brasília, Brazil", ("Brasília", "city")),
        ("Lisboa, Portugal", ("Lisbon", "city")),
        ("Lisbon, Portugal", ("Lisbon", "city")),
        ("Portugal, Europe", ("Portugal", "country")),
        ("Lisbn, Portugal", ("Lisbon", "city")),
    ],
)
def test_a_name_with_where_it_is_means_what_is_called_so(typed: str, meant: tuple[str, str]) -> None:
    place = place_meant(None, typed)
    assert place is not None
    assert (place.name, place.kind) == meant


@pytest.mark.parametrize("seed", range(3))
def test_slips_are_exactly_the_words_within_the_distance(seed: int) -> None:
    """Against the plain recurrence of optimal string alignment, letter by letter."""
    draw = random.Random(seed)
    words = sorted({"".join(draw.choice("abcd") for _ in range(draw.randint(4, 12))) for _ in range(1_500)})
    lexicon = a_lexicon(words)
    for text in ("abcd", "abcda", "dcbaabc", "abcabcab", "ddddcccc"):
        most = forgiven(len(text))
        near = nearly(lexicon, text)
        told = {lexicon.word(number).decode(): int(edits) for number, edits in zip(near.words, near.edits, strict=True)}
        wanted = {word: min(distances(text, word)[: len(text) + most + 1]) for word in words}
        wanted = {word: edits for word, edits in wanted.items() if edits <= most}
        if len(text) == 4:
            wanted = {word: edits for word, edits in wanted.items() if word[0] == text[0]}
        assert told == wanted, text


def test_of_very_many_names_the_best_are_those_that_looking_at_all_would_find() -> None:
    draw, count = random.Random(5), 60_000
    ends = ("", " azul", " a", " do rio", " azul alta", " o", "mento")
    entries = [
        Entry(f"{draw.choice(('', 'o '))}casa{draw.choice(ends)} {draw.choice(('', '7', '71'))}", "Lisbon", "PT", 38.7,
              -9.1, 2.5 + 2 * draw.random(), UUID(int=number + 1), UUID(int=1))
        for number in range(count)
    ]  # fmt: skip
    shelf = shelf_of("property", 5.0, entries)
    nothing = np.empty(0, np.float32)
    plain = replace(shelf, lexicon=replace(shelf.lexicon, crest=nothing, foremost=nothing))
    for text in ("ca", "casa", "casa a", "casa azul", "azul", "o casa", "casa do rio 7"):
        said = read(text)
        assert said is not None
        best, of_all = (
            [(each.place.property_id, each.score) for each in on.suggest(said, asker=Asker(), enough=8, memo={})]
            for on in (shelf, plain)
        )
        assert len(best) >= 200, text
        assert best == of_all, text
    casa = read("casa")
    assert casa is not None
    few, many = (len(fitting(on.lexicon, on.details, on.where, casa, enough=8, memo={}).names) for on in (shelf, plain))
    assert (few < count // 2, many) == (True, count)  # the control: it is quicker because it looks at fewer


def test_a_word_may_be_wrong_by_nothing_one_or_two_edits_by_its_length() -> None:
    assert [forgiven(letters) for letters in (3, 4, 7, 8)] == [0, 1, 1, 2]
    lexicon = a_lexicon(["lisbon", "barcelona"])
    assert len(nearly(lexicon, "lsibon").words) == 1  # two neighbours swapped are one edit
    assert len(nearly(lexicon, "lsibno").words) == 0
    assert len(nearly(lexicon, "bracelnoa").words) == 1
    assert len(nearly(lexicon, "bon").words) == 0


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "x", "🏨🏨🏨", "%%%%", "\\", "\0", "\ud800", "'; DROP TABLE x; --", "a" * 10_000, "é" * 10_000,
        "the a of in " * 900, "zzzzzz qqqqqq wwwww", "\u202e\u200f", "<script>alert(1)</script>", "١٢٣٤٥", "𝔏𝔦𝔰𝔟𝔬𝔫",
        "ก" * 500, "東" * 500, "a\nb\rc\tlisbon", "\u0301" * 200,
    ],
)  # fmt: skip
def test_no_text_breaks_it_and_none_takes_long(text: str) -> None:
    offers = offering("Casa do Rio")
    started = time.process_time()
    suggestions(offers, text, asker=Asker(), limit=20)  # type: ignore[arg-type]
    places.find_places(text)
    assert time.process_time() - started < 1.0  # some milliseconds; what is unbounded takes minutes
    typed = read(text)
    assert typed is None or len(typed.words) <= WORDS


def test_what_nobody_is_called_finds_nothing() -> None:
    for text in ("", "x", "🏨🏨🏨", "%%%%", "zzzzzz qqqqqq wwwww", "' OR 1=1 --"):
        assert places.find_places(text) == []


def test_names_are_folded_alike() -> None:
    assert fold("Saint-Étienne") == fold("SAINT ETIENNE") == "saint etienne"
    assert fold("Straße") == fold("STRASSE") == "strasse"
    assert fold("Ærøskøbing") == "aeroskobing"
    assert fold("مدرسة") == fold("مدرسه")
    assert fold("St. John’s") == fold("st johns")
    assert fold("ガ") != fold("カ")


def test_what_was_typed_is_marked_in_the_name() -> None:
    assert marks("São Paulo", ["sao", "pau"]) == [(0, 3), (4, 7)]
    assert marks("Grand Hotel", ["hot"]) == [(6, 9)]
    assert marks("Lisbon", ["lissabon"]) == []
    assert marks("Hotel Hotel", ["hotel", "hotel"]) == [(0, 5)]


def a_lexicon(words: list[str]) -> Lexicon:
    count = len(words)
    return build(
        [word.encode() for word in words], np.arange(count, dtype=np.uint32), np.zeros(count, np.int8),
        np.ones(count, np.float32),
    )  # fmt: skip


def distances(typed: str, word: str) -> list[int]:
    """From what is typed to each beginning of the word."""
    one, other = letters_of(typed), letters_of(word)
    rows = [list(range(len(other) + 1))]
    for at, letter in enumerate(one, 1):
        row = [at]
        for to, wanted in enumerate(other, 1):
            cost = min(row[-1] + 1, rows[-1][to] + 1, rows[-1][to - 1] + (letter != wanted))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == wanted:
                cost = min(cost, rows[-2][to - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1]
