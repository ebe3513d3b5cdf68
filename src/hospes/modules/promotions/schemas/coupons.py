"""Coupons, their uses, and credit."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from hospes.modules.catalog.contracts import Kind
from hospes.modules.promotions.contracts import (
    Balance,
    Bearer,
    Coupon,
    CouponKind,
    CouponStatus,
    CouponUse,
    CreditLot,
    Fee,
    Owned,
    Usage,
    WalletEntry,
)
from hospes.modules.promotions.policies.stacking import words
from hospes.platform.money import Money

Amount = Annotated[int, Field(ge=1, le=10**12, strict=True)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
Currency = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
Count = Annotated[int, Field(ge=1, le=1_000_000, strict=True)]
Percent = Annotated[int, Field(ge=1, le=10_000, strict=True, description="Basis points: 1000 is 10 %.")]


class InModel(BaseModel):
    """What has a field nobody knows is refused."""

    model_config = ConfigDict(extra="forbid")


class MoneyOut(BaseModel):
    """Minor units of an ISO 4217 currency."""

    amount: int
    currency: str

    @classmethod
    def of(cls, amount: int, currency: str) -> "MoneyOut":
        """As JSON."""
        return cls(amount=amount, currency=currency)


class CouponIn(InModel):
    """A coupon; what is left out does not limit. `amount`, `cap` and `minimum_total` are in `currency`."""

    kind: CouponKind
    name: Name = ""
    percent_bp: Percent | None = None
    amount: Amount | None = None
    cap: Amount | None = None
    currency: Currency | None = None
    fee: Fee | None = None
    combinable: bool = False
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    property_id: UUID | None = None
    resource_kind: Kind | None = None
    first_booking_only: bool = False
    minimum_total: Amount | None = None
    minimum_nights: Annotated[int, Field(ge=1, le=365, strict=True)] | None = None
    per_user_limit: Count | None = 1
    global_limit: Count | None = None
    status: CouponStatus = CouponStatus.ACTIVE

    def values(self, now: datetime) -> dict[str, Any]:
        """The columns they set."""
        kind = str(self.resource_kind) if self.resource_kind else None
        fields = CouponIn.model_fields.keys() - {"code", "borne_by", "business_id", "user_id"}
        said = {name: getattr(self, name) for name in fields}
        return {**said, "resource_kind": kind, "starts_at": self.starts_at or now}


class NewCouponIn(CouponIn):
    """A new coupon of a business, which bears it."""

    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=40)]


class AdminCouponIn(NewCouponIn):
    """A new coupon of the platform; `borne_by` host only for one business."""

    borne_by: Bearer = Bearer.PLATFORM
    business_id: UUID | None = None
    user_id: UUID | None = None


class CouponOut(BaseModel):
    """A coupon. `words`: what it takes off."""

    id: UUID
    code: str
    words: str
    name: str
    kind: CouponKind
    borne_by: Bearer
    percent_bp: int | None
    amount: int | None
    cap: int | None
    currency: str | None
    fee: Fee | None
    combinable: bool
    starts_at: datetime
    ends_at: datetime | None
    business_id: UUID | None
    property_id: UUID | None
    resource_kind: str | None
    user_id: UUID | None
    first_booking_only: bool
    minimum_total: int | None
    minimum_nights: int | None
    per_user_limit: int | None
    global_limit: int | None
    status: CouponStatus
    source: str
    version: int

    @classmethod
    def of(cls, coupon: Coupon) -> "CouponOut":
        """As JSON."""
        said = {name: getattr(coupon, name) for name in cls.model_fields if name != "words"}
        return cls(**{**said, "words": words(coupon.discount, coupon.currency)[0]})


class UsageOut(BaseModel):
    """Uses by what became of them, and what was taken off in all."""

    reserved: int
    redeemed: int
    released: int
    taken_off: list[MoneyOut]

    @classmethod
    def of(cls, usage: Usage) -> "UsageOut":
        """As JSON."""
        taken = [MoneyOut.of(amount, currency) for currency, amount in sorted(usage.taken_off.items())]
        return cls(reserved=usage.reserved, redeemed=usage.redeemed, released=usage.released, taken_off=taken)


class CouponWithUsageOut(CouponOut):
    """A coupon and how often it was used."""

    usage: UsageOut

    @classmethod
    def with_usage(cls, coupon: Coupon, usage: Usage) -> "CouponWithUsageOut":
        """As JSON."""
        return cls(**CouponOut.of(coupon).model_dump(), usage=UsageOut.of(usage))


class CouponsOut(BaseModel):
    """A page of coupons."""

    items: list[CouponWithUsageOut]
    next_cursor: str | None


class OwnedOut(CouponOut):
    """A coupon of the caller's own; `usable` now."""

    usable: bool

    @classmethod
    def owned(cls, owned: Owned) -> "OwnedOut":
        """As JSON."""
        return cls(**CouponOut.of(owned.coupon).model_dump(), usable=owned.usable)


class OwnedPageOut(BaseModel):
    """A page of the caller's own coupons."""

    items: list[OwnedOut]
    next_cursor: str | None


class UseOut(BaseModel):
    """One use of a coupon; `owner_id` is the hold or the booking."""

    id: UUID
    user_id: UUID
    owner_id: UUID
    status: str
    amount: MoneyOut
    created_at: datetime

    @classmethod
    def of(cls, use: CouponUse) -> "UseOut":
        """As JSON."""
        return cls(
            id=use.id,
            user_id=use.user_id,
            owner_id=use.owner_id,
            status=str(use.status),
            amount=MoneyOut.of(use.amount, use.currency),
            created_at=use.created_at,
        )


class UsesOut(BaseModel):
    """A page of uses."""

    items: list[UseOut]
    next_cursor: str | None


class BalanceOut(BaseModel):
    """What can be spent; `expiring` of it runs out at `expires_at`."""

    amount: MoneyOut
    expiring: MoneyOut
    expires_at: datetime | None

    @classmethod
    def of(cls, balance: Balance) -> "BalanceOut":
        """As JSON."""
        return cls(
            amount=MoneyOut.of(balance.amount, balance.currency),
            expiring=MoneyOut.of(balance.expiring, balance.currency),
            expires_at=balance.expires_at,
        )


class EntryOut(BaseModel):
    """A movement of credit: above zero more, below less."""

    id: UUID
    at: datetime
    kind: str
    amount: MoneyOut
    about: UUID | None
    note: str

    @classmethod
    def of(cls, entry: WalletEntry) -> "EntryOut":
        """As JSON."""
        money = MoneyOut.of(entry.amount, entry.currency)
        return cls(id=entry.id, at=entry.at, kind=entry.kind, amount=money, about=entry.about, note=entry.note)


class WalletOut(BaseModel):
    """What the caller can spend, and a page of its movements."""

    balances: list[BalanceOut]
    items: list[EntryOut]
    next_cursor: str | None


class CreditIn(InModel):
    """Credit for somebody, with our compliments."""

    user_id: UUID
    amount: Amount
    currency: Currency
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    expires_at: AwareDatetime | None = None
    about: UUID | None = None

    def money(self) -> Money:
        """What is given."""
        return Money(self.amount, self.currency)


class CreditOut(BaseModel):
    """Credit that was given."""

    id: UUID
    user_id: UUID
    amount: MoneyOut
    expires_at: datetime | None
    note: str

    @classmethod
    def of(cls, lot: CreditLot) -> "CreditOut":
        """As JSON."""
        money = MoneyOut.of(lot.amount, lot.currency)
        return cls(id=lot.id, user_id=lot.user_id, amount=money, expires_at=lot.expires_at, note=lot.note)
