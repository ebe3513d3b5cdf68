"""How long a professional is on the way: the port, and the estimate that needs nobody."""

from typing import Protocol

from hospes.modules.inventory.contracts import Place
from hospes.modules.inventory.policies.travel import travel_seconds


class TravelTime(Protocol):
    """Answers from memory: it is asked while a transaction is open, and several times for one slot list."""

    def seconds(self, start: Place, end: Place, speed_kmh: float) -> int:
        """Seconds from one place to the other, at least zero; the same both ways."""


class GreatCircle:
    """The great circle at the professional's own speed."""

    def seconds(self, start: Place, end: Place, speed_kmh: float) -> int:
        """Seconds from one place to the other."""
        return travel_seconds(start, end, speed_kmh)


GREAT_CIRCLE = GreatCircle()
