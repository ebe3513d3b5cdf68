"""Travel times by road, learnt before a transaction is opened and answered from memory while it is.

What was learnt only ever makes a way longer than the great circle at the professional's own speed: booking decides by
the great circle, so that nothing is offered here that would be refused there.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from time import monotonic

import structlog

from hospes.modules.inventory.contracts import Place
from hospes.modules.inventory.policies.travel import distance_km, travel_seconds
from hospes.modules.inventory.providers.google_routes import BASE, GoogleRoutes
from hospes.modules.inventory.providers.osrm_routes import OsrmRoutes
from hospes.modules.inventory.providers.routes import NoRoutes, Routes
from hospes.platform.outgoing import Outgoing
from hospes.platform.settings import Settings

log = structlog.get_logger(__name__)
PATIENCE_SECONDS = 1.5  # a guest waits for this
KEPT_SECONDS = 3600.0
REST_SECONDS = 30.0  # after a failure nobody is asked for as long
MOST_KEPT = 20_000
Pair = tuple[Place, Place]


class RoadTimes:
    """Ways that a routing service has told within the last hour, the great circle for all others."""

    def __init__(
        self, routes: Routes, *, patience: float = PATIENCE_SECONDS, clock: Callable[[], float] = monotonic
    ) -> None:
        self._routes, self._patience, self._clock = routes, patience, clock
        self._known: OrderedDict[Pair, tuple[float, int]] = OrderedDict()
        self._rest_until = float("-inf")

    def seconds(self, start: Place, end: Place, speed_kmh: float) -> int:
        """Seconds from one place to the other, the same both ways; as long as the great circle takes, or longer."""
        asked_at, way = self._known.get(_pair(start, end), (float("-inf"), 0))
        return max(travel_seconds(start, end, speed_kmh), way if asked_at > self._clock() - KEPT_SECONDS else 0)

    async def learn(self, starts: Sequence[Place], end: Place) -> None:
        """Ask about the ways that are not known yet. Nothing is raised: what is not learnt is estimated."""
        now = self._clock()
        wanted = [each for each in dict.fromkeys(starts) if self._unknown(each, end, now)]
        if not wanted or now < self._rest_until:
            return
        wanted = wanted[: self._routes.most]
        try:
            async with asyncio.timeout(self._patience):
                found = await self._routes.seconds(wanted, end)
        except (NoRoutes, TimeoutError) as fault:
            self._rest_until = now + REST_SECONDS
            log.warning("travel.no_routes", error=str(fault) or "no answer in time")
            return
        for start, seconds in zip(wanted, found, strict=True):
            self._known[_pair(start, end)] = (now, seconds or 0)
        while len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)

    def _unknown(self, start: Place, end: Place, now: float) -> bool:
        asked_at = self._known.get(_pair(start, end), (float("-inf"), 0))[0]
        return asked_at <= now - KEPT_SECONDS and distance_km(start, end) >= 0.1


def open_road_times(settings: Settings, outgoing: Outgoing | None = None) -> RoadTimes | None:
    """As set in `location.travel`; None: the great circle alone.

    Google is asked on the public internet only; an OSRM server may stand in the operator's own network."""
    said = settings.location
    if said.travel == "google":
        base = said.google_base or BASE
        return RoadTimes(GoogleRoutes(said.google_key.get_secret_value(), outgoing or Outgoing(), base))
    if said.travel == "osrm":
        return RoadTimes(OsrmRoutes(said.osrm_url, outgoing or Outgoing(allows=lambda _: True)))
    return None


def _pair(start: Place, end: Place) -> Pair:
    return (start, end) if (start.latitude, start.longitude) <= (end.latitude, end.longitude) else (end, start)
