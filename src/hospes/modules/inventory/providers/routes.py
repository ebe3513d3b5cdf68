"""How long the way by road is: the port to a service that knows roads."""

from collections.abc import Sequence
from math import ceil, isfinite
from typing import Any, Protocol

import orjson

from hospes.modules.inventory.contracts import Place
from hospes.modules.inventory.policies.travel import distance_km
from hospes.platform.outgoing import AddressRefused, NoAnswer, Outgoing

FASTEST_KMH = 300.0
LONGEST_SECONDS = 24 * 3600
MAX_BYTES = 500_000


class NoRoutes(Exception):
    """There is no answer that can be used; the message says why."""


class Routes(Protocol):
    """A service that is asked over the network, never while a transaction is open."""

    async def seconds(self, starts: Sequence[Place], end: Place) -> list[int | None]:
        """The way from each of the starts, in whole minutes as seconds; None where it knows no way. At most
        `most` starts. Raises `NoRoutes`."""

    @property
    def most(self) -> int:
        """How many starts may be asked at once."""


async def asked(outgoing: Outgoing, url: str) -> Any:
    """What a service answers, read as JSON; raises `NoRoutes` when it does not answer, or not in JSON."""
    try:
        answer = await outgoing.fetch(url, headers={"Accept": "application/json"}, max_bytes=MAX_BYTES)
        return orjson.loads(answer.body)
    except (AddressRefused, NoAnswer, orjson.JSONDecodeError) as fault:
        raise NoRoutes(str(fault)) from fault


def plausible(said: Any, start: Place, end: Place) -> int | None:
    """What a service said of a way, up to the next minute; None for what cannot be (nobody drives at 300 km/h)."""
    if isinstance(said, bool) or not isinstance(said, int | float) or not isfinite(said):
        return None
    if not 0 <= said <= LONGEST_SECONDS or distance_km(start, end) > FASTEST_KMH * (said + 60) / 3600:
        return None
    return ceil(said / 60) * 60
