"""What a price is made of, as coupons see it, and what they make of it. Knows nothing of price lines."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from hospes.modules.promotions.contracts.coupons import Discount


@dataclass(frozen=True, slots=True)
class Bill:
    """Minor units of `currency`: `stay` the nights, hours or places with what changes them, two fees, and the total
    with taxes. `nights` is 0 for hours and departures of one day."""

    currency: str
    stay: int
    service: int
    cleaning: int
    total: int
    nights: int = 0


@dataclass(frozen=True, slots=True)
class Asking:
    """Who wants to use coupons for what. `has_booked` answers whether they have a booking that counts already."""

    user_id: UUID | None
    business_id: UUID
    property_id: UUID
    resource_kind: str
    bill: Bill
    has_booked: Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Reduction:
    """What one coupon takes off (`amount` above zero), of the stay, the service or the cleaning fee."""

    discount: Discount
    target: str
    amount: int
    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class Spending:
    """What is used for a price: coupons that were found good, and credit in minor units."""

    discounts: tuple[Discount, ...] = ()
    credit: int = 0
