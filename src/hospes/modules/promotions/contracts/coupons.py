"""Coupons, what they take off, and their uses."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class CouponKind(StrEnum):
    """percent: of the nights, hours or places; amount: so much of them; fee: a share of one fee."""

    PERCENT = "percent"
    AMOUNT = "amount"
    FEE = "fee"


class Fee(StrEnum):
    """What a fee coupon makes smaller."""

    SERVICE = "service"
    CLEANING = "cleaning"


class Bearer(StrEnum):
    """Whose income a coupon makes smaller."""

    PLATFORM = "platform"
    HOST = "host"


class CouponStatus(StrEnum):
    """Only an active coupon can be used; one that has ended stays so."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class UseStatus(StrEnum):
    """reserved: by a hold or an unpaid booking; redeemed: by a confirmed booking; released: given back."""

    RESERVED = "reserved"
    REDEEMED = "redeemed"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Discount:
    """What a coupon takes off, frozen into a booking: later edits of the coupon do not touch it."""

    coupon_id: UUID
    code: str
    kind: CouponKind
    borne_by: Bearer
    percent_bp: int | None = None
    amount: int | None = None
    cap: int | None = None
    fee: Fee | None = None
    name: str = ""
    first_booking_only: bool = False

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        return {
            "coupon_id": str(self.coupon_id),
            "code": self.code,
            "kind": str(self.kind),
            "borne_by": str(self.borne_by),
            "percent_bp": self.percent_bp,
            "amount": self.amount,
            "cap": self.cap,
            "fee": str(self.fee) if self.fee else None,
            "name": self.name,
            "first_booking_only": self.first_booking_only,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Discount":
        """What `as_json` wrote."""
        said = {
            "coupon_id": UUID(value["coupon_id"]),
            "kind": CouponKind(value["kind"]),
            "borne_by": Bearer(value["borne_by"]),
            "fee": Fee(value["fee"]) if value["fee"] else None,
        }
        return cls(**{**value, **said})


@dataclass(frozen=True, slots=True)
class Coupon:
    """A code and its conditions. Amounts are minor units of `currency`; `ends_at` is exclusive. What is None does not
    limit. `used` may count uses that have run out and were not swept yet."""

    id: UUID
    code: str
    kind: CouponKind
    borne_by: Bearer
    starts_at: datetime
    name: str = ""
    percent_bp: int | None = None
    amount: int | None = None
    cap: int | None = None
    currency: str | None = None
    fee: Fee | None = None
    combinable: bool = False
    ends_at: datetime | None = None
    business_id: UUID | None = None
    property_id: UUID | None = None
    resource_kind: str | None = None
    user_id: UUID | None = None
    first_booking_only: bool = False
    minimum_total: int | None = None
    minimum_nights: int | None = None
    per_user_limit: int | None = 1
    global_limit: int | None = None
    used: int = 0
    status: CouponStatus = CouponStatus.ACTIVE
    source: str = "admin"
    version: int = 1

    @property
    def discount(self) -> Discount:
        """What it takes off."""
        return Discount(
            coupon_id=self.id,
            code=self.code.upper(),
            kind=self.kind,
            borne_by=self.borne_by,
            percent_bp=self.percent_bp,
            amount=self.amount,
            cap=self.cap,
            fee=self.fee,
            name=self.name,
            first_booking_only=self.first_booking_only,
        )


@dataclass(frozen=True, slots=True)
class Usage:
    """How often a coupon was used, as counted from its uses; `taken_off` minor units by currency."""

    reserved: int
    redeemed: int
    released: int
    taken_off: dict[str, int]


@dataclass(frozen=True, slots=True)
class Owned:
    """A coupon of somebody's, and whether they can still use it."""

    coupon: Coupon
    times_used: int
    usable: bool


@dataclass(frozen=True, slots=True)
class CouponBox:
    """What somebody can pay less with: credit in minor units, and coupons of their own that are not used."""

    credit: int
    coupons: tuple[Coupon, ...]


@dataclass(frozen=True, slots=True)
class CouponUse:
    """One use; `owner_id` is the hold or the booking."""

    id: UUID
    coupon_id: UUID
    user_id: UUID
    owner_id: UUID
    status: UseStatus
    amount: int
    currency: str
    created_at: datetime
