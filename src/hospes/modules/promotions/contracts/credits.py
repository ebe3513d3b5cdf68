"""Credit: money given to somebody to spend here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

HOST_FUND = "host:"


def fund_of(business_id: UUID | None) -> str:
    """Whose expense goodwill is: a business's, or without one the platform's."""
    return "goodwill" if business_id is None else f"{HOST_FUND}{business_id}"


@dataclass(frozen=True, slots=True)
class CreditLot:
    """Credit given at once. What runs out first is spent first, then the oldest."""

    id: UUID
    user_id: UUID
    currency: str
    amount: int
    left_over: int
    expires_at: datetime | None
    reason: str
    note: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Balance:
    """What somebody can spend in a currency (minor units), and how much of it runs out next, and when."""

    currency: str
    amount: int
    expiring: int = 0
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WalletEntry:
    """One movement: above zero more credit, below less. `about` is the booking, where there is one."""

    id: UUID
    at: datetime
    kind: str
    amount: int
    currency: str
    about: UUID | None
    note: str
