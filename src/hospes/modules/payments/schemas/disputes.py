"""Disputes."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from hospes.modules.payments.contracts import Dispute, DisputeStatus
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


class DisputesOut(BaseModel):
    """Chargebacks."""

    items: list[DisputeOut]

    @classmethod
    def of(cls, disputes: Sequence[Dispute]) -> Self:
        """From the contracts."""
        return cls(items=[DisputeOut(**{**asdict(each), "amount": each.amount.as_json()}) for each in disputes])
