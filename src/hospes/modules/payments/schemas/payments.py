"""Payments, as they are told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from hospes.modules.payments.contracts import Payment, PaymentStatus, Purpose, SavedMethod
from hospes.modules.payments.schemas.fields import MoneyOut
from hospes.modules.payments.schemas.methods import SavedMethodOut


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
