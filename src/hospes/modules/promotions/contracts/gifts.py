"""What is given without being asked for: rules, campaigns, referrals."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from hospes.modules.promotions.contracts.coupons import Fee

TRIGGERS = {
    "signup": "Somebody signs up",
    "email_verified": "Somebody verifies their email address",
    "profile_complete": "A profile is 80 % complete",
    "first_hosting": "A host's first booking is confirmed",
    "birthday": "It is somebody's birthday",
    "booking_completed": "A stay ends",
    "referral_friend": "A friend's first stay ends: for the friend",
    "referral_referrer": "A friend's first stay ends: for who invited them",
}
AUDIENCES = {"everyone": "Everyone", "guests": "Guests", "hosts": "Hosts", "admins": "Admins"}


class GiftKind(StrEnum):
    """A coupon of three kinds, or credit."""

    PERCENT = "percent"
    AMOUNT = "amount"
    FEE = "fee"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Gift:
    """What is given: a coupon for one use by one person, or credit, for `valid_days`.

    `amounts`: minor units by currency, the first being for whoever has none of the others. `cap`: of percent, the same
    way."""

    kind: GiftKind
    valid_days: int
    percent_bp: int | None = None
    amounts: dict[str, int] = field(default_factory=dict)
    fee: Fee | None = None
    first_booking_only: bool = False
    combinable: bool = False
    minimum_nights: int | None = None

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        return {
            "kind": str(self.kind),
            "valid_days": self.valid_days,
            "percent_bp": self.percent_bp,
            "amounts": [[currency, amount] for currency, amount in self.amounts.items()],  # JSON objects have no order
            "fee": str(self.fee) if self.fee else None,
            "first_booking_only": self.first_booking_only,
            "combinable": self.combinable,
            "minimum_nights": self.minimum_nights,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Gift":
        """What `as_json` wrote."""
        fee, amounts = value.get("fee"), dict(value.get("amounts", []))
        kind = GiftKind(value["kind"])
        return cls(**{**value, "kind": kind, "amounts": amounts, "fee": Fee(fee) if fee else None})


@dataclass(frozen=True, slots=True)
class TriggerRule:
    """What happens when something happens; `monthly`: at most so many to one person a month."""

    name: str
    active: bool
    gives: Gift
    monthly: int | None
    version: int


class CampaignStatus(StrEnum):
    """A scheduled campaign runs from its day on until everybody has got it, or its last day is over."""

    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A gift for many; `reached` is the last person who got it, `given` how many did."""

    id: UUID
    name: str
    audience: str
    country: str | None
    gives: Gift
    starts_at: datetime
    ends_at: datetime
    status: CampaignStatus = CampaignStatus.SCHEDULED
    reached: UUID | None = None
    given: int = 0
    version: int = 1


class ReferralStatus(StrEnum):
    """joined: the friend has an account; rewarded: their first stay has ended; refused: it was abuse."""

    JOINED = "joined"
    REWARDED = "rewarded"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Referral:
    """A friend somebody has brought."""

    id: UUID
    referrer_id: UUID
    friend_id: UUID
    status: ReferralStatus
    reason: str
    created_at: datetime
    updated_at: datetime
