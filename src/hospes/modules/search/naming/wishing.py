"""What somebody wants and where: "romantic loft in Lisbon" is a romantic loft, in Lisbon; "Lisbon" is no wish.

A place counts only by its whole name, without slips: who asks for a bath near a lake wants neither Bath nor Lake. In a
wish that is not in English it counts only behind a word such as "en" or "bei": "in den Bergen" is in the mountains.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from hospes.modules.search.contracts import Place
from hospes.modules.search.naming import places
from hospes.modules.search.naming.folding import fold
from hospes.modules.search.naming.live import LiveNames
from hospes.modules.search.naming.matching import Typed, read
from hospes.modules.search.naming.suggesting import place_called
from hospes.modules.search.policies.languages import is_english

WHERE = frozenset({"in", "near", "around", "at", "within"})
WHERE_ELSEWHERE = WHERE | {"à", "a", "en", "em", "bei", "nahe", "de", "di", "do", "da", "te", "на", "في"}
NOT_BEFORE = frozenset({"a", "an", "the", "my", "our", "your", "with", "without", "no", "and", "or", "of", "for", "by"})
# What places are wished to be: no slip for a town, such as Quito for quiet.
WISHED = frozenset(
    {"adventure", "attic", "balcony", "barn", "beach", "big", "boat", "cabin", "calm", "camping", "castle", "charming",
     "cheap", "chalet", "cosy", "cottage", "countryside", "cozy", "cute", "design", "dog", "dogs", "eco", "elegant",
     "family", "farm", "fireplace", "forest", "friendly", "garden", "historic", "lake", "large", "loft", "luxurious",
     "luxury", "mansion", "mill", "modern", "mountain", "mountains", "nature", "old", "peaceful", "penthouse", "pool",
     "quiet", "relaxing", "river", "romantic", "rural", "rustic", "sauna", "sea", "ski", "small", "spa", "studio",
     "surf", "terrace", "tiny", "town", "treehouse", "view", "vineyard", "wedding", "wellness", "woods", "yoga", "yurt"}
)  # fmt: skip
MOST_WORDS = 4  # of a place's name
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Wish:
    """`what` as it was typed, without the place. Only what is in English can be compared with descriptions."""

    what: str
    place: Place | None
    english: bool = True


def wish_in(live: LiveNames | None, text: str) -> Wish | None:
    """None for what is no wish: nothing, or a name of a place or a property, slips forgiven."""
    words = text[:LONGEST].split()
    typed = read(text[:LONGEST])
    if typed is None or _is_name(live, typed):
        return None
    return wish_of(live, " ".join(words))


def wish_of(live: LiveNames | None, text: str) -> Wish:
    """The same of what is surely a wish."""
    words = text[:LONGEST].split()
    english = is_english(text[:LONGEST])
    for first, name, end in _parts(words) if english else _behind(words, WHERE_ELSEWHERE):
        said = " ".join(words[name:end]).strip(",.;!?")
        rest = words[:first] + words[end:]
        place = _place(live, said, asked_for=name > first) if rest else None
        if place is not None:
            return Wish(" ".join(rest).strip(" ,.;"), place, english)
    return Wish(" ".join(words), None, english)


def _parts(words: list[str]) -> Iterator[tuple[int, int, int]]:
    """Where a place may be said: from which word on, where its name begins, and where it ends. Behind a word such as
    "in" anywhere, the longest name first; else at the end."""
    yield from _behind(words, WHERE)
    for at in range(max(2, len(words) - MOST_WORDS), len(words)):
        if fold(words[at - 1]) not in NOT_BEFORE:
            yield at, at, len(words)


def _behind(words: list[str], where: frozenset[str]) -> Iterator[tuple[int, int, int]]:
    for at, word in enumerate(words):
        if at and (word.lower() in where or fold(word) in WHERE):
            for end in range(min(len(words), at + 1 + MOST_WORDS), at + 1, -1):
                if end - at > 2 or fold(words[at + 1]) not in NOT_BEFORE:
                    yield at, at + 1, end


def _place(live: LiveNames | None, said: str, *, asked_for: bool) -> Place | None:
    """The place of exactly this name. What is written small is one only where there is something to book: there are
    towns called Reading and Split."""
    typed = read(said)
    place = place_called(live, typed) if typed is not None else None
    if place is None or place.kind == "airport":
        return None
    known = place.kind in ("country", "region") and asked_for
    large = said[:1].isupper() or not said[:1].isascii()
    there = live is not None and bool(place.slug) and live.destinations.get(place.slug) is not None
    return place if known or there or place.kind == "neighbourhood" or large else None


def _is_name(live: LiveNames | None, typed: Typed) -> bool:
    """Whether a place, or nearly, or a property is called so; words such as "hotel" and "in" beside it do not count."""
    bare = tuple(word for word in typed.words if word not in places.BESIDE)
    if not bare or place_called(live, typed) or place_called(live, Typed(" ".join(bare), bare)):
        return True
    telling = [word for word in bare if word not in NOT_BEFORE]
    if telling and all(word in WISHED for word in telling):
        return False
    nearly = [typed, *([Typed(" ".join(bare), bare)] if WHERE.intersection(typed.words) else [])]
    return any(next(places.suggest(each, enough=1), None) is not None for each in nearly)
