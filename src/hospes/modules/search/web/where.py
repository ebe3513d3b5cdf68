"""Where somebody looks, as an address tells it: a place by its name, a part of the map, or a shape drawn on it."""

from collections.abc import Callable, Mapping, MutableMapping

from hospes.modules.search import places
from hospes.modules.search.contracts import Box, Place
from hospes.modules.search.errors import SearchInvalid
from hospes.modules.search.policies.asking import read_box
from hospes.modules.search.policies.polygons import Ring, read_polygon, ring_box, unwrapped

NAMES = ("place", "lat", "lon", "radius", "bbox", "polygon")
RADII = (5.0, 10.0, 25.0, 50.0, 100.0, 200.0)

Faults = MutableMapping[str, str]


def read_place(typed: Mapping[str, str], faults: Faults, meant: Callable[[str], Place | None]) -> Place | None:
    """The place that is meant, as `meant` tells by its name; a name nobody knows is told in `faults`."""
    lat, lon = _degree(typed["lat"], 90), _degree(typed["lon"], 180)
    if lat is not None and lon is not None:
        known = [each for each in places.find_places(typed["place"]) if abs(each.latitude - lat) < 0.2]
        return known[0] if known else Place(typed["place"] or "here", "", "point", lat, lon, 20.0)
    if not typed["place"]:
        return None
    found = meant(typed["place"])
    if found is None and not typed["bbox"] and not typed["polygon"]:
        faults["place"] = f"We do not know “{typed['place']}”. Try a city or an airport nearby."
    return found


def read_radius(text: str) -> float | None:
    """Kilometres, of those one may choose."""
    return next((radius for radius in RADII if text == f"{radius:g}"), None)


def read_part(text: str, faults: Faults) -> Box | None:
    """A part of the map."""
    try:
        return read_box(text or None)
    except SearchInvalid:
        faults["bbox"] = "The address names no part of a map, so we left that out."
        return None


def read_shape(text: str, faults: Faults) -> Ring:
    """`38.71,-9.14;38.72,-9.13;…`: the corners of a shape, as the API takes them."""
    try:
        return read_polygon(text)
    except SearchInvalid as refusal:
        faults["polygon"] = f"We left the shape on the map out. {refusal.fields['polygon']}"
        return ()


def around(corners: Ring) -> Box:
    """The box around a shape."""
    return ring_box(unwrapped(corners))


def by_name(text: str) -> Place | None:
    """The likeliest place of the world of that name."""
    return next(iter(places.find_places(text, limit=1)), None)


def _degree(text: str, most: int) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if -most <= value <= most else None
