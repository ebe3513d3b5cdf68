"""What the ledger asks of a source of exchange rates."""

from typing import Protocol

from hospes.modules.ledger.contracts import Rate


class RateSource(Protocol):
    """Quotes rates; each says its source and day."""

    async def rates(self) -> list[Rate]:
        """What it quotes now; raises `RatesUnreadable`."""
        ...
