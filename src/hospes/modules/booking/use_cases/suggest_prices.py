"""Suggest what nights might cost, from how full they are."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from hospes.modules.booking.policies.restrictions import today_in
from hospes.modules.catalog.contracts import Mode
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import NightState
from hospes.modules.pricing import facade as pricing
from hospes.platform.caller import Caller
from hospes.platform.db import ReadTx

AROUND = timedelta(days=14)
USUAL_FLOOR_BP, USUAL_CEILING_BP = 7_000, 20_000


@dataclass(frozen=True, slots=True)
class SuggestedNight:
    """What a night costs now (for two, without fees and taxes) and might cost, minor units, and why. `sold` from 0 to
    1, None while the host keeps what is left off sale; `own`: it has a price of its own now."""

    day: date
    now: int
    own: bool
    amount: int
    sold: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """Suggestions between `floor` and `ceiling`, minor units of `currency`."""

    currency: str
    floor: int
    ceiling: int
    nights: tuple[SuggestedNight, ...]


async def suggest_prices(
    tx: ReadTx,
    caller: Caller,
    resource_id: UUID,
    first: date,
    last: date,
    *,
    floor: int | None = None,
    ceiling: int | None = None,
    now: datetime,
) -> Suggested:
    """One for each night of [first, last] from today on, of a resource of the caller's that is sold by the night.

    Left out, the floor is 70 % of the usual price and the ceiling 200 %. Raises `RateNotFound` without a price,
    `RateInvalid` for other bounds than a floor up to a ceiling or for more than 400 nights, `WrongMode`.
    """
    sellable = await inventory.get_managed(tx, caller, resource_id, Mode.NIGHTLY)
    rate = await pricing.get_rate(tx, resource_id)
    today = today_in(sellable.zone, now)
    first = max(first, today)
    low = rate.base_amount * USUAL_FLOOR_BP // 10_000 if floor is None else floor
    high = max(low, rate.base_amount * USUAL_CEILING_BP // 10_000) if ceiling is None else ceiling
    if last < first:
        return Suggested(rate.currency, low, high, ())
    span = (first - AROUND, min(last, first + timedelta(days=pricing.MOST_SUGGESTIONS)) + AROUND)
    states = await inventory.calendar(
        tx,
        resource_id,
        pooled=sellable.pooled,
        capacity=sellable.capacity,
        unit_ids=sellable.unit_ids,
        first=max(span[0], today),
        last=span[1],
        now=now,
    )
    sold = {each.night: share for each in states if (share := _sold(each)) is not None}
    found = await pricing.suggest_prices(
        tx, resource_id, first, last, occupancy=sold, floor=low, ceiling=high, today=today
    )
    terms = {each.day: each for each in (await pricing.list_night_terms(tx, [resource_id], first, last))[resource_id]}
    nights = tuple(
        SuggestedNight(
            each.day, terms[each.day].amount, terms[each.day].own, each.amount, sold.get(each.day), each.reason
        )
        for each in found
    )
    return Suggested(rate.currency, low, high, nights)


def _sold(night: NightState) -> float | None:
    """What the host keeps off sale says nothing about demand."""
    return None if night.blocked or not night.capacity else 1 - night.available / night.capacity
