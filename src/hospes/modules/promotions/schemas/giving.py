"""Gifts, rules, campaigns and friends."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from hospes.modules.promotions.contracts import (
    Campaign,
    CampaignStatus,
    Fee,
    Gift,
    GiftKind,
    Referral,
    TriggerRule,
)
from hospes.modules.promotions.schemas.coupons import Amount, Currency, InModel, Name, Percent


class GiftIn(InModel):
    """What is given: a coupon of one's own, or credit. `amounts`: minor units by currency."""

    kind: GiftKind
    valid_days: Annotated[int, Field(ge=1, le=3650, strict=True)]
    percent_bp: Percent | None = None
    amounts: Annotated[dict[Currency, Amount], Field(max_length=50, default_factory=dict)]
    fee: Fee | None = None
    first_booking_only: bool = False
    combinable: bool = False
    minimum_nights: Annotated[int, Field(ge=1, le=365, strict=True)] | None = None

    def gift(self) -> Gift:
        """As the core speaks of it."""
        return Gift(**{name: getattr(self, name) for name in GiftIn.model_fields})

    @classmethod
    def of(cls, gift: Gift) -> "GiftIn":
        """As JSON."""
        return cls(**{name: getattr(gift, name) for name in cls.model_fields})


class RuleIn(InModel):
    """What a trigger gives from now on; `version` as it was read."""

    active: bool
    gives: GiftIn
    monthly: Annotated[int, Field(ge=1, le=1000, strict=True)] | None = None
    version: int

    def rule(self, name: str) -> TriggerRule:
        """As the core speaks of it."""
        return TriggerRule(name, self.active, self.gives.gift(), self.monthly, self.version)


class RuleOut(BaseModel):
    """What a trigger gives."""

    name: str
    active: bool
    gives: GiftIn
    monthly: int | None
    version: int

    @classmethod
    def of(cls, rule: TriggerRule) -> "RuleOut":
        """As JSON."""
        gives = GiftIn.of(rule.gives)
        return cls(name=rule.name, active=rule.active, gives=gives, monthly=rule.monthly, version=rule.version)


class RulesOut(BaseModel):
    """Every rule."""

    items: list[RuleOut]


class CampaignIn(InModel):
    """A gift for many, between two moments. `audience`: everyone, guests, hosts or admins."""

    name: Name
    audience: Annotated[str, Field(max_length=20)] = "guests"
    country: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")] | None = None
    gives: GiftIn
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    paused: bool = False
    version: int = 1

    def campaign(self, campaign_id: UUID, status: CampaignStatus = CampaignStatus.SCHEDULED) -> Campaign:
        """As the core speaks of it."""
        if self.paused:
            status = CampaignStatus.PAUSED
        elif status is CampaignStatus.PAUSED:
            status = CampaignStatus.SCHEDULED
        return Campaign(
            id=campaign_id,
            name=self.name,
            audience=self.audience,
            country=self.country,
            gives=self.gives.gift(),
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            status=status,
            version=self.version,
        )


class CampaignOut(BaseModel):
    """A campaign; `given` so far."""

    id: UUID
    name: str
    audience: str
    country: str | None
    gives: GiftIn
    starts_at: datetime
    ends_at: datetime
    status: str
    given: int
    version: int

    @classmethod
    def of(cls, campaign: Campaign) -> "CampaignOut":
        """As JSON."""
        said = {name: getattr(campaign, name) for name in cls.model_fields}
        return cls(**{**said, "gives": GiftIn.of(campaign.gives), "status": str(campaign.status)})


class CampaignsOut(BaseModel):
    """A page of campaigns."""

    items: list[CampaignOut]
    next_cursor: str | None


class ReferralOut(BaseModel):
    """A friend the caller has brought: joined, rewarded or refused (`reason`)."""

    id: UUID
    friend: str
    status: str
    reason: str
    created_at: datetime

    @classmethod
    def of(cls, referral: Referral, friend: str) -> "ReferralOut":
        """As JSON; only the friend's first name is told."""
        status = str(referral.status)
        return cls(id=referral.id, friend=friend, status=status, reason=referral.reason, created_at=referral.created_at)


class ReferralsOut(BaseModel):
    """The caller's code and link, and a page of friends."""

    code: str
    link: str
    items: list[ReferralOut]
    next_cursor: str | None
