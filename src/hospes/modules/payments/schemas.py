"""The wire and form shapes of payments."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from hospes.modules.payments.contracts import CardForm, Method, Payment, PaymentStatus

Typed = Annotated[str, Field(max_length=200)]


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
    """Pay a booking with this method."""

    model_config = ConfigDict(extra="forbid")

    booking_id: UUID
    method: MethodIn


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
    """A payment, as its payer sees it."""

    id: UUID
    booking_id: UUID
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

    def form(self) -> CardForm:
        """As the use cases take it."""
        return CardForm(self.number, self.expiry, self.cvc, self.name)


class ChallengeFields(BaseModel):
    """The answer to the bank's question."""

    answer: str = ""
