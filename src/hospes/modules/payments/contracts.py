"""The words of payments: statuses, payments, attempts and methods."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from hospes.platform.money import Money


class PaymentStatus(StrEnum):
    """Where a payment stands; states.py holds the moves between them."""

    AWAITING_METHOD = "awaiting_method"
    PROCESSING = "processing"
    NEEDS_ACTION = "needs_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"


class AttemptStatus(StrEnum):
    """Where one call to a provider stands."""

    RECORDED = "recorded"
    CALLING = "calling"
    NEEDS_ACTION = "needs_action"
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    UNKNOWN = "unknown"
    DEAD = "dead"


class AttemptKind(StrEnum):
    """What the provider is asked for."""

    CHARGE = "charge"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Method:
    """How the payer pays: the provider's token and what may be shown of it. Never card data."""

    token: str
    brand: str = ""
    last4: str = ""

    @property
    def label(self) -> str:
        """`Visa •••• 4242`."""
        return f"{self.brand.title() or 'Card'} •••• {self.last4}" if self.last4 else "Card"

    def as_json(self) -> dict[str, str]:
        """As it is stored."""
        return {"token": self.token, "brand": self.brand, "last4": self.last4}


@dataclass(frozen=True, slots=True)
class Payment:
    """What a booking costs its payer, and how much of it has been taken and given back (minor units)."""

    id: UUID
    booking_id: UUID
    payer_id: UUID
    provider: str
    amount: Money
    captured: int
    refunded: int
    status: PaymentStatus
    failure: str | None
    created_at: datetime
    updated_at: datetime
    version: int

    @property
    def paid(self) -> bool:
        """Whether the whole amount was taken, whatever has been given back since."""
        return self.captured == self.amount.amount

    @property
    def refundable(self) -> Money:
        """What was taken and has not been given back."""
        return Money(self.captured - self.refunded, self.amount.currency)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One thing asked of a provider. Its id is the idempotency key sent along, at every try."""

    id: UUID
    payment_id: UUID
    kind: AttemptKind
    amount: Money
    method: Method
    status: AttemptStatus
    provider_ref: str | None
    target_ref: str | None
    action: dict[str, Any] | None
    reason: str | None
    tries: int
    next_try_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class CardForm:
    """What somebody typed into the sandbox's card form. Lives in memory only."""

    number: str = field(repr=False)
    expiry: str = field(repr=False)
    cvc: str = field(repr=False)
    name: str = field(repr=False)
