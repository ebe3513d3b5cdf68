"""Rates from a file that an operator has fetched; needs no network."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from hospes.modules.ledger.contracts import Rate
from hospes.modules.ledger.errors import RatesUnreadable
from hospes.modules.ledger.policies.ecb import read_ecb


@dataclass(frozen=True, slots=True)
class EcbFile:
    """A file as the European Central Bank publishes it."""

    path: Path

    async def rates(self) -> list[Rate]:
        """Every rate in it; raises `RatesUnreadable`."""
        try:
            raw = await asyncio.to_thread(self.path.read_bytes)
        except OSError as fault:
            raise RatesUnreadable(f"{self.path} cannot be opened: {fault.strerror}.") from fault
        return read_ecb(raw)
