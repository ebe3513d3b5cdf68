"""What other modules may ask of pricing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from uuid import UUID
from zoneinfo import ZoneInfo

from hospes.modules.pricing import queries
from hospes.modules.pricing.contracts import (
    Offer,
    Party,
    Price,
    PriceRule,
    Rate,
    RatePlan,
    Restriction,
    Suggestion,
)
from hospes.modules.pricing.errors import NoPrice, RateInvalid, RateNotFound, RatePlanNotFound, Restricted
from hospes.modules.pricing.policies.hourly import price_seats, price_span
from hospes.modules.pricing.policies.nightly import price_nights
from hospes.modules.pricing.policies.restricting import check_restrictions
from hospes.modules.pricing.policies.suggesting import Bounds, suggest
from hospes.modules.pricing.queries import RateInDays, RateSheet
from hospes.modules.pricing.use_cases.delete_plan import delete_plan as delete_plan
from hospes.modules.pricing.use_cases.delete_restriction import delete_restriction as delete_restriction
from hospes.modules.pricing.use_cases.delete_rule import delete_rule as delete_rule
from hospes.modules.pricing.use_cases.get_plan import get_plan as get_plan
from hospes.modules.pricing.use_cases.get_restriction import get_restriction as get_restriction
from hospes.modules.pricing.use_cases.get_rule import get_rule as get_rule
from hospes.modules.pricing.use_cases.list_night_terms import list_night_terms as list_night_terms
from hospes.modules.pricing.use_cases.put_plan import put_plan as put_plan
from hospes.modules.pricing.use_cases.put_rate import put_rate as put_rate
from hospes.modules.pricing.use_cases.put_restriction import put_restriction as put_restriction
from hospes.modules.pricing.use_cases.put_rule import put_rule as put_rule
from hospes.modules.pricing.use_cases.set_day_prices import set_day_prices as _set_day_prices
from hospes.platform.db import ReadTx, WriteTx

_NO_PRICE = "The host has not set a price for this yet."
MOST_SUGGESTIONS = 400


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


async def list_plans(tx: ReadTx, resource_id: UUID) -> list[RatePlan]:
    """Every plan of the resource, active or not, in the host's order."""
    return await queries.list_plans(tx, resource_id)


async def list_rules(tx: ReadTx, resource_id: UUID) -> list[PriceRule]:
    """Every price rule of the resource, in the host's order."""
    return await queries.list_rules(tx, resource_id)


async def list_restrictions(tx: ReadTx, resource_id: UUID) -> list[Restriction]:
    """Every restriction of the resource, those without dates first."""
    return await queries.list_restrictions(tx, resource_id)


@dataclass(frozen=True, slots=True)
class PendingPrice:
    """A price whose rate is already on its way from the database (see `begin_price`)."""

    resource_id: UUID
    arrival: date
    departure: date
    _rate: RateInDays
    plan_id: UUID | None = None

    async def of(
        self,
        party: Party,
        *,
        quantity: int = 1,
        today: date | None = None,
        children_ages: Sequence[int] = (),
        enforce: bool = True,
        kept: Mapping[date, int] = MappingProxyType({}),
    ) -> Price:
        """The price for this party; raises `NoPrice`, `RatePlanNotFound`, or the first `Restricted` that refuses.

        `today` in the property's zone; without it nothing that depends on how far ahead one books is looked at.
        `children_ages`: of children whose age is known. `enforce` False prices what restrictions would refuse.
        `kept`: what nights cost that were agreed before, without adjustments.
        """
        found, plan = await self._found()
        if enforce:
            restrictions = found.sheet.restrictions
            check_restrictions(restrictions, self.arrival, self.departure, plan_id=self.plan_id, today=today)
        return price_nights(
            *(found.rate, found.days, self.arrival, self.departure, party),
            quantity=quantity,
            sheet=found.sheet,
            plan=plan,
            children_ages=children_ages,
            today=today,
            kept=kept,
        )

    async def plan(self) -> RatePlan | None:
        """The plan asked for, with its cancellation terms; None when none was. Raises as `of` does."""
        return (await self._found())[1]

    async def _found(self) -> tuple[RateSheet, RatePlan | None]:
        found = await self._rate.get()
        if found is None:
            raise NoPrice(_NO_PRICE)
        if self.plan_id is None:
            return found, None
        plan = found.sheet.plan(self.plan_id)
        if plan is None or not plan.active:
            raise RatePlanNotFound("This rate is not on offer.")
        return found, plan


async def begin_price(
    tx: ReadTx, resource_id: UUID, arrival: date, departure: date, *, plan_id: UUID | None = None
) -> PendingPrice:
    """Ask for what a price needs; the transaction's next question shares the round trip.

    `plan_id` None: the resource's own price, at the listing's own terms.
    """
    rate = await queries.ask_rate_in_days(tx, resource_id, arrival, departure)
    return PendingPrice(resource_id, arrival, departure, rate, plan_id)


async def price_stay(
    tx: ReadTx,
    resource_id: UUID,
    arrival: date,
    departure: date,
    party: Party,
    *,
    plan_id: UUID | None = None,
    today: date | None = None,
    children_ages: Sequence[int] = (),
) -> Price:
    """The explained price of the nights [arrival, departure); raises as `PendingPrice.of`. Availability is not its
    business."""
    pending = await begin_price(tx, resource_id, arrival, departure, plan_id=plan_id)
    return await pending.of(party, today=today, children_ages=children_ages)


async def price_stays(
    tx: ReadTx,
    resource_ids: Collection[UUID],
    arrival: date,
    departure: date,
    party: Party,
    *,
    today: date | None = None,
    children_ages: Sequence[int] = (),
) -> dict[UUID, Price]:
    """What `price_stay` answers for each of these, in one statement; what has no price or is refused is left out."""
    rates = await queries.list_rates_in_days(tx, resource_ids, arrival, departure)
    prices = {}
    for each, found in rates.items():
        try:
            check_restrictions(found.sheet.restrictions, arrival, departure, plan_id=None, today=today)
        except Restricted:
            continue
        prices[each] = price_nights(
            *(found.rate, found.days, arrival, departure, party),
            sheet=found.sheet,
            children_ages=children_ages,
            today=today,
        )
    return prices


async def offers(
    tx: ReadTx,
    resource_id: UUID,
    arrival: date,
    departure: date,
    party: Party,
    *,
    today: date,
    children_ages: Sequence[int] = (),
    quantity: int = 1,
) -> list[Offer]:
    """Every active plan in the host's order, with its price or why not, in one statement. Empty: there are no plans.

    Raises `NoPrice`.
    """
    found = await (await queries.ask_rate_in_days(tx, resource_id, arrival, departure)).get()
    if found is None:
        raise NoPrice(_NO_PRICE)
    made = []
    for plan in found.sheet.plans:
        if not plan.active:
            continue
        try:
            check_restrictions(found.sheet.restrictions, arrival, departure, plan_id=plan.id, today=today)
        except Restricted as refusal:
            made.append(Offer(plan, None, refusal.detail, refusal.code))
            continue
        price = price_nights(
            *(found.rate, found.days, arrival, departure, party),
            quantity=quantity,
            sheet=found.sheet,
            plan=plan,
            children_ages=children_ages,
            today=today,
        )
        made.append(Offer(plan, price))
    return made


async def price_hours(
    tx: ReadTx,
    resource_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    zone: str,
    party: Party,
    *,
    travel_km: float | None = None,
    today: date | None = None,
) -> Price:
    """[starts_at, ends_at), instants, by the hour, minutes pro rata. `travel_km` None: nobody travels.

    Weekday and season rules of the local day it starts apply, and with `today` early bird and last minute. Raises
    `NoPrice`."""
    day = starts_at.astimezone(ZoneInfo(zone)).date()
    found = await _day_rate(tx, resource_id, day)
    return price_span(
        *(found.rate, found.days, starts_at, ends_at, zone, party), travel_km=travel_km, sheet=found.sheet, today=today
    )


async def price_places(
    tx: ReadTx,
    resource_id: UUID,
    departure_day: date,
    party: Party,
    *,
    amount: int | None = None,
    today: date | None = None,
) -> Price:
    """A place for each adult and child on a departure of that day; `amount`: its own price. Raises `NoPrice`."""
    found = await _day_rate(tx, resource_id, departure_day)
    return price_seats(found.rate, found.days, departure_day, party, amount=amount, sheet=found.sheet, today=today)


async def suggest_prices(
    tx: ReadTx,
    resource_id: UUID,
    first: date,
    last: date,
    *,
    occupancy: Mapping[date, float],
    floor: int,
    ceiling: int,
    today: date,
) -> list[Suggestion]:
    """A price for each night of [first, last], between `floor` and `ceiling` minor units, and why.

    `occupancy`: sold share of each night, 0 to 1; nights left out are not known. The formula stands
    in policies/suggesting.py. Raises `NoPrice`, `RateInvalid`.
    """
    if not 0 <= floor <= ceiling:
        raise RateInvalid(fields={"floor": "The lowest price is above the highest, or below zero."})
    if not 0 <= (last - first).days < MOST_SUGGESTIONS:
        raise RateInvalid(fields={"to": f"From 1 to {MOST_SUGGESTIONS} nights at once."})
    found = await (await queries.ask_rate_in_days(tx, resource_id, first, last)).get()
    if found is None:
        raise NoPrice(_NO_PRICE)
    nights = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    return suggest(found.rate, found.sheet, nights, occupancy, Bounds(floor, ceiling), today=today)


async def _day_rate(tx: ReadTx, resource_id: UUID, day: date) -> RateSheet:
    found = await (await queries.ask_rate_in_days(tx, resource_id, day, day + timedelta(days=1))).get()
    if found is None:
        raise NoPrice(_NO_PRICE)
    return found
