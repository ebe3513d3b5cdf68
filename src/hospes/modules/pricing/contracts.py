"""Pricing's words: the party, a rate with its taxes, and a price that explains itself."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


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
    `per_person_night`: `amount` minor units for each guest and night, always on top."""

    code: str
    name: str
    kind: TaxKind
    bp: int = 0
    amount: int = 0
    included: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    """What a resource costs: minor units of `currency` per night, a fee per stay, a service fee in basis points."""

    currency: str
    base_amount: int
    cleaning_fee: int = 0
    service_fee_bp: int = 1200
    taxes: tuple[Tax, ...] = ()
    version: int = 1


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of a price: `quantity × unit_amount = amount`, except a tax contained in other lines, which has
    `amount` 0 and its worth in `included`. `code`: nights, cleaning, service, tax:<code> (percent) or
    person_tax:<code> (per guest and night)."""

    code: str
    label: str
    quantity: int
    unit_amount: int
    amount: int
    detail: str = ""
    included: int = 0


@dataclass(frozen=True, slots=True)
class Price:
    """What a stay costs, in minor units; the lines' amounts sum to `total`. `nights`: each night and its amount."""

    currency: str
    lines: tuple[PriceLine, ...]
    total: int
    nights: tuple[tuple[date, int], ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """The form frozen into holds and bookings, and sent over the wire."""
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
                }
                for line in self.lines
            ],
            "nights": [[night.isoformat(), amount] for night, amount in self.nights],
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Price":
        """What `as_json` wrote."""
        return cls(
            currency=value["currency"],
            lines=tuple(PriceLine(**line) for line in value["lines"]),
            total=value["total"],
            nights=tuple((date.fromisoformat(night), amount) for night, amount in value["nights"]),
        )
