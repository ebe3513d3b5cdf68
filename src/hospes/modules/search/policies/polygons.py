"""Polygons on a map, as rings of (latitude, longitude): unwrapped, so that each side is as short as it can be.

What lies inside is told by the even-odd rule: where a polygon crosses itself, what two of its loops share is outside.
"""

from collections.abc import Sequence

from hospes.modules.search.contracts import Box

MOST_POINTS = 200
Ring = tuple[tuple[float, float], ...]


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
