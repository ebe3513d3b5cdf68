"""Who has a place: a port, since inventory knows owners of claims but neither bookings nor people."""

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from hospes.platform.db import ReadTx


class GuestNames(Protocol):
    """Anything that tells who is behind bookings."""

    async def __call__(self, tx: ReadTx, booking_ids: Sequence[UUID]) -> Mapping[UUID, str]:
        """Name and reference by booking; those it does not know are left out."""


async def nobody(tx: ReadTx, booking_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Without bookings nobody has a name."""
    return {}


def guest_names() -> GuestNames:
    """Who is asked; the application puts booking in its place."""
    return nobody
