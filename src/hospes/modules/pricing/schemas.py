"""Pricing on the wire."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from hospes.modules.pricing.contracts import (
    ALL_WEEK,
    Meals,
    PlanKind,
    PriceRule,
    Rate,
    RatePlan,
    RefundTier,
    Restriction,
    RuleKind,
    Tax,
    TaxKind,
)

Amount = Annotated[int, Field(ge=0, le=100_000_000_000, strict=True, description="Minor units.")]
BasisPoints = Annotated[int, Field(ge=0, le=10_000, strict=True)]
Change = Annotated[int, Field(ge=-(10**12), le=10**12, strict=True)]
Count = Annotated[int, Field(ge=0, le=100_000, strict=True)]
Age = Annotated[int, Field(ge=1, le=18, strict=True)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Weekdays = Annotated[
    list[Weekday] | None, Field(min_length=1, max_length=7, description="Left out: every day of the week.")
]
_WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TaxBody(_In):
    """`percent` takes `bp` (basis points) and `included`; `per_person_night` takes `amount`, and may spare children
    under `exempt_under_age` and nights after `max_nights`."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,30}$")]
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    kind: TaxKind
    bp: BasisPoints = 0
    amount: Amount = 0
    included: bool = False
    exempt_under_age: Age | None = None
    max_nights: Annotated[int, Field(ge=1, le=365, strict=True)] | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "TaxBody":
        if self.kind is TaxKind.PERCENT and self.amount:
            raise ValueError("A percent tax has bp, not amount.")
        if self.kind is TaxKind.PERCENT and (self.exempt_under_age, self.max_nights) != (None, None):
            raise ValueError("Only a tax per person and night spares children or nights.")
        if self.kind is TaxKind.PER_PERSON_NIGHT and (self.bp or self.included):
            raise ValueError("A tax per person and night has amount, neither bp nor included.")
        return self


class RateIn(_In):
    """Minor units of `currency`; fees and taxes as contracts.Rate explains them."""

    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    base_amount: Amount
    cleaning_fee: Amount = 0
    service_fee_bp: BasisPoints = 1200
    taxes: Annotated[list[TaxBody], Field(max_length=10)] = []
    travel_fee: Amount = 0
    travel_per_km: Amount = 0
    child_amount: Amount | None = None

    def rate(self) -> Rate:
        """As the core speaks of it."""
        return Rate(**self.model_dump(exclude={"taxes"}), taxes=tuple(Tax(**each.model_dump()) for each in self.taxes))


class RateOut(BaseModel):
    """The rate as stored."""

    currency: str
    base_amount: int
    cleaning_fee: int
    service_fee_bp: int
    taxes: list[TaxBody]
    travel_fee: int
    travel_per_km: int
    child_amount: int | None
    version: int

    @classmethod
    def of(cls, rate: Rate) -> "RateOut":
        """From the core's rate."""
        return cls(
            currency=rate.currency,
            base_amount=rate.base_amount,
            cleaning_fee=rate.cleaning_fee,
            service_fee_bp=rate.service_fee_bp,
            taxes=[TaxBody(**asdict(tax)) for tax in rate.taxes],
            travel_fee=rate.travel_fee,
            travel_per_km=rate.travel_per_km,
            child_amount=rate.child_amount,
            version=rate.version,
        )


class DayPrice(_In):
    """A night and its amount; null goes back to the base price."""

    day: Day
    amount: Amount | None


class DayPricesIn(_In):
    """Single nights that cost something else."""

    prices: Annotated[list[DayPrice], Field(min_length=1, max_length=1000)]


class DayPricesOut(BaseModel):
    """Nights with a price of their own."""

    currency: str
    items: list[DayPrice]


class TierBody(_In):
    """Cancelling at least so many hours before the start gives back so many basis points."""

    hours_before: Annotated[int, Field(ge=0, le=8760, strict=True)]
    refund_bp: BasisPoints


class RatePlanIn(_In):
    """A way to buy the place. `derived` takes `parent_id` and one of `adjust_bp` and `adjust_amount` (a night)."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,30}$")]
    kind: PlanKind = PlanKind.STANDARD
    parent_id: UUID | None = None
    adjust_bp: Change | None = None
    adjust_amount: Change | None = None
    meals: Meals = Meals.NONE
    meals_amount: Amount = 0
    cancellation_policy: Literal["flexible", "moderate", "strict", "non_refundable", "custom"] | None = None
    tiers: Annotated[list[TierBody], Field(max_length=6)] | None = None
    active: bool = True
    position: Count = 0

    def plan(self, plan_id: UUID, resource_id: UUID) -> RatePlan:
        """As the core speaks of it."""
        tiers = None if self.tiers is None else tuple(RefundTier(**each.model_dump()) for each in self.tiers)
        return RatePlan(id=plan_id, resource_id=resource_id, **self.model_dump(exclude={"tiers"}), tiers=tiers)


class RatePlanOut(RatePlanIn):
    """The plan as stored."""

    id: UUID
    version: int

    @classmethod
    def of(cls, plan: RatePlan) -> "RatePlanOut":
        """From the core's plan."""
        return cls.model_validate({name: value for name, value in asdict(plan).items() if name != "resource_id"})


class RatePlansOut(BaseModel):
    """Every plan of a resource."""

    items: list[RatePlanOut]


class _OnDays(_In):
    plan_id: UUID | None = None
    weekdays: Weekdays = None
    first: Day | None = None
    last: Day | None = None

    def mask(self) -> int:
        """The weekdays as bits, Monday the lowest."""
        return ALL_WEEK if self.weekdays is None else sum(1 << _WEEK.index(each) for each in set(self.weekdays))


def _days_of(mask: int) -> list[Weekday] | None:
    return None if mask == ALL_WEEK else [day for bit, day in enumerate(_WEEK) if mask >> bit & 1]


class PriceRuleIn(_OnDays):
    """One of `adjust_bp` and `adjust_amount`, and what `kind` needs; `first` and `last` are both within."""

    kind: RuleKind
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    adjust_bp: Change | None = None
    adjust_amount: Change | None = None
    above_adults: Count | None = None
    from_age: Count | None = None
    to_age: Count | None = None
    min_nights: Count | None = None
    max_nights: Count | None = None
    min_days_ahead: Count | None = None
    max_days_ahead: Count | None = None
    position: Count = 0

    def rule(self, rule_id: UUID, resource_id: UUID) -> PriceRule:
        """As the core speaks of it."""
        values = self.model_dump(exclude={"weekdays"})
        return PriceRule(id=rule_id, resource_id=resource_id, weekdays=self.mask(), **values)


class PriceRuleOut(PriceRuleIn):
    """The rule as stored."""

    id: UUID
    version: int

    @classmethod
    def of(cls, rule: PriceRule) -> "PriceRuleOut":
        """From the core's rule."""
        values = {name: value for name, value in asdict(rule).items() if name != "resource_id"}
        return cls.model_validate({**values, "weekdays": _days_of(rule.weekdays)})


class PriceRulesOut(BaseModel):
    """Every price rule of a resource."""

    items: list[PriceRuleOut]


class RestrictionIn(_OnDays):
    """What is left out says nothing; false opens what a wider restriction closes."""

    min_stay: Count | None = None
    max_stay: Count | None = None
    min_stay_on_arrival: Count | None = None
    closed_to_arrival: bool | None = None
    closed_to_departure: bool | None = None
    stop_sell: bool | None = None
    min_advance_days: Count | None = None
    max_advance_days: Count | None = None

    def restriction(self, restriction_id: UUID, resource_id: UUID) -> Restriction:
        """As the core speaks of it."""
        values = self.model_dump(exclude={"weekdays"})
        return Restriction(id=restriction_id, resource_id=resource_id, weekdays=self.mask(), **values)


class RestrictionOut(RestrictionIn):
    """The restriction as stored."""

    id: UUID
    version: int

    @classmethod
    def of(cls, restriction: Restriction) -> "RestrictionOut":
        """From the core's restriction."""
        values = {name: value for name, value in asdict(restriction).items() if name != "resource_id"}
        return cls.model_validate({**values, "weekdays": _days_of(restriction.weekdays)})


class RestrictionsOut(BaseModel):
    """Every restriction of a resource."""

    items: list[RestrictionOut]
