"""The words of payouts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from hospes.platform.money import Money


class PayoutStatus(StrEnum):
    """recorded: to be sent; calling: on its way out; unknown: the answer was lost; failed: back on the balance."""

    RECORDED = "recorded"
    CALLING = "calling"
    UNKNOWN = "unknown"
    PAID = "paid"
    FAILED = "failed"


class AccountStatus(StrEnum):
    """opening: the provider has not been asked yet; due: it wants to know more; enabled: it pays."""

    OPENING = "opening"
    DUE = "due"
    ENABLED = "enabled"


@dataclass(frozen=True, slots=True)
class ShareLine:
    """A step of an allocation, for the host to read: what, and how much of it is theirs (minor units)."""

    label: str
    amount: int


@dataclass(frozen=True, slots=True)
class Shares:
    """Who gets what of what is kept of a price, in minor units; `promotions` is below zero where the platform pays.

    host + taxes + fees + promotions + rounding = kept. `lines` explain the host's."""

    host: int = 0
    taxes: int = 0
    fees: int = 0
    promotions: int = 0
    rounding: int = 0
    lines: tuple[ShareLine, ...] = ()

    @property
    def kept(self) -> int:
        """What they sum to."""
        return self.host + self.taxes + self.fees + self.promotions + self.rounding


@dataclass(frozen=True, slots=True)
class Earning:
    """What a booking earns: `earned` for the host and `taxes` to hand on, of which `paid_out` is in payouts."""

    booking_id: UUID
    business_id: UUID
    reference: str
    currency: str
    commission_bp: int
    earned: int
    taxes: int
    paid_out: int
    taxes_out: int
    lines: tuple[ShareLine, ...]
    available_at: datetime
    confirmed_at: datetime
    held: bool = False

    @property
    def due(self) -> int:
        """What is not in a payout yet; below zero when too much is."""
        return self.earned + self.taxes - self.paid_out


@dataclass(frozen=True, slots=True)
class HostBalance:
    """What a business is owed in a currency (minor units): `available` may be below zero and is carried forward;
    `pending` waits for its day or for the guest to pay, `on_hold` for a person, `on_its_way` for the provider."""

    currency: str
    available: int
    pending: int
    on_hold: int
    on_its_way: int
    next_at: datetime | None = None

    @property
    def total(self) -> int:
        """All that is owed."""
        return self.available + self.pending + self.on_hold + self.on_its_way


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """What of a payout is for one booking; without one: what was left over or owed from before."""

    booking_id: UUID | None
    reference: str
    amount: int
    taxes: int


@dataclass(frozen=True, slots=True)
class Payout:
    """A transfer to a business. Its id is the key sent along, at every try."""

    id: UUID
    business_id: UUID
    amount: Money
    taxes: int
    provider: str
    account_ref: str
    status: PayoutStatus
    provider_ref: str | None
    reason: str | None
    tries: int
    next_try_at: datetime | None
    created_at: datetime
    updated_at: datetime
    paid_at: datetime | None


@dataclass(frozen=True, slots=True)
class PayoutAccount:
    """Where a business is paid to; `due` says in plain words what the provider still wants, at `url`."""

    business_id: UUID
    id: UUID
    provider: str
    email: str
    country: str
    details: dict[str, str]
    ref: str | None
    status: AccountStatus
    due: tuple[str, ...]
    url: str
    checked_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """Money that is not paid out for now: of a booking, or of a whole business."""

    id: UUID
    business_id: UUID
    booking_id: UUID | None
    kind: str
    reason: str
    placed_at: datetime
    released_at: datetime | None


@dataclass(frozen=True, slots=True)
class Finding:
    """Where a provider's books and ours do not agree; amounts in minor units, None where there is nothing."""

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
