"""Polygons on a map, as rings of (latitude, longitude): unwrapped, so that each side is as short as it can be.

What lies inside is told by the even-odd rule: where a polygon crosses itself, what two of its loops share is outside.
"""

from collections.abc import Sequence

from hospes.modules.search.contracts import Box
from hospes.modules.search.errors import SearchInvalid

MOST_POINTS = 200
Ring = tuple[tuple[float, float], ...]


def read_polygon(text: str | None) -> Ring:
    """`latitude,longitude;latitude,longitude;…`: three to `MOST_POINTS` points, the last joined to the first; it may
    cross itself and the date line, but not go around a pole. Empty for no text; raises `SearchInvalid`."""
    if not text:
        return ()
    pairs = [point.split(",") for point in text.split(";", MOST_POINTS)]
    if not 3 <= len(pairs) <= MOST_POINTS:
        raise _refused(f"Give 3 to {MOST_POINTS} points.")
    try:
        points = tuple((float(latitude), float(longitude)) for latitude, longitude in pairs)
    except ValueError as error:
        raise _refused("Write latitude,longitude;latitude,longitude;… in degrees.") from error
    if not all(-90 <= latitude <= 90 and -180 <= longitude <= 180 for latitude, longitude in points):
        raise _refused("Latitudes lie between -90 and 90 degrees, longitudes between -180 and 180.")
    if len(set(points)) < 3:
        raise _refused("Three of the points must differ.")
    if around_a_pole(points):
        raise _refused("It must not go around a pole, nor halfway around the earth at once.")
    return points


def unwrapped(points: Sequence[tuple[float, float]]) -> Ring:
    """The ring with longitudes that may lie beyond 180 degrees, each at most half a turn from the one before."""
    ring: list[tuple[float, float]] = []
    for latitude, longitude in points:
        if ring:
            longitude += 360 * round((ring[-1][1] - longitude) / 360)
        ring.append((latitude, longitude))
    return tuple(ring)


def around_a_pole(points: Sequence[tuple[float, float]]) -> bool:
    """Whether it does not close when unwrapped: it has a pole inside, or a side half around the earth."""
    ring = unwrapped((*points, points[0]))
    return abs(ring[-1][1] - ring[0][1]) > 180


def ring_box(ring: Ring) -> Box:
    """The smallest box around an unwrapped ring; it may cross the date line."""
    south, north = min(y for y, _ in ring), max(y for y, _ in ring)
    west, east = min(x for _, x in ring), max(x for _, x in ring)
    if east - west >= 360:
        return Box(south, -180.0, north, 180.0)
    return Box(south, _wrapped(west), north, _wrapped(east))


def _wrapped(longitude: float) -> float:
    return (longitude + 180) % 360 - 180


def _refused(said: str) -> SearchInvalid:
    return SearchInvalid("This is no shape on a map.", fields={"polygon": said})
