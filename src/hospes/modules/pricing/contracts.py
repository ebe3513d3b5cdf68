"""Pricing's words: the party, a rate with its taxes, plans, rules, restrictions, and a price that explains itself."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

ALL_WEEK = 0b111_1111


@dataclass(frozen=True, slots=True)
class Party:
    """Who comes. Infants sleep in a cot and count neither as guests nor for taxes."""

    adults: int
    children: int = 0
    infants: int = 0
    pets: int = 0

    @property
    def guests(self) -> int:
        """Who needs a bed and pays per-person taxes: adults and children."""
        return self.adults + self.children


class TaxKind(StrEnum):
    """How a tax is counted."""

    PERCENT = "percent"
    PER_PERSON_NIGHT = "per_person_night"


@dataclass(frozen=True, slots=True)
class Tax:
    """`percent`: `bp` basis points of nights and cleaning, contained in them when `included`;
    `per_person_night`: `amount` minor units for each guest and night, always on top. Children younger than
    `exempt_under_age` (whose age is known) do not pay it, nor does anyone after `max_nights` nights."""

    code: str
    name: str
    kind: TaxKind
    bp: int = 0
    amount: int = 0
    included: bool = False
    exempt_under_age: int | None = None
    max_nights: int | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """What a resource costs: minor units of `currency` per night, hour or place, a fee per stay, a service fee in
    basis points. `travel_fee` flat and `travel_per_km` for someone who comes; `child_amount` for a child's place."""

    currency: str
    base_amount: int
    cleaning_fee: int = 0
    service_fee_bp: int = 1200
    taxes: tuple[Tax, ...] = ()
    version: int = 1
    travel_fee: int = 0
    travel_per_km: int = 0
    child_amount: int | None = None


class PlanKind(StrEnum):
    """Standing by itself, or priced from another plan."""

    STANDARD = "standard"
    DERIVED = "derived"


class Meals(StrEnum):
    """What is eaten."""

    NONE = "none"
    BREAKFAST = "breakfast"
    HALF_BOARD = "half_board"
    FULL_BOARD = "full_board"
    ALL_INCLUSIVE = "all_inclusive"


@dataclass(frozen=True, slots=True)
class RefundTier:
    """Cancelling at least `hours_before` hours before the start gives back `refund_bp` basis points."""

    hours_before: int
    refund_bp: int


@dataclass(frozen=True, slots=True)
class RatePlan:
    """One way to buy the same place.

    A derived plan costs what its parent costs, changed by `adjust_bp` (of everything before it) or `adjust_amount` (a
    night), one of the two. `meals_amount` is for each guest and night. `cancellation_policy` None: the listing's own;
    `custom` comes with `tiers`, from the earliest to the latest.
    """

    id: UUID
    resource_id: UUID
    name: str
    code: str
    kind: PlanKind = PlanKind.STANDARD
    parent_id: UUID | None = None
    adjust_bp: int | None = None
    adjust_amount: int | None = None
    meals: Meals = Meals.NONE
    meals_amount: int = 0
    cancellation_policy: str | None = None
    tiers: tuple[RefundTier, ...] | None = None
    active: bool = True
    position: int = 0
    version: int = 1


class RuleKind(StrEnum):
    """What a price depends on."""

    WEEKDAY = "weekday"
    SEASON = "season"
    EXTRA_ADULT = "extra_adult"
    CHILD = "child"
    LENGTH = "length"
    EARLY_BIRD = "early_bird"
    LAST_MINUTE = "last_minute"


@dataclass(frozen=True, slots=True)
class PriceRule:
    """One adjustment: `adjust_bp` (a share) or `adjust_amount` (minor units a night, hour, place or person).

    `weekdays`: bit 0 is Monday. `first` and `last` are inclusive; both None: always. `plan_id` None: every plan.
    weekday, season: for nights that match. extra_adult: for each adult above `above_adults`. child: for each child from
    `from_age` to `to_age` years. length: stays of `min_nights` or more (to `max_nights`). early_bird: booked
    `min_days_ahead` or more; last_minute: `max_days_ahead` or fewer.
    """

    id: UUID
    resource_id: UUID
    kind: RuleKind
    name: str = ""
    plan_id: UUID | None = None
    weekdays: int = ALL_WEEK
    first: date | None = None
    last: date | None = None
    adjust_bp: int | None = None
    adjust_amount: int | None = None
    above_adults: int | None = None
    from_age: int | None = None
    to_age: int | None = None
    min_nights: int | None = None
    max_nights: int | None = None
    min_days_ahead: int | None = None
    max_days_ahead: int | None = None
    position: int = 0
    version: int = 1


@dataclass(frozen=True, slots=True)
class Restriction:
    """What a stay must keep to. A field that is None says nothing; False opens what a wider restriction closes.

    `min_stay`, `max_stay` and `stop_sell` look at every night, `min_stay_on_arrival`, `closed_to_arrival`,
    `min_advance_days` and `max_advance_days` at the day of arrival, `closed_to_departure` at the day of departure.
    """

    id: UUID
    resource_id: UUID
    plan_id: UUID | None = None
    first: date | None = None
    last: date | None = None
    weekdays: int = ALL_WEEK
    min_stay: int | None = None
    max_stay: int | None = None
    min_stay_on_arrival: int | None = None
    closed_to_arrival: bool | None = None
    closed_to_departure: bool | None = None
    stop_sell: bool | None = None
    min_advance_days: int | None = None
    max_advance_days: int | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Sheet:
    """Every plan of a resource, and the rules and restrictions that may touch the days asked for."""

    plans: tuple[RatePlan, ...] = ()
    rules: tuple[PriceRule, ...] = ()
    restrictions: tuple[Restriction, ...] = ()

    def plan(self, plan_id: UUID) -> RatePlan | None:
        """The plan, or None."""
        return next((each for each in self.plans if each.id == plan_id), None)


NO_SHEET = Sheet()


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of a price: `quantity × unit_amount = amount`, except a tax contained in other lines, which has
    `amount` 0 and its worth in `included`. `code`: nights, hours or places; the same with what changes it, such as
    nights:season (below zero for a discount); cleaning, travel, service, tax:<code> (percent) or person_tax:<code>
    (per guest and night). `kind`: discount for what a coupon takes off (`borne_by` host or platform), discount_tax for
    the tax on that, credit for what is paid from the guest's credit, else empty."""

    code: str
    label: str
    quantity: int
    unit_amount: int
    amount: int
    detail: str = ""
    included: int = 0
    kind: str = ""
    borne_by: str = ""

    @property
    def of_the_stay(self) -> bool:
        """Whether this is the price of the nights, hours or places, adjustments with them: no fee, no tax."""
        return self.code.partition(":")[0] in ("nights", "hours", "places")


@dataclass(frozen=True, slots=True)
class Price:
    """What a stay costs, in minor units; the lines' amounts sum to `total`.

    `nights`: each night and its amount before adjustments. `plan_id`, `plan_name`: the plan it is the price of, if any.
    """

    currency: str
    lines: tuple[PriceLine, ...]
    total: int
    nights: tuple[tuple[date, int], ...] = field(default=())
    plan_id: UUID | None = None
    plan_name: str = ""

    def as_json(self) -> dict[str, Any]:
        """The form frozen into holds and bookings, and sent over the wire."""
        plan = {"plan_id": str(self.plan_id), "plan_name": self.plan_name} if self.plan_id else {}
        return {
            "currency": self.currency,
            "total": self.total,
            "lines": [
                {
                    "code": line.code,
                    "label": line.label,
                    "quantity": line.quantity,
                    "unit_amount": line.unit_amount,
                    "amount": line.amount,
                    "detail": line.detail,
                    "included": line.included,
                    **({"kind": line.kind, "borne_by": line.borne_by} if line.kind else {}),
                }
                for line in self.lines
            ],
            "nights": [[night.isoformat(), amount] for night, amount in self.nights],
            **plan,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Price":
        """What `as_json` wrote, now or before there were plans."""
        return cls(
            currency=value["currency"],
            lines=tuple(PriceLine(**line) for line in value["lines"]),
            total=value["total"],
            nights=tuple((date.fromisoformat(night), amount) for night, amount in value["nights"]),
            plan_id=UUID(value["plan_id"]) if value.get("plan_id") else None,
            plan_name=value.get("plan_name", ""),
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan for these dates: its price, or the sentence and code of why not."""

    plan: RatePlan
    price: Price | None
    refusal: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a night might cost, in minor units, and why."""

    day: date
    amount: int
    reason: str


@dataclass(frozen=True, slots=True)
class NightTerms:
    """What holds for one night at the resource's own price, as a host's calendar shows it: minor units for two adults
    without fees and taxes; `own` when the night has a price of its own."""

    day: date
    amount: int
    currency: str
    own: bool = False
    min_stay: int | None = None
    min_stay_on_arrival: int | None = None
    closed_to_arrival: bool = False
    closed_to_departure: bool = False
    stop_sell: bool = False
