"""Dead letters, and messages of providers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from hospes.modules.payments.contracts import AttemptKind, AttemptStatus, DeadLetter, LetterStatus
from hospes.modules.payments.schemas.fields import MoneyOut, Typed
from hospes.modules.payments.schemas.payments import PaymentOut


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


class ReceivedOut(BaseModel):
    """The message was kept; a repeated one is not kept again."""

    received: bool = True
    repeated: bool


class NoteFields(BaseModel):
    """Why, and that it is meant."""

    note: Typed = ""
    sure: Typed = ""
