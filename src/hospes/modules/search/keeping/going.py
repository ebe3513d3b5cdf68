"""Makes the rounds of somebody who travels from what the database tells of their jobs."""

from collections.abc import Iterator, Sequence

import numpy as np

from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import Place, Span
from hospes.modules.search.contracts import ORIGIN, Rounds
from hospes.modules.search.policies.free_runs import Run, Terms
from hospes.platform.db import Row


class Going:
    """The rounds of a resource, unit by unit; `row` is of `queries.diaries.schedules`."""

    def __init__(self, row: Row, terms: Terms) -> None:
        self._home, self._speed = Place(row["home_latitude"], row["home_longitude"]), float(row["speed_kmh"])
        self._terms, self._units = terms, 0
        self._runs: list[tuple[int, ...]] = []
        self._jobs: list[tuple[int, int, int, float, float]] = []

    def ways_home(self, job: Row) -> list[Span]:
        """When a job at home cannot be: the unit's jobs with the ways to and from them."""
        spans = []
        for start, end, place in self._placed(job):
            way = inventory.travel_seconds(place, self._home, self._speed) if place else 0
            spans.append((start - way, end + way))
        return spans

    def add(self, free: Sequence[Run], job: Row | None) -> None:
        """One more unit: its runs if nobody were ever on the way, and its jobs (a row of `queries.diaries.jobs`)."""
        self._runs += [(*each, self._units) for each in free]
        for start, end, place in self._placed(job) if job else ():
            if place is not None:
                self._jobs.append((start, end, self._units, place.latitude, place.longitude))
        self._units += 1

    def made(self) -> Rounds | None:
        """All of it; None when no job stands anywhere in the way."""
        if not self._jobs:
            return None
        runs = np.array(sorted(self._runs), np.int64).reshape(-1, 4) - (ORIGIN, ORIGIN, ORIGIN, 0)
        jobs = sorted(self._jobs)
        return Rounds(
            runs=runs.astype(np.int32).tobytes(),
            jobs=(np.array([each[:3] for each in jobs], np.int64) - (ORIGIN, ORIGIN, 0)).astype(np.int32).tobytes(),
            places=np.array([each[3:] for each in jobs], np.float64).tobytes(),
            before=self._terms.before,
            after=self._terms.after,
            speed_kmh=self._speed,
        )

    def _placed(self, job: Row) -> Iterator[tuple[int, int, Place | None]]:
        """What is sold without a place of its own is at home, what is only blocked is nowhere."""
        told = (job[name] for name in ("starts", "ends", "sold", "latitudes", "longitudes"))
        for start, end, sold, latitude, longitude in zip(*told, strict=True):
            home = self._home if sold else None
            yield start, end, home if latitude is None else Place(latitude, longitude)
