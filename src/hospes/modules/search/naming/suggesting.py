"""Places and properties for what is typed, in one order."""

from collections.abc import Collection
from dataclasses import replace
from itertools import islice

from hospes.modules.search.contracts import Place
from hospes.modules.search.naming import places
from hospes.modules.search.naming.live import LiveNames
from hospes.modules.search.naming.matching import EXACT, Typed, read
from hospes.modules.search.naming.places import Suggested
from hospes.modules.search.naming.ranking import Asker
from hospes.modules.search.naming.slips import Memo
from hospes.modules.search.naming.sources import KINDS as OF_PLACES
from hospes.modules.search.naming.world import NEIGHBOURHOOD as LEAST

PROPERTY, NEIGHBOURHOOD = "property", "neighbourhood"
KINDS = (*OF_PLACES, NEIGHBOURHOOD, PROPERTY)
NOBODY = Asker()
FEW = 4  # places to choose from where it is said after a comma where they are
OTHERS = 2  # of a page are properties if that many fit without a slip


def suggestions(
    live: LiveNames | None, text: str, *, asker: Asker, kinds: Collection[str] = KINDS, limit: int
) -> list[Place]:
    """The best `limit`: fewer slips first, then by score. When nothing fits all of the text, what fits most of it."""
    memo: Memo = {}
    own: Memo = {}
    for at, typed in enumerate(places.tries(text)):
        found = list(islice(places.suggest(typed, asker=asker, kinds=kinds, enough=limit, memo=memo), limit))
        if live is not None and NEIGHBOURHOOD in kinds:
            found += islice(live.areas(typed, asker=asker, enough=limit), limit)
        offers: list[Suggested] = []
        if live is not None and PROPERTY in kinds:
            offered = live.suggest(typed, asker=asker, enough=limit, memo=own)
            offers = sorted(islice(offered, 2 * limit), key=_order)[:limit]
        if found or offers:
            return [_less(each.place, left_out=at > 0) for each in _together(found, offers, limit)]
    return []


def place_meant(live: LiveNames | None, text: str) -> Place | None:
    """Where to look for what was typed: a place; or, if no place is called so, the property or the neighbourhood of
    exactly that name."""
    found = _called_first(places.find_places(text, limit=FEW if "," in text else 1), text)
    typed = read(text[: places.LONGEST])
    if live is not None and typed is not None and not (found and places.called(found[0], typed)):
        near = live.areas(typed, asker=NOBODY, enough=1)
        areas = (each.place for each in near if each.score >= EXACT + LEAST and not each.edits)
        return live.named(typed) or next(areas, found[0] if found else None)
    return found[0] if found else None


def _called_first(found: list[Place], text: str) -> list[Place]:
    """`Porto, Portugal` is the city that is called so, whatever else both words say, and `Brasília, Brazil` no name of
    the country in another language."""
    name = read(text[: places.LONGEST].partition(",")[0])
    if name is None:
        return found

    def other(place: Place) -> bool:
        shown = read(place.name)
        foreign = place.kind == "country" and (shown is None or shown.line != name.line)
        return place.corrected or foreign or not places.called(place, name)

    return sorted(found, key=other)


def place_called(live: LiveNames | None, typed: Typed) -> Place | None:
    """The place, property or neighbourhood that is called exactly so, without a slip."""
    found = next((each.place for each in places.suggest(typed, enough=1) if not each.edits), None)
    if found is not None and places.called(found, typed):
        return found
    if live is None:
        return None
    near = live.areas(typed, asker=NOBODY, enough=1)
    areas = (each.place for each in near if each.score >= EXACT + LEAST and not each.edits)
    return live.named(typed) or next(areas, None)


def _together(found: list[Suggested], offers: list[Suggested], limit: int) -> list[Suggested]:
    best = sorted([*found, *offers], key=_order)[:limit]
    missing = min(OTHERS, sum(not each.edits for each in offers)) - sum(each in offers for each in best)
    if missing > 0 and limit > 2 * OTHERS:
        others = [each for each in offers if each not in best][:missing]
        best = [*best[: limit - len(others)], *others]
    return best


def _order(each: Suggested) -> tuple[int, float, str]:
    return each.edits, -each.score, each.place.name


def _less(place: Place, *, left_out: bool) -> Place:
    return replace(place, corrected=True) if left_out else place
