"""What is found, put together for a map."""

from math import isfinite

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.contracts import Box, Cluster
from hospes.modules.search.index.columns import DEGREE, Columns
from hospes.modules.search.index.offers import Offers

MOST = 300
MOST_CELLS = 65_536
SMALLEST = 0.0001
Numbers = NDArray[np.int64]


def clusters_of(columns: Columns, offers: Offers, degrees: float) -> tuple[Cluster, ...]:
    """Properties by squares of so many degrees a side, from the south-west; of twice, four times… as many where there
    would be more than `MOST` clusters."""
    if not len(offers.rows) or not isfinite(degrees):
        return ()
    lat, lon = columns["lat"][offers.rows].astype(np.int64), columns["lon"][offers.rows].astype(np.int64)
    side = round(min(max(degrees, SMALLEST), 360.0) * DEGREE)
    while True:
        cells = _cells(lat, lon, side)
        if cells is not None:
            kinds, where = _counted(cells)
            if len(kinds) <= MOST:
                break
        side *= 2
    return _clusters(columns, offers, lat, lon, where)


def _cells(lat: Numbers, lon: Numbers, side: int) -> Numbers | None:
    """The number of each one's square, None when these could be too many."""
    up, right = (lat + 90 * DEGREE) // side, (lon + 180 * DEGREE) // side
    up -= up.min()
    right -= right.min()
    width = int(right.max()) + 1
    if width * (int(up.max()) + 1) > MOST_CELLS:
        return None
    return up * width + right


def _counted(cells: Numbers) -> tuple[Numbers, Numbers]:
    """`np.unique` for many equal small numbers."""
    found = np.flatnonzero(np.bincount(cells))
    place: Numbers = np.zeros(int(cells.max()) + 1, np.int64)
    place[found] = np.arange(len(found))
    return found, place[cells]


def _clusters(columns: Columns, offers: Offers, lat: Numbers, lon: Numbers, where: Numbers) -> tuple[Cluster, ...]:
    order = np.argsort(where, kind="stable")
    counts = np.bincount(where)
    starts = np.cumsum(counts) - counts
    lat, lon = lat[order], lon[order]
    sums = np.add.reduceat(lat, starts) / counts / DEGREE, np.add.reduceat(lon, starts) / counts / DEGREE
    south, west = np.minimum.reduceat(lat, starts) / DEGREE, np.minimum.reduceat(lon, starts) / DEGREE
    north, east = np.maximum.reduceat(lat, starts) / DEGREE, np.maximum.reduceat(lon, starts) / DEGREE
    cheapest = np.minimum.reduceat(offers.cents[order], starts)
    rows = offers.rows[order[starts]]
    return tuple(
        Cluster(
            *(round(float(sums[0][at]), 6), round(float(sums[1][at]), 6), int(counts[at]), int(cheapest[at])),
            Box(float(south[at]), float(west[at]), float(north[at]), float(east[at])),
            columns.properties.id_of(int(columns["property"][rows[at]])) if counts[at] == 1 else None,
            columns.id_of(int(rows[at])) if counts[at] == 1 else None,
        )
        for at in range(len(counts))
    )
