"""When somebody who travels can start a job elsewhere: the way from the job before and to the next one fits between.

A run of starts that would be free if nobody were ever on the way is cut by how long each of the unit's other jobs is
away from the place asked for, as inventory does it: the great circle at their own speed, in whole minutes.
"""

from collections.abc import Mapping
from math import ceil
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import Place
from hospes.modules.search.contracts import Listing
from hospes.modules.search.policies.grid import EARTH_KM
from hospes.modules.search.tables.lists import Array, Lists, Numbers, Rows, smallest

NEVER = 2**31 - 1
HERE_KM = 0.1  # inventory's: between places so close nobody travels
HAIR = 1e-6  # minutes or kilometres, more than two ways of counting can differ by
Degrees = NDArray[np.float64]
_RUNS = {"first": np.int32, "until": np.int32, "end": np.int32, "unit": np.uint16}
_JOBS = {"start": np.int32, "end": np.int32, "unit": np.uint16, "latitude": np.float64, "longitude": np.float64}
_FACTS = {"before": np.int32, "after": np.int32, "speed": np.float64, "way": np.int32}


class RoundsByRow:
    """The rounds of the rows of an index that have some."""

    def __init__(self) -> None:
        self._runs, self._jobs = Lists(_RUNS, _FACTS), Lists(_JOBS, {})
        self._lasting = self._working = 0  # the longest run and the longest job

    @property
    def nbytes(self) -> int:
        """Memory of everything."""
        return self._runs.nbytes + self._jobs.nbytes

    @property
    def loose(self) -> int:
        """Records that nothing leads to any more."""
        return self._runs.loose + self._jobs.loose

    def put(self, row: int, listing: Listing) -> None:
        """The rounds of a row from now on."""
        rounds = listing.rounds
        if rounds is None:
            self.drop(row)
            return
        runs, jobs = (np.frombuffer(each, np.int32) for each in (rounds.runs, rounds.jobs))
        first, until, end, unit = runs.reshape(-1, 4).T
        starts, ends, whose = jobs.reshape(-1, 3).T
        latitudes, longitudes = np.frombuffer(rounds.places, np.float64).reshape(-1, 2).T
        self._lasting = max(self._lasting, int((end - first).max(initial=0)))
        self._working = max(self._working, int((ends - starts).max(initial=0)))
        home = listing.home or (listing.latitude, listing.longitude)
        farthest = float(kilometres(latitudes, longitudes, *home).max(initial=0)) + listing.range_km
        way = min(ceil(farthest / rounds.speed_kmh * 3600) + 120, NEVER)
        self._runs.put(row, (first, until, end, unit), (rounds.before, rounds.after, rounds.speed_kmh, way))
        self._jobs.put(row, (starts, ends, whose, latitudes, longitudes), ())

    def drop(self, row: int) -> None:
        """The row has none any more."""
        self._runs.drop(row)
        self._jobs.drop(row)

    def move(self, order: Rows) -> None:
        """Rows have been put in this order; those that are not in it are gone."""
        self._runs.move(order)
        self._jobs.move(order)

    def known(self, rows: Rows) -> NDArray[np.bool_]:
        """Which rows have rounds."""
        return self._runs.entries(rows) > 0

    def earliest(self, rows: Rows, to: Place, length: Numbers, step: Numbers, low: Numbers, high: Numbers) -> Numbers:
        """The first start of each from `low` to before `high` of a job so long at this place, `NEVER` where there is
        none; `length` and `step` in seconds. For rows that are `known`."""
        entries = self._runs.entries(rows)
        counts, places = self._runs.between(entries, low - self._lasting, high)
        owners = np.repeat(np.arange(len(rows)), counts)
        first, until, end, unit = (self._runs.records[name][places].astype(np.int64) for name in _RUNS)
        soonest, latest = self._cut(rows, to, entries[owners], owners, (first, end, unit))
        soonest, every = np.maximum(soonest, low[owners]), step[owners]
        start = first + -(-np.maximum(soonest - first, 0) // every) * every
        fits = (start <= until) & (start + length[owners] <= latest) & (start < high[owners])
        return smallest(np.where(fits, start, NEVER), counts, NEVER)

    def _cut(
        self, rows: Rows, to: Place, entries: Numbers, owners: Numbers, runs: tuple[Numbers, Numbers, Numbers]
    ) -> tuple[Numbers, Numbers]:
        """From when on and until when each run leaves time for the ways of the unit's other jobs."""
        first, end, unit = runs
        before, after, speed, way = (self._runs.facts[name][entries] for name in _FACTS)
        near = way.astype(np.int64) + before + after
        counts, those = self._jobs.between(
            self._jobs.entries(rows)[owners], first - near - self._working, end + near
        )  # fmt: skip
        each = np.repeat(np.arange(len(first)), counts)
        mine = np.flatnonzero(self._jobs.records["unit"][those] == unit[each])
        each, those = each[mine], those[mine]
        starts, ends, _, latitudes, longitudes = (self._jobs.records[name][those] for name in _JOBS)
        seconds = ways(latitudes, longitudes, to, speed[each])
        earlier = ends <= first[each]
        soonest, latest = first.copy(), end.copy()
        np.maximum.at(soonest, each[earlier], (ends + seconds + before[each])[earlier])
        np.minimum.at(latest, each[~earlier], (starts - seconds - after[each])[~earlier])
        return soonest, latest

    def parts(self) -> tuple[dict[str, Array], dict[str, Any]]:
        """The arrays, and what else there is to keep."""
        runs, jobs = self._runs.parts(), self._jobs.parts()
        arrays = {f"runs_{name}": each for name, each in runs[0].items()}
        arrays |= {f"jobs_{name}": each for name, each in jobs[0].items()}
        return arrays, {"runs": runs[1], "jobs": jobs[1], "lasting": self._lasting, "working": self._working}

    @classmethod
    def from_parts(cls, arrays: Mapping[str, Array], facts: Mapping[str, Any]) -> Self:
        """What `parts` has told."""
        made = cls()
        for name, lists in (("runs", made._runs), ("jobs", made._jobs)):
            theirs = {each: values for each, values in arrays.items() if each.startswith(f"{name}_")}
            lists.fill({each.removeprefix(f"{name}_"): values for each, values in theirs.items()}, facts[name])
        made._lasting, made._working = facts["lasting"], facts["working"]
        return made


def kilometres(latitudes: Degrees, longitudes: Degrees, latitude: float, longitude: float) -> Degrees:
    """Along the great circle (haversine) from each place to this one."""
    north, there = np.radians(latitudes), np.radians(latitude)
    east = np.radians(longitudes - longitude)
    half = np.sin((north - there) / 2) ** 2 + np.cos(north) * np.cos(there) * np.sin(east / 2) ** 2
    found: Degrees = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1)))
    return found


def ways(latitudes: Degrees, longitudes: Degrees, to: Place, speeds: Degrees) -> Numbers:
    """Inventory's `travel_seconds` of many; where rounding could decide otherwise it is asked itself."""
    km = kilometres(latitudes, longitudes, to.latitude, to.longitude)
    minutes = km / speeds * 60
    found = np.where(km < HERE_KM, 0, np.ceil(minutes) * 60).astype(np.int64)
    unsure = (km > HERE_KM / 2) & ((np.abs(minutes - np.rint(minutes)) < HAIR) | (np.abs(km - HERE_KM) < HAIR))
    for at in np.flatnonzero(unsure).tolist():
        found[at] = inventory.travel_seconds(Place(latitudes[at], longitudes[at]), to, speeds[at])
    return found
