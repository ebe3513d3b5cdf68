"""The words of invoices: sellers, buyers, documents and what is printed on them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from hospes.platform.money import Money


class Kind(StrEnum):
    """What a document is. A receipt says that money was received; the others say what a booking costs."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    RECEIPT = "receipt"


class IssueAt(StrEnum):
    """When a business writes its invoices: once a booking is confirmed and paid, or once the guest has left."""

    CONFIRMATION = "confirmation"
    CHECK_OUT = "check_out"


@dataclass(frozen=True, slots=True)
class Seller:
    """A business as its documents name it. `country` in two letters; `version` 0: not said yet."""

    business_id: UUID
    legal_name: str
    street: str
    postcode: str
    city: str
    country: str
    tax_id: str = ""
    footer: str = ""
    issue_at: IssueAt = IssueAt.CONFIRMATION
    version: int = 0


@dataclass(frozen=True, slots=True)
class Buyer:
    """Whom a booking's documents are made out to. `country` in two letters, or empty."""

    name: str
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    tax_id: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line, in minor units: `amount` is charged, `included` is a tax contained in other lines' amounts."""

    code: str
    label: str
    amount: int
    detail: str = ""
    quantity: int = 1
    unit_amount: int = 0
    included: int = 0

    @property
    def is_tax(self) -> bool:
        """Whether it is a tax, on top or contained."""
        return self.code.startswith(("tax:", "person_tax:"))

    @property
    def tax(self) -> int:
        """How much of it is tax."""
        return (self.amount if self.is_tax else 0) + self.included


@dataclass(frozen=True, slots=True)
class Address:
    """A name and the lines below it."""

    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """All that is printed. `facts`: names and values; `payments`: what and how much (below zero: to be taken off);
    `refers_to` the number of the invoice that a credit note is about; `reason` why it was written."""

    seller: Address
    buyer: Address
    lines: tuple[Line, ...]
    facts: tuple[tuple[str, str], ...] = ()
    payments: tuple[tuple[str, int], ...] = ()
    refers_to: str = ""
    reason: str = ""
    footer: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """An issued document; nothing of it ever changes. `code` is its number as printed: INV-2026-00001."""

    id: UUID
    kind: Kind
    business_id: UUID
    booking_id: UUID
    year: int
    number: int
    code: str
    step: int
    refers_to: UUID | None
    about: UUID | None
    currency: str
    net: int
    tax: int
    total: int
    issued_on: date
    issued_at: datetime
    content: Content = field(repr=False)

    @property
    def amount(self) -> Money:
        """What it comes to."""
        return Money(self.total, self.currency)
