"""Say what nights of a resource cost, under which terms, and whether they are free."""

from datetime import date, datetime
from uuid import UUID

from hospes.modules.booking.contracts import Nights, Party, Quote, Wish
from hospes.modules.booking.use_cases.quote_wish import quote_wish
from hospes.platform.db import ReadTx


async def quote_stay(
    tx: ReadTx, *, resource_id: UUID, arrival: date, departure: date, party: Party, now: datetime
) -> Quote:
    """The quote of one place at the listing's own price; raises what `quote_wish` raises."""
    return await quote_wish(tx, Wish(resource_id, Nights(arrival, departure), party), now=now)
