"""The wire and form shapes of payments."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from hospes.modules.payments.contracts import (
    AttemptKind,
    AttemptStatus,
    CardForm,
    DeadLetter,
    Dispute,
    DisputeStatus,
    LetterStatus,
    Method,
    Payment,
    PaymentStatus,
    PaymentTerms,
    Purpose,
    SavedMethod,
    Way,
)

Typed = Annotated[str, Field(max_length=200)]
Provider = Annotated[str, Field(pattern=r"^[a-z]{2,20}$", examples=["sandbox"])]


class MoneyOut(BaseModel):
    """Minor units of an ISO 4217 currency."""

    amount: int
    currency: str


class MethodIn(BaseModel):
    """A provider's token, and what may be shown of the card."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[A-Za-z0-9_.:\-]+$")]
    brand: Annotated[str, Field(max_length=30, pattern=r"^[A-Za-z0-9 _\-]*$")] = ""
    last4: Annotated[str, Field(pattern=r"^([0-9]{4})?$")] = ""

    def method(self) -> Method:
        """As the use cases take it."""
        return Method(self.token, self.brand, self.last4)


class ConfirmIn(BaseModel):
    """Pay a booking, or the part `payment_id` of it, with this method or with one you keep."""

    model_config = ConfigDict(extra="forbid")

    booking_id: UUID
    payment_id: UUID | None = None
    method: MethodIn | None = None
    saved_method_id: UUID | None = None
    provider: Provider | None = None
    save: bool = Field(default=False, description="Keep the method for later.")

    @model_validator(mode="after")
    def one_method(self) -> Self:
        """Either a token or a method that is kept."""
        if (self.method is None) == (self.saved_method_id is None):
            raise ValueError("Please give either a method or a saved method.")
        return self


class IntentIn(BaseModel):
    """What is to be paid; `provider`: begin there, with a method chosen on its own page or element."""

    model_config = ConfigDict(extra="forbid")

    booking_id: UUID
    provider: Provider | None = None
    save: bool = False


class SplitIn(BaseModel):
    """The amounts of the shares, minor units, summing to what is to be paid; empty: one payment again."""

    model_config = ConfigDict(extra="forbid")

    booking_id: UUID
    amounts: Annotated[list[Annotated[int, Field(ge=1, le=10**12)]], Field(max_length=4)]


class CardIn(BaseModel):
    """One of the sandbox's test cards. It is turned into a token and forgotten."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    number: Typed = Field(examples=["4242 4242 4242 4242"])
    expiry: Typed = Field(examples=["12/30"])
    cvc: Typed = Field(examples=["123"])
    name: Typed = Field(examples=["Ada Lovelace"])

    def form(self) -> CardForm:
        """As the use cases take it."""
        return CardForm(self.number, self.expiry, self.cvc, self.name)


class TokenOut(BaseModel):
    """Send this as `method` to confirm a payment."""

    token: str
    brand: str
    last4: str


class PaymentOut(BaseModel):
    """A payment, as its payer sees it: all of what is paid for, or one part of it."""

    id: UUID
    booking_id: UUID
    part: int
    purpose: Purpose
    due_at: datetime | None = Field(description="When it is taken; null: now.")
    authorised: int = Field(description="Held and not taken yet, minor units.")
    authorisation_expires_at: datetime | None
    method: str | None = Field(description="What of the kept method may be shown.")
    disputed: bool
    provider: str
    status: PaymentStatus
    amount: MoneyOut
    captured: int
    refunded: int
    failure: str | None
    events: str = Field(description="Server-sent events of this payment.")
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, payment: Payment) -> Self:
        """From the contract."""
        return cls(
            id=payment.id,
            booking_id=payment.booking_id,
            part=payment.part,
            purpose=payment.purpose,
            due_at=payment.due_at,
            authorised=payment.authorised if payment.status is PaymentStatus.AUTHORISED else 0,
            authorisation_expires_at=payment.authorisation_expires_at,
            method=payment.method.label if payment.method else None,
            disputed=payment.disputed,
            provider=payment.provider,
            status=payment.status,
            amount=MoneyOut(amount=payment.amount.amount, currency=payment.amount.currency),
            captured=payment.captured,
            refunded=payment.refunded,
            failure=payment.failure,
            events=f"/api/v1/payments/{payment.booking_id}/events",
            created_at=payment.created_at,
            updated_at=payment.updated_at,
        )


class PaymentsOut(BaseModel):
    """Payments; `next_cursor` null: there are no more."""

    items: list[PaymentOut]
    next_cursor: str | None

    @classmethod
    def of(cls, payments: Sequence[Payment], next_cursor: str | None) -> Self:
        """From the contracts."""
        return cls(items=[PaymentOut.of(each) for each in payments], next_cursor=next_cursor)


class WayOut(BaseModel):
    """A provider; `card_form`: a token is sent to confirm; `at_vendor`: the payer chooses there."""

    provider: str
    kind: Literal["card_form", "at_vendor"]


class SavedMethodOut(BaseModel):
    """A method you keep; the token stays here."""

    id: UUID
    provider: str
    label: str
    brand: str
    last4: str
    created_at: datetime

    @classmethod
    def of(cls, kept: SavedMethod) -> Self:
        """From the contract."""
        return cls(
            id=kept.id,
            provider=kept.provider,
            label=kept.method.label,
            brand=kept.method.brand,
            last4=kept.method.last4,
            created_at=kept.created_at,
        )


class MethodsOut(BaseModel):
    """The methods you keep."""

    items: list[SavedMethodOut]

    @classmethod
    def of(cls, kept: Sequence[SavedMethod]) -> Self:
        """From the contracts."""
        return cls(items=[SavedMethodOut.of(each) for each in kept])


class IntentOut(BaseModel):
    """What is to be paid now, every part of it, how it may be paid, and with what you keep."""

    payment: PaymentOut
    parts: list[PaymentOut]
    ways: list[WayOut]
    methods: list[SavedMethodOut]

    @classmethod
    def of(cls, payment: Payment, parts: Sequence[Payment], ways: list[WayOut], kept: Sequence[SavedMethod]) -> Self:
        """From the contracts."""
        return cls(
            payment=PaymentOut.of(payment),
            parts=[PaymentOut.of(each) for each in parts],
            ways=ways,
            methods=[SavedMethodOut.of(each) for each in kept],
        )


class TermsBody(BaseModel):
    """How a business takes money: `full` at booking, `deposit` and balance for long stays, `authorise` and take after
    check-in, or `at_property`. A damage deposit is authorised at check-in; 0: none."""

    model_config = ConfigDict(extra="forbid")

    way: Way = Way.FULL
    deposit_bp: Annotated[int, Field(ge=500, le=9_500, description="Basis points of the price.")] = 3_000
    long_stay_nights: Annotated[int, Field(ge=0, le=365, description="Deposits are for longer stays.")] = 30
    balance_days: Annotated[int, Field(ge=1, le=180, description="Days before arrival.")] = 14
    grace_days: Annotated[int, Field(ge=1, le=30, description="To pay a balance that failed.")] = 3
    damage_amount: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    damage_currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"

    def terms(self) -> PaymentTerms:
        """As the use cases take it."""
        return PaymentTerms(**self.model_dump())

    @classmethod
    def of(cls, terms: PaymentTerms) -> Self:
        """From the contract."""
        return cls(**asdict(terms))


class NoteIn(BaseModel):
    """Why, in words."""

    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1000)]


class LetterOut(BaseModel):
    """An attempt that machines have given up on."""

    id: UUID
    status: LetterStatus
    reason: str
    attempt_id: UUID
    kind: AttemptKind
    attempt_status: AttemptStatus
    amount: MoneyOut
    provider: str
    payment: PaymentOut
    created_at: datetime
    ended_at: datetime | None
    ended_by: UUID | None
    note: str

    @classmethod
    def of(cls, letter: DeadLetter) -> Self:
        """From the contract."""
        attempt = letter.attempt
        return cls(
            id=letter.id,
            status=letter.status,
            reason=letter.reason,
            attempt_id=attempt.id,
            kind=attempt.kind,
            attempt_status=attempt.status,
            amount=MoneyOut(amount=attempt.amount.amount, currency=attempt.amount.currency),
            provider=attempt.provider,
            payment=PaymentOut.of(letter.payment),
            created_at=letter.created_at,
            ended_at=letter.ended_at,
            ended_by=letter.ended_by,
            note=letter.note,
        )


class LettersOut(BaseModel):
    """Dead letters."""

    items: list[LetterOut]

    @classmethod
    def of(cls, letters: Sequence[DeadLetter]) -> Self:
        """From the contracts."""
        return cls(items=[LetterOut.of(each) for each in letters])


class DisputeOut(BaseModel):
    """A chargeback."""

    id: UUID
    provider: str
    ref: str
    payment_id: UUID
    booking_id: UUID
    amount: MoneyOut
    status: DisputeStatus
    reason: str
    evidence_due: datetime | None
    opened_at: datetime
    closed_at: datetime | None


class DisputesOut(BaseModel):
    """Chargebacks."""

    items: list[DisputeOut]

    @classmethod
    def of(cls, disputes: Sequence[Dispute]) -> Self:
        """From the contracts."""
        return cls(items=[DisputeOut(**{**asdict(each), "amount": each.amount.as_json()}) for each in disputes])


class ReceivedOut(BaseModel):
    """The message was kept; a repeated one is not kept again."""

    received: bool = True
    repeated: bool


class CardFields(BaseModel):
    """The card form of a page; `version` is the payment's when the form was shown, so that it counts once."""

    model_config = ConfigDict(hide_input_in_errors=True)

    number: Typed = ""
    expiry: Typed = ""
    cvc: Typed = ""
    name: Typed = ""
    version: int | None = None
    payment_id: UUID | None = None
    provider: Provider | None = None
    save: Typed = ""

    def form(self) -> CardForm:
        """As the use cases take it."""
        return CardForm(self.number, self.expiry, self.cvc, self.name)


class ChallengeFields(BaseModel):
    """The answer to the bank's question."""

    answer: str = ""


class SavedFields(BaseModel):
    """Which method that is kept."""

    method: UUID
    version: int | None = None
    payment_id: UUID | None = None


class VendorFields(BaseModel):
    """At which provider."""

    provider: Provider
    version: int | None = None
    payment_id: UUID | None = None


class SplitFields(BaseModel):
    """How much is paid with the first method."""

    first: Typed = ""


class TermsFields(BaseModel):
    """How a business takes money, as typed; amounts in major units, shares in percent."""

    way: Way = Way.FULL
    deposit_percent: Typed = "30"
    long_stay_nights: Typed = "30"
    balance_days: Typed = "14"
    grace_days: Typed = "3"
    damage: Typed = "0"
    damage_currency: Typed = "EUR"


class NoteFields(BaseModel):
    """Why, and that it is meant."""

    note: Typed = ""
    sure: Typed = ""
