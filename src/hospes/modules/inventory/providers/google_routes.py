"""Ways by road from Google's Distance Matrix API (the web service, driving, without traffic)."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from hospes.modules.inventory.contracts import Place
from hospes.modules.inventory.providers.routes import NoRoutes, asked, plausible
from hospes.platform.outgoing import Outgoing

BASE = "https://maps.googleapis.com"
MOST = 25  # origins in one request


class GoogleRoutes:
    """Needs a key for which the Distance Matrix API is switched on."""

    most = MOST

    def __init__(self, key: str, outgoing: Outgoing, base: str = BASE) -> None:
        self._key, self._outgoing, self._base = key, outgoing, base.rstrip("/")

    async def seconds(self, starts: Sequence[Place], end: Place) -> list[int | None]:
        """The way from each of the starts; raises `NoRoutes`."""
        query = urlencode(
            {
                "origins": "|".join(map(_point, starts)),
                "destinations": _point(end),
                "mode": "driving",
                "units": "metric",
                "key": self._key,
            }
        )
        url = f"{self._base}/maps/api/distancematrix/json?{query}"
        return _read(await asked(self._outgoing, url), starts, end)


def _read(said: Any, starts: Sequence[Place], end: Place) -> list[int | None]:
    status = said.get("status") if isinstance(said, dict) else None
    if status != "OK":
        raise NoRoutes(f"Google answered with status {str(status)[:60]}.")
    rows = said.get("rows")
    if not isinstance(rows, list) or len(rows) != len(starts):
        raise NoRoutes("Google answered for other places than were asked.")
    return [plausible(_duration(row), start, end) for row, start in zip(rows, starts, strict=True)]


def _duration(row: Any) -> Any:
    """Of the one destination, where there is a way (`OK`, not `ZERO_RESULTS` and others)."""
    elements = row.get("elements") if isinstance(row, dict) else None
    element = elements[0] if isinstance(elements, list) and len(elements) == 1 else None
    if not isinstance(element, dict) or element.get("status") != "OK":
        return None
    duration = element.get("duration")
    return duration.get("value") if isinstance(duration, dict) else None


def _point(place: Place) -> str:
    return f"{place.latitude:.5f},{place.longitude:.5f}"
