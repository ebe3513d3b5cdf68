"""The wire forms of payouts."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hospes.modules.payouts.contracts import Earning, Finding, Hold, HostBalance, Payout, PayoutAccount, PayoutLine

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]


Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class MoneyOut(BaseModel):
    """Minor units."""

    amount: int
    currency: str


class BalanceOut(BaseModel):
    """What is owed in a currency, in minor units; `available` below zero is carried forward."""

    currency: str
    available: int
    pending: int
    on_hold: int
    on_its_way: int
    next_at: datetime | None


class AccountOut(BaseModel):
    """Where a business is paid to: not_started, opening, due or enabled; what is due, and where to give it."""

    status: str
    provider: str | None = None
    due: list[str] = []
    url: str = ""


class BalancesOut(BaseModel):
    """By currency, and the account."""

    items: list[BalanceOut]
    account: AccountOut


class PayoutLineOut(BaseModel):
    """What of a payout is for a booking; null: left over or owed from before."""

    booking_id: UUID | None
    reference: str
    amount: int
    taxes: int


class PayoutOut(BaseModel):
    """A transfer to a business."""

    id: UUID
    business_id: UUID
    amount: MoneyOut
    taxes: int
    status: str
    provider: str
    reason: str | None
    created_at: datetime
    paid_at: datetime | None
    lines: list[PayoutLineOut] = []


class PayoutsOut(BaseModel):
    """A page, the latest first."""

    items: list[PayoutOut]
    next_cursor: str | None


class ShareLineOut(BaseModel):
    """Why: a step of what a booking earns."""

    label: str
    amount: int


class EarningOut(BaseModel):
    """What a booking earns its host, and of that what is paid out."""

    booking_id: UUID
    reference: str
    currency: str
    earned: int
    taxes: int
    paid_out: int
    available_at: datetime
    on_hold: bool
    lines: list[ShareLineOut]


class EarningsOut(BaseModel):
    """A page, the latest first."""

    items: list[EarningOut]
    next_cursor: str | None


class AccountIn(BaseModel):
    """What a provider needs to open an account."""

    model_config = ConfigDict(extra="forbid")
    email: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
    country: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
    details: dict[
        Annotated[str, StringConstraints(max_length=50)], Annotated[str, StringConstraints(max_length=200)]
    ] = {}


class HoldIn(BaseModel):
    """Keep the money of a booking back, or of a whole business."""

    model_config = ConfigDict(extra="forbid")
    business_id: UUID
    booking_id: UUID | None = None
    reason: Reason


class HoldOut(BaseModel):
    """Money that is not paid out for now."""

    id: UUID
    business_id: UUID
    booking_id: UUID | None
    kind: str
    reason: str
    placed_at: datetime


class HoldsOut(BaseModel):
    """Those in place."""

    items: list[HoldOut]


class CommissionIn(BaseModel):
    """Basis points of what the host gets."""

    model_config = ConfigDict(extra="forbid")
    commission_bp: int = Field(ge=0, le=10_000)


class ResolveIn(BaseModel):
    """What came of it."""

    model_config = ConfigDict(extra="forbid")
    note: Reason


class FindingOut(BaseModel):
    """Where a provider's books and ours do not agree, in minor units."""

    id: UUID
    provider: str
    name: str
    movement: str
    kind: str
    currency: str
    ours: int | None
    theirs: int | None
    at: datetime
    found_at: datetime
    resolved_at: datetime | None
    note: str


class ComparisonOut(BaseModel):
    """When a provider's books were last compared, and how many movements agreed."""

    provider: str
    compared_at: datetime
    since: datetime
    until: datetime
    matched: int


class ReconciliationOut(BaseModel):
    """Comparisons and the differences they found."""

    comparisons: list[ComparisonOut]
    items: list[FindingOut]


def balance_out(each: HostBalance) -> BalanceOut:
    """A balance."""
    return BalanceOut(
        currency=each.currency,
        available=each.available,
        pending=each.pending,
        on_hold=each.on_hold,
        on_its_way=each.on_its_way,
        next_at=each.next_at,
    )


def account_out(each: PayoutAccount | None) -> AccountOut:
    """An account, or that there is none."""
    if each is None:
        return AccountOut(status="not_started")
    return AccountOut(status=each.status, provider=each.provider, due=list(each.due), url=each.url)


def payout_out(each: Payout, lines: list[PayoutLine] | None = None) -> PayoutOut:
    """A payout and what it is made of."""
    return PayoutOut(
        id=each.id,
        business_id=each.business_id,
        amount=MoneyOut(amount=each.amount.amount, currency=each.amount.currency),
        taxes=each.taxes,
        status=each.status,
        provider=each.provider,
        reason=each.reason,
        created_at=each.created_at,
        paid_at=each.paid_at,
        lines=[
            PayoutLineOut(booking_id=line.booking_id, reference=line.reference, amount=line.amount, taxes=line.taxes)
            for line in lines or ()
        ],
    )


def earning_out(each: Earning) -> EarningOut:
    """An earning with its reasons."""
    return EarningOut(
        booking_id=each.booking_id,
        reference=each.reference,
        currency=each.currency,
        earned=each.earned,
        taxes=each.taxes,
        paid_out=each.paid_out,
        available_at=each.available_at,
        on_hold=each.held,
        lines=[ShareLineOut(label=line.label, amount=line.amount) for line in each.lines],
    )


def hold_out(each: Hold) -> HoldOut:
    """A hold."""
    return HoldOut(
        id=each.id,
        business_id=each.business_id,
        booking_id=each.booking_id,
        kind=each.kind,
        reason=each.reason,
        placed_at=each.placed_at,
    )


def finding_out(each: Finding) -> FindingOut:
    """A difference."""
    return FindingOut(**{name: getattr(each, name) for name in FindingOut.model_fields})
