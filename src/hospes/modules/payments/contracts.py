"""The words of payments: statuses, payments, attempts and methods."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from hospes.platform.money import Money


class PaymentStatus(StrEnum):
    """Where a payment stands; states.py holds the moves between them."""

    SCHEDULED = "scheduled"
    AWAITING_METHOD = "awaiting_method"
    PROCESSING = "processing"
    NEEDS_ACTION = "needs_action"
    AUTHORISED = "authorised"
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
    AUTHORISE = "authorise"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"


class Purpose(StrEnum):
    """What a part of a payment is for."""

    FULL = "full"
    DEPOSIT = "deposit"
    BALANCE = "balance"
    SHARE = "share"
    DAMAGE_DEPOSIT = "damage_deposit"
    EXTRA = "extra"


class Way(StrEnum):
    """How a business takes money."""

    FULL = "full"
    DEPOSIT = "deposit"
    AUTHORISE = "authorise"
    AT_PROPERTY = "at_property"


class DisputeStatus(StrEnum):
    """Where a chargeback stands."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class LetterStatus(StrEnum):
    """What became of a dead letter."""

    OPEN = "open"
    REPLAYED = "replayed"
    RESOLVED = "resolved"


AT_PROPERTY = "property"  # the provider of what guests pay at the desk: nobody is called


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """How a business takes money.

    `deposit_bp` of the price is taken at booking of stays longer than `long_stay_nights`, the rest `balance_days`
    before arrival; a balance that fails has `grace_days`. `damage_amount` (minor units of `damage_currency`, 0: none)
    is authorised at check-in."""

    way: Way = Way.FULL
    deposit_bp: int = 3_000
    long_stay_nights: int = 30
    balance_days: int = 14
    grace_days: int = 3
    damage_amount: int = 0
    damage_currency: str = "EUR"

    @property
    def plain(self) -> bool:
        """Whether everything is simply paid at booking."""
        return self.way is Way.FULL and not self.damage_amount


PAID_AT_BOOKING = PaymentTerms()


@dataclass(frozen=True, slots=True)
class Part:
    """One part of what is to be paid, as planned; `due_at` None: now."""

    purpose: Purpose
    amount: int
    due_at: datetime | None = None
    manual: bool = False
    provider: str | None = None
    grace_days: int = 0


@dataclass(frozen=True, slots=True)
class Method:
    """How the payer pays: the provider's token and what may be shown of it. Never card data.

    `fingerprint`: the provider's mark of the card or account, the same whoever pays with it; from the moment its answer
    is settled a keyed hash of that (policies/marks.py)."""

    token: str
    brand: str = ""
    last4: str = ""
    fingerprint: str = field(default="", compare=False)

    @property
    def label(self) -> str:
        """`Visa •••• 4242`."""
        return f"{self.brand.title() or 'Card'} •••• {self.last4}" if self.last4 else "Card"

    def as_json(self) -> dict[str, str]:
        """As it is stored."""
        mark = {"fingerprint": self.fingerprint} if self.fingerprint else {}
        return {"token": self.token, "brand": self.brand, "last4": self.last4, **mark}


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
    purpose: Purpose = Purpose.FULL
    part: int = 1
    due_at: datetime | None = None
    manual: bool = False
    authorised: int = 0
    authorisation_expires_at: datetime | None = None
    business_id: UUID | None = None
    method: Method | None = None
    customer: str | None = None
    disputed: bool = False
    tries: int = 0
    lapses_at: datetime | None = None
    release_at: datetime | None = None
    keeps_method: bool = False
    honoured_until: datetime | None = None
    renewal_refused_at: datetime | None = None

    @property
    def wants_renewal(self) -> bool:
        """Whether its payer is asked for another method: what is authorised stands, but will not be renewed."""
        return self.status is PaymentStatus.AUTHORISED and self.renewal_refused_at is not None

    @property
    def paid(self) -> bool:
        """Whether the whole amount was taken, whatever has been given back since."""
        return self.captured == self.amount.amount

    @property
    def of_the_price(self) -> bool:
        """Whether it is part of what the booking costs; a damage deposit is not."""
        return self.purpose is not Purpose.DAMAGE_DEPOSIT

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
    provider: str
    fee: int | None = None
    save: bool = False
    off_session: bool = False

    @property
    def takes(self) -> bool:
        """Whether it asks for the payer's money, at once or later."""
        return self.kind in (AttemptKind.CHARGE, AttemptKind.AUTHORISE)

    @property
    def renews(self) -> bool:
        """Whether it makes the provider sure again of what is authorised."""
        return self.kind is AttemptKind.AUTHORISE and self.target_ref is not None


@dataclass(frozen=True, slots=True)
class Held:
    """An attempt with its payment and every part of what is paid for, as they are locked."""

    payment: Payment
    attempt: Attempt
    parts: tuple[Payment, ...]

    @property
    def siblings(self) -> tuple[Payment, ...]:
        """The other parts."""
        return tuple(each for each in self.parts if each.id != self.payment.id)


@dataclass(frozen=True, slots=True)
class SavedMethod:
    """A method the payer wants kept: the provider's token, and what may be shown."""

    id: UUID
    user_id: UUID
    provider: str
    method: Method
    customer: str | None
    created_at: datetime
    is_default: bool = False


class SavingStatus(StrEnum):
    """Where a method stands that is to be kept without paying."""

    ASKED = "asked"
    NEEDS_ACTION = "needs_action"
    KEPT = "kept"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Saving:
    """A method that is to be kept without paying; its id is the key sent to the provider. `first`: offered first."""

    id: UUID
    user_id: UUID
    provider: str
    method: Method
    status: SavingStatus
    ref: str | None
    action: dict[str, Any] | None
    reason: str | None
    first: bool
    method_id: UUID | None
    created_at: datetime
    updated_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether its provider may still say something new."""
        return self.status in (SavingStatus.ASKED, SavingStatus.NEEDS_ACTION)


@dataclass(frozen=True, slots=True)
class Dispute:
    """A payer has told their bank that they did not want this; the amount is what the bank takes back."""

    id: UUID
    provider: str
    ref: str
    payment_id: UUID
    booking_id: UUID
    amount: Money
    status: DisputeStatus
    reason: str
    evidence_due: datetime | None
    opened_at: datetime
    closed_at: datetime | None


class AnswerStatus(StrEnum):
    """Where what is said against a dispute stands; it is given to the provider once."""

    DRAFT = "draft"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something our books know of what was paid for. `name`: service, dates, terms, rules, agreed, guest, email, mail,
    stay, paid, refunded, invoice."""

    name: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A document that goes along, such as the invoice as application/pdf."""

    name: str
    type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class DisputeAnswer:
    """What is said against a dispute. `left_out`: facts that are not attached; `facts`: what was, once it was sent."""

    dispute_id: UUID
    key: UUID
    status: AnswerStatus
    words: str
    left_out: tuple[str, ...]
    facts: tuple[Fact, ...]
    reason: str | None
    tries: int
    submitted_at: datetime | None
    updated_at: datetime
    version: int

    @property
    def may_change(self) -> bool:
        """Whether it was not given to the provider yet, or the provider has refused it."""
        return self.status in (AnswerStatus.DRAFT, AnswerStatus.REFUSED)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An attempt that machines have given up on."""

    id: UUID
    payment: Payment
    attempt: Attempt
    reason: str
    status: LetterStatus
    created_at: datetime
    ended_at: datetime | None
    ended_by: UUID | None
    note: str


@dataclass(frozen=True, slots=True)
class CardForm:
    """What somebody typed into the sandbox's card form. Lives in memory only."""

    number: str = field(repr=False)
    expiry: str = field(repr=False)
    cvc: str = field(repr=False)
    name: str = field(repr=False)
