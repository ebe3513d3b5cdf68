"""Ways by road from an OSRM server (its table service, profile `driving`), usually one of the operator's own."""

from collections.abc import Sequence
from typing import Any

from hospes.modules.inventory.contracts import Place
from hospes.modules.inventory.providers.routes import NoRoutes, asked, plausible
from hospes.platform.outgoing import Outgoing

MOST = 90  # a server takes 100 places at once unless told otherwise


class OsrmRoutes:
    """`base` is the address of the server, such as http://osrm:5000."""

    most = MOST

    def __init__(self, base: str, outgoing: Outgoing) -> None:
        self._base, self._outgoing = base.rstrip("/"), outgoing

    async def seconds(self, starts: Sequence[Place], end: Place) -> list[int | None]:
        """The way from each of the starts; raises `NoRoutes`."""
        points = ";".join(f"{each.longitude:.5f},{each.latitude:.5f}" for each in (end, *starts))
        sources = ";".join(str(place) for place in range(1, len(starts) + 1))
        url = (
            f"{self._base}/table/v1/driving/{points}"
            f"?sources={sources}&destinations=0&annotations=duration&generate_hints=false"
        )
        return _read(await asked(self._outgoing, url), starts, end)


def _read(said: Any, starts: Sequence[Place], end: Place) -> list[int | None]:
    code = said.get("code") if isinstance(said, dict) else None
    if code != "Ok":
        raise NoRoutes(f"OSRM answered with code {str(code)[:60]}.")
    rows = said.get("durations")
    if not isinstance(rows, list) or len(rows) != len(starts):
        raise NoRoutes("OSRM answered for other places than were asked.")
    return [
        plausible(row[0] if isinstance(row, list) and len(row) == 1 else None, start, end)
        for row, start in zip(rows, starts, strict=True)
    ]
