"""Disputes."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hospes.modules.payments.contracts import AnswerStatus, Dispute, DisputeAnswer, DisputeStatus, Fact
from hospes.modules.payments.schemas.fields import MoneyOut


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


class AnswerIn(BaseModel):
    """What is said against a dispute; `left_out`: names of facts that are not to be attached."""

    model_config = ConfigDict(extra="forbid")

    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5_000)]
    left_out: Annotated[list[Annotated[str, StringConstraints(max_length=20)]], Field(max_length=20)] = []


class FactOut(BaseModel):
    """Something our books know of what was paid for."""

    name: str
    label: str
    text: str


class AnswerOut(BaseModel):
    """What is said against a dispute. `facts`: what was attached, once it was submitted; `reason`: why the provider
    refuses it."""

    status: AnswerStatus
    words: str
    left_out: list[str]
    facts: list[FactOut]
    reason: str | None
    submitted_at: datetime | None
    updated_at: datetime

    @classmethod
    def of(cls, answer: DisputeAnswer) -> Self:
        """From the contract."""
        return cls(
            status=answer.status,
            words=answer.words,
            left_out=list(answer.left_out),
            facts=[FactOut(**asdict(each)) for each in answer.facts],
            reason=answer.reason,
            submitted_at=answer.submitted_at,
            updated_at=answer.updated_at,
        )


class DisputeDetailOut(DisputeOut):
    """A chargeback with what can be said against it; `answer` null: nothing was written yet."""

    facts: list[FactOut]
    answer: AnswerOut | None

    @classmethod
    def with_facts(cls, dispute: Dispute, answer: DisputeAnswer | None, facts: Sequence[Fact]) -> Self:
        """From the contracts."""
        return cls(
            **{**asdict(dispute), "amount": dispute.amount.as_json()},
            facts=[FactOut(**asdict(each)) for each in facts],
            answer=AnswerOut.of(answer) if answer else None,
        )


class AnswerFields(BaseModel):
    """The form of an answer; `facts`: names of those that are attached."""

    words: Annotated[str, Field(max_length=20_000)] = ""
    facts: list[str] = []
    act: str = ""
    sure: str = ""


class DisputesOut(BaseModel):
    """Chargebacks."""

    items: list[DisputeOut]

    @classmethod
    def of(cls, disputes: Sequence[Dispute]) -> Self:
        """From the contracts."""
        return cls(items=[DisputeOut(**{**asdict(each), "amount": each.amount.as_json()}) for each in disputes])
