"""The geographic grid: cells of a tenth of a degree, numbered from the south-west, row by row."""

from math import cos, degrees, floor, radians

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.contracts import Box

CELL = 0.1
COLUMNS = 3600
EARTH_KM = 6371.0088
HAIR = 1e-7  # degrees: as far as positions are rounded


def band(latitude: float) -> int:
    """The row of cells at a latitude."""
    return floor((min(max(latitude, -90.0), 90.0) + 90) / CELL)


def column(longitude: float) -> int:
    """The column of cells at a longitude."""
    return min(floor((min(max(longitude, -180.0), 180.0) + 180) / CELL), COLUMNS - 1)


def cell(latitude: float, longitude: float) -> int:
    """The cell of a point."""
    return band(latitude) * COLUMNS + column(longitude)


def cells(latitudes: NDArray[np.float64], longitudes: NDArray[np.float64]) -> NDArray[np.int64]:
    """`cell` of many."""
    bands = np.floor((np.clip(latitudes, -90.0, 90.0) + 90) / CELL)
    columns = np.minimum(np.floor((np.clip(longitudes, -180.0, 180.0) + 180) / CELL), COLUMNS - 1)
    return (bands * COLUMNS + columns).astype(np.int64)


def circle_box(latitude: float, longitude: float, radius_km: float) -> Box:
    """The smallest box around a circle; it may cross the date line, and near a pole it is a whole band."""
    up = degrees(radius_km / EARTH_KM) + HAIR
    shrink = cos(radians(min(abs(latitude) + up, 90.0)))
    side = 180.0 if shrink < 0.01 else min(up / shrink, 180.0)
    west, east = longitude - side, longitude + side
    if side >= 180.0:
        west, east = -180.0, 180.0
    elif west <= -180:
        west += 360
    elif east >= 180:
        east -= 360
    return Box(latitude - up, west, latitude + up, east)
