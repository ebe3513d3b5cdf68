"""Results for a wish in somebody's own words, where descriptions are searched."""

from datetime import date
from functools import partial
from typing import Any

from starlette.datastructures import QueryParams

from hospes.modules.search import facade, wishes
from hospes.modules.search.contracts import Results
from hospes.modules.search.errors import SemanticEnglishOnly, SemanticOff, SemanticUnavailable
from hospes.modules.search.naming.wishing import Wish
from hospes.modules.search.web.asking import MOST_SHOWN, MOST_TEXT, PAGE, Looking, read_looking
from hospes.platform.runtime import Runtime


def read_wished(rt: Runtime, said: QueryParams, *, today: date) -> tuple[Looking, Wish | None]:
    """What is looked for; with the wish when what is typed is no name of a place. It is looked for at its place."""
    text = (said.get("place") or said.get("q") or "").strip()[:MOST_TEXT]
    wish = wishes.wish_in(rt, text) if text and not said.get("lat") else None
    if wish is None:
        return read_looking(said, today=today, meant=partial(facade.place_meant, rt)), None
    place = wish.place
    looking = read_looking(said, today=today, meant=lambda _: place)
    fault = looking.faults.pop("place", None)  # no place in it is no fault
    if fault and not wish.english:
        looking.faults["place"] = (
            f"We know no place called “{wish.what}”, and descriptions are compared in English only. Try a city nearby,"
            " or say it in English."
        )
    return looking, wish


async def find(rt: Runtime, looking: Looking, wish: Wish | None) -> tuple[Results, bool]:
    """What fits, and whether it is what the wish says: what fits the rest when descriptions cannot be compared with it.
    Raises `IndexLoading`."""
    if wish is not None:
        try:
            return await wishes.find(rt, wish, looking.query), True
        except (SemanticOff, SemanticUnavailable, SemanticEnglishOnly):
            pass
    return facade.search(rt, looking.query), False


def told(looking: Looking, wish: Wish | None, results: Results, *, compared: bool) -> dict[str, Any]:
    """For the page: the wish, the title, and the addresses of more and of the same without the wish. Such pages are not
    for search engines."""
    if wish is None:
        return {"wish": None, "compared": False}
    known: dict[str, Any] = {"wish": wish, "compared": compared, "indexed": False, "unwished": _without(looking, wish)}
    if not compared:
        return known
    shown = looking.query.limit + PAGE
    if results.total > looking.query.limit and shown <= MOST_SHOWN:
        known["after"] = known["longer"] = looking.address(shown=str(shown))
    where = f" in {wish.place.name}" if wish.place else ""
    return {**known, "title": f"“{wish.what}”{where}"}


def _without(looking: Looking, wish: Wish) -> str:
    place = wish.place
    name = place.name if place else None
    if place and place.detail and place.kind != "country":
        name = f"{place.name}, {place.detail}"
    return looking.address(place=name, sort=None)
