"""Texts are cut as the model was trained with: the numbers are those of its own tokenizer."""

import pytest

from hospes.modules.semantic.providers.minilm import MOST_CHARACTERS, MOST_PIECES, Pieces, installed

pytestmark = pytest.mark.skipif(not installed(), reason="the extra hospes[semantic] is not installed")


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return Pieces()


KNOWN = {
    "quiet cottage by the sea with a fireplace": [101, 4251, 9151, 2011, 1996, 2712, 2007, 1037, 13788, 102],
    'Wake up by the harbour: it\'s 2.5 km (10 min.) from "Sé".': [
        101,
        5256,
        2039,
        2011,
        1996,
        7440,
        1024,
        2009,
        1005,
        1055,
        1016,
        1012,
        1019,
        2463,
        1006,
        2184,
        8117,
        1012,
        1007,
        2013,
        1000,
        7367,
        1000,
        1012,
        102,
    ],
    "Gemütliche Wohnung über der Straße, für 4": [
        101,
        17070,
        4904,
        27412,
        24185,
        7295,
        5575,
        19169,
        4315,
        2358,
        27807,
        1010,
        6519,
        1018,
        102,
    ],
    "Ménage à trois? Café crème & naïve fiancé": [
        101,
        2273,
        4270,
        1037,
        25527,
        1029,
        7668,
        13675,
        21382,
        1004,
        15743,
        19154,
        102,
    ],
    "東京の静かな宿 🏯": [101, 1879, 1755, 1671, 100, 1651, 30193, 1826, 100, 102],
    "Тихий дом у моря": [101, 1197, 10325, 29750, 15414, 1184, 14150, 29745, 1198, 1191, 14150, 16856, 17432, 102],
    "بيت هادئ": [101, 1271, 14498, 29817, 1297, 25573, 15394, 14498, 102],
    "สวัสดี": [101, 100, 102],
    "": [101, 102],
    "   \t\n": [101, 102],
    "\x00\x07a\u200bb\ufeffc": [101, 5925, 102],
    "supercalifragilisticexpialidocious": [
        101,
        3565,
        9289,
        10128,
        29181,
        24411,
        4588,
        10288,
        19312,
        21273,
        10085,
        6313,
        102,
    ],
    "wi-fi/TV/24h": [101, 15536, 1011, 10882, 1013, 2694, 1013, 2484, 2232, 102],
    "😀": [101, 100, 102],
    "ﷺ ﬁne Ⅳ": [101, 100, 1984, 2638, 100, 102],
}


@pytest.mark.parametrize("text", KNOWN, ids=range(len(KNOWN)))
def test_a_text_has_the_numbers_that_the_models_own_tokenizer_gives_it(pieces: Pieces, text: str) -> None:
    assert pieces.read(text) == KNOWN[text]


def test_a_long_text_is_cut_and_still_ends_as_texts_end(pieces: Pieces) -> None:
    found = pieces.read("sea " * 5_000)
    assert (len(found), found[0], found[-1], set(found[1:-1])) == (MOST_PIECES, 101, 102, {2712})


def test_ten_thousand_letters_without_a_space_are_one_unknown_word(pieces: Pieces) -> None:
    assert pieces.read("x" * 10_000) == [101, 100, 102]
    assert MOST_CHARACTERS < 10_000


def test_half_a_pair_of_utf_16_is_read_as_something_unknown(pieces: Pieces) -> None:
    assert pieces.read("sea \ud800 sea") == pieces.read("sea ? sea")
