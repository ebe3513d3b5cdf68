"""Which nights of a batch of listings can be sold: from spans of taken nights to calendar words, many at once."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.index.batches import WORDS, Ids, Mask, Numbers

Words = NDArray[np.uint64]
_EDGES = np.arange(WORDS) * 64
_LOW = np.array([(1 << bits) - 1 for bits in range(65)], np.uint64)
_ALL = np.uint64(2**64 - 1)


def open_nights(
    raw: Mapping[str, Any], ids: Ids, sold: Mask, units: Numbers
) -> tuple[Words, dict[int, tuple[bytes, ...]]]:
    """For each listing (`ids` in order; `sold`: by the night) the nights on which one of so many active units is free,
    and by place those of each unit where `Listing.unit_words` tells them."""
    words = np.where((sold & (units > 0))[:, None], _ALL, np.uint64(0)).repeat(WORDS, axis=1)
    pooled = raw["pooled"]
    owners, free = _busy(raw, ids, sold & ~pooled, units)
    counted, left = _sold_out(raw, ids, sold & pooled & (units > 0))
    owners, free = np.concatenate([owners, counted]), np.concatenate([free, left])
    if not len(owners):
        return words, {}
    order = np.argsort(owners, kind="stable")
    owners, free = owners[order], free[order]
    firsts = np.flatnonzero(np.diff(owners, prepend=-1))
    counts = np.diff(firsts, append=len(owners))
    together = np.bitwise_or.reduceat(free, firsts, axis=0)
    words[owners[firsts]] = together
    everything = (free == together.repeat(counts, axis=0)).all(axis=1)
    apart = np.flatnonzero(~np.logical_or.reduceat(everything, firsts))
    units_of = {
        int(owners[firsts[each]]): tuple(unit.tobytes() for unit in free[firsts[each] : firsts[each] + counts[each]])
        for each in apart.tolist()
    }
    return words, units_of


def places_of(ids: Ids, wanted: Ids) -> Numbers:
    """Where each of these lies among ids in order; -1 for one that does not."""
    if not len(ids):
        return np.full(len(wanted), -1, np.int64)
    places = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[places] == wanted, places, -1)


def _busy(raw: Mapping[str, Any], ids: Ids, those: Mask, units: Numbers) -> tuple[Numbers, Words]:
    """The units of listings of which every active one is taken at some time, and when they are free."""
    owners, firsts = _owners(ids, raw["busy_of"], raw["busy_unit"], those)
    closed = np.bitwise_or.reduceat(_spans(raw["busy_from"], raw["busy_to"]), firsts, axis=0) if len(firsts) else _NONE
    known = np.flatnonzero(owners >= 0)
    every = np.bincount(owners[known], minlength=len(ids)) == units
    kept = known[every[owners[known]]]
    return owners[kept], ~closed[kept]


def _sold_out(raw: Mapping[str, Any], ids: Ids, those: Mask) -> tuple[Numbers, Words]:
    """Counted rooms with nights that are sold out."""
    owners, firsts = _owners(ids, raw["full_of"], raw["full_of"], those)
    nights = raw["full_night"]
    closed = np.bitwise_or.reduceat(_spans(nights, nights + 1), firsts, axis=0) if len(firsts) else _NONE
    kept = owners >= 0
    return owners[kept], ~closed[kept]


def _owners(ids: Ids, listings: Ids, units: Ids, those: Mask) -> tuple[Numbers, Numbers]:
    """Of each run of equal units whose it is (a place among the ids, -1 when that is not one of those), and where the
    run begins."""
    if not len(units):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    firsts = np.flatnonzero(np.concatenate([np.ones(1, np.bool_), units[1:] != units[:-1]]))
    places = places_of(ids, listings[firsts])
    return np.where((places >= 0) & np.append(those, False)[places], places, -1), firsts


def _spans(starts: NDArray[Any], ends: NDArray[Any]) -> Words:
    """Words with a bit for each night of [start, end), as far as the calendar goes."""
    low = np.clip(starts[:, None] - _EDGES, 0, 64)
    high = np.clip(ends[:, None] - _EDGES, low, 64)
    found: Words = _LOW[high] ^ _LOW[low]
    return found


_NONE: Words = np.zeros((0, WORDS), np.uint64)
