"""Which places say what somebody asks for: a port that a module above fills, where the extra is installed."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from hospes.modules.search.contracts.asking import Box


class Likeness(Protocol):
    """Compares what is asked for with what places say."""

    on: bool
    """Whether there is something to compare with."""

    async def nearest(
        self, text: str, *, among: Sequence[UUID] | None = None, box: Box | None = None, most: int
    ) -> list[UUID]:
        """Properties that say most alike, the best first: of `among` if given, else of those in the box. Raises
        `SemanticUnavailable`."""
        ...
