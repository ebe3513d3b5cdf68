"""What other modules may ask of pricing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from hospes.modules.pricing import queries
from hospes.modules.pricing.contracts import Party, Price, Rate
from hospes.modules.pricing.errors import NoPrice, RateNotFound
from hospes.modules.pricing.policies.nightly import price_nights
from hospes.modules.pricing.queries import RateInDays
from hospes.modules.pricing.use_cases.put_rate import put_rate as put_rate
from hospes.modules.pricing.use_cases.set_day_prices import set_day_prices as _set_day_prices
from hospes.platform.db import ReadTx, WriteTx


async def find_rate(tx: ReadTx, resource_id: UUID) -> Rate | None:
    """What the resource costs, or None while nothing is set."""
    return await queries.find_rate(tx, resource_id)


async def get_rate(tx: ReadTx, resource_id: UUID) -> Rate:
    """What the resource costs; raises `RateNotFound`."""
    rate = await queries.find_rate(tx, resource_id)
    if rate is None:
        raise RateNotFound("This has no price yet.")
    return rate


async def set_day_prices(tx: WriteTx, resource_id: UUID, prices: Mapping[date, int | None], *, now: datetime) -> None:
    """Set the price of single nights; None goes back to the base price. Raises `RateNotFound`, `RateInvalid`."""
    await _set_day_prices(tx, resource_id, prices, now=now)


async def day_prices(tx: ReadTx, resource_id: UUID, first: date, last: date) -> dict[date, int]:
    """The nights in [first, last] that have a price of their own."""
    return await queries.list_day_prices(tx, resource_id, first, last)


@dataclass(frozen=True, slots=True)
class PendingPrice:
    """A price whose rate is already on its way from the database (see `begin_price`)."""

    resource_id: UUID
    arrival: date
    departure: date
    _rate: RateInDays

    async def of(self, party: Party, *, quantity: int = 1) -> Price:
        """The price for this party; raises `NoPrice`."""
        found = await self._rate.get()
        if found is None:
            raise NoPrice("The host has not set a price for this yet.")
        rate, days = found
        return price_nights(rate, days, self.arrival, self.departure, party, quantity=quantity)


async def begin_price(tx: ReadTx, resource_id: UUID, arrival: date, departure: date) -> PendingPrice:
    """Send for what a price needs; inside `tx.pipeline()` other questions share the round trip."""
    return PendingPrice(
        resource_id, arrival, departure, await queries.ask_rate_in_days(tx, resource_id, arrival, departure)
    )


async def price_stay(tx: ReadTx, resource_id: UUID, arrival: date, departure: date, party: Party) -> Price:
    """The explained price of the nights [arrival, departure); raises `NoPrice`. Availability is not its business."""
    return await (await begin_price(tx, resource_id, arrival, departure)).of(party)


async def price_stays(
    tx: ReadTx, resource_ids: Collection[UUID], arrival: date, departure: date, party: Party
) -> dict[UUID, Price]:
    """What `price_stay` answers for each of these, in one statement; what has no price is left out."""
    rates = await queries.list_rates_in_days(tx, resource_ids, arrival, departure)
    return {each: price_nights(rate, days, arrival, departure, party) for each, (rate, days) in rates.items()}
