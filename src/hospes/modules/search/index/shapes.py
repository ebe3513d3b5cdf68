"""Where on earth: which rows to look at, and which of them truly lie inside a circle, a box or a polygon.

A circle's rows are first sorted by a short formula into those surely inside, surely outside and on the edge; only for
these the true distance is counted.
"""

from collections.abc import Sequence
from math import cos, isfinite, radians, sin

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.contracts import Box, Query
from hospes.modules.search.index.columns import DEGREE, Columns, Mask, Rows, Span
from hospes.modules.search.policies.grid import COLUMNS, EARTH_KM, band, circle_box, column
from hospes.modules.search.policies.polygons import Ring, ring_box, unwrapped

Kilometres = NDArray[np.float64]
BANDS = 400  # a taller box looks at every row: less work than so many slices
PIECE = 65_536  # what is looked at at once stays in the processor's cache
MILLIMETRE = 1e-6 / EARTH_KM  # in radians: as far as distances are rounded
_RADIAN = np.pi / 180 / DEGREE


def somewhere(query: Query) -> bool:
    """Whether its numbers name a place, or none at all is asked for."""
    box = query.box
    numbers = (
        query.latitude,
        query.longitude,
        query.radius_km,
        *((box.south, box.west, box.north, box.east) if box else ()),
    )
    points = [each for point in query.polygon for each in point]
    return all(each is None or isfinite(each) for each in (*numbers, *points)) and query.radius_km >= 0


def spans_near(columns: Columns, query: Query) -> list[Span]:
    """Slices of the rows in the cells around, in order; some rows lie outside what is asked for."""
    box = _box_around(columns, query)
    spans = [(0, columns.sorted)] if box is None else _spans(columns, box)
    spans.append((columns.sorted, columns.used))
    return [(at, min(at + PIECE, end)) for start, end in spans for at in range(start, end, PIECE)]


def inside(columns: Columns, rows: Rows, query: Query) -> Rows:
    """Those of the rows that truly lie inside all that was asked for."""
    if query.box is not None:
        rows = rows[_in_box(columns, rows, query.box)]
    if query.polygon:
        rows = rows[_in_ring(columns, rows, unwrapped(query.polygon))]
    if query.latitude is None or query.longitude is None:
        return rows
    if query.comes_to_me:
        return rows[columns.diaries.reaches(rows, query.latitude, query.longitude)]
    return rows[_in_circle(columns, rows, query.latitude, query.longitude, query.radius_km)]


def distances(columns: Columns, rows: Rows, latitude: float, longitude: float) -> Kilometres:
    """Great-circle kilometres (haversine), to the millimetre so that they are the same for every page."""
    lat, lon = np.radians(columns["lat"][rows] / DEGREE), np.radians(columns["lon"][rows] / DEGREE)
    here, there = np.radians(latitude), np.radians(longitude)
    half = np.sin((lat - here) / 2) ** 2 + np.cos(here) * np.cos(lat) * np.sin((lon - there) / 2) ** 2
    km: Kilometres = np.round(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1))), 6)
    return km


def _box_around(columns: Columns, query: Query) -> Box | None:
    if query.latitude is not None and query.longitude is not None:
        reach = columns.diaries.farthest_km * 1.01 if query.comes_to_me else query.radius_km
        return circle_box(query.latitude, query.longitude, reach)
    if query.polygon:
        return ring_box(unwrapped(query.polygon))
    return query.box


def _spans(columns: Columns, box: Box) -> list[Span]:
    first, last = band(box.south), band(box.north)
    if last - first > BANDS:
        return [(0, columns.sorted)]
    bands = np.arange(first, last + 1, dtype=np.int32)[:, None] * COLUMNS
    sides = [(box.west, box.east)] if box.west <= box.east else [(-180.0, box.east), (box.west, 180.0)]
    edges = np.array([edge for west, east in sides for edge in (column(west), column(east) + 1)], np.int32)
    places = np.searchsorted(columns["cell"][: columns.sorted], bands + edges).ravel().tolist()
    return [(start, end) for start, end in zip(places[::2], places[1::2], strict=True) if end > start]


def _in_box(columns: Columns, rows: Rows, box: Box) -> Mask:
    south, west, north, east = (round(side * DEGREE) for side in (box.south, box.west, box.north, box.east))
    lat, lon = columns["lat"][rows], columns["lon"][rows]
    across = (lon >= west) & (lon <= east) if west <= east else (lon >= west) | (lon <= east)
    found: Mask = (lat >= south) & (lat <= north) & across
    return found


def _in_circle(columns: Columns, rows: Rows, latitude: float, longitude: float, radius_km: float) -> Mask:
    """By the first terms of the haversine formula, with twice the error they can have left to the full one."""
    reach = radius_km / EARTH_KM
    steep = max(cos(radians(min(abs(latitude) + reach * 180 / np.pi, 90.0))), 0.01)
    wide = reach / steep  # about how many radians of longitude the circle spans to each side
    if wide > 0.2:
        return distances(columns, rows, latitude, longitude) <= radius_km
    here = radians(latitude)
    up = (columns["lat"][rows] - latitude * DEGREE) * _RADIAN
    side = columns["lon"][rows] - longitude * DEGREE
    if abs(longitude) + wide * 180 / np.pi > 179:
        side = (side + 180 * DEGREE) % (360 * DEGREE) - 180 * DEGREE
    side *= _RADIAN
    shrink = cos(here) * (cos(here) - sin(here) * up - cos(here) / 2 * up * up)
    square = up * up + shrink * side * side
    error = (wide * wide / 3 + reach / steep * reach + 1e-6) * reach * reach + 2 * reach * MILLIMETRE + 1e-15
    found: Mask = square <= reach * reach - error
    unsure = np.flatnonzero(np.abs(square - reach * reach) <= error)
    if len(unsure):
        found[unsure] = distances(columns, rows[unsure], latitude, longitude) <= radius_km
    return found


def _in_ring(columns: Columns, rows: Rows, ring: Ring) -> Mask:
    """The even-odd rule: inside is what a line to the east leaves over an odd number of sides. An edge looks only at
    the rows of its own latitudes."""
    lat, lon = columns["lat"][rows] / DEGREE, columns["lon"][rows] / DEGREE
    west, east = min(x for _, x in ring), max(x for _, x in ring)
    order = np.argsort(lat, kind="stable")
    lat = lat[order]
    found = np.zeros(len(rows), np.bool_)
    for turn in (-360.0, 0.0, 360.0):
        if west <= 180 + turn and east >= turn - 180:
            found[order] |= _odd(lat, lon[order] + turn, ring)
    return found


def _odd(lat: Kilometres, lon: Kilometres, ring: Sequence[tuple[float, float]]) -> Mask:
    odd = np.zeros(len(lat), np.bool_)
    for (y1, x1), (y2, x2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        start, end = np.searchsorted(lat, (min(y1, y2), max(y1, y2))).tolist()  # from the lower to below the upper end
        if start < end:
            odd[start:end] ^= lon[start:end] < (x2 - x1) * (lat[start:end] - y1) / (y2 - y1) + x1
    return odd
