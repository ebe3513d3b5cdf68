"""How alike what places say is: a port that `semantic` fills where that extra is installed; else it is empty."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from hospes.platform.db import ReadTx


class Descriptions(Protocol):
    """Compares what places say with each other."""

    on: bool
    """Whether there is something to compare."""

    def ask_alike(self, tx: ReadTx, resource_id: UUID, others: Sequence[UUID]) -> Awaitable[Mapping[UUID, float]]:
        """Of these properties how alike what they say is to the one of this listing (cosine, -1 to 1), without those
        that nothing is known of. Asked along with the next statement."""
        ...
