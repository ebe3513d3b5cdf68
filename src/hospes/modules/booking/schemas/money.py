"""What staff do with a booking's money, on the wire."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hospes.platform.money import Money

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])]
Amount = Annotated[int, Field(ge=1, le=10**12, description="Minor units.")]


class StaffRefundIn(BaseModel):
    """Give so much of a booking's price back, whatever its terms say."""

    model_config = ConfigDict(extra="forbid")

    booking_id: UUID
    amount: Amount
    currency: Currency
    reason: Reason

    def money(self) -> Money:
        """As the use cases take it."""
        return Money(self.amount, self.currency)


class AmountIn(BaseModel):
    """An amount, and why."""

    model_config = ConfigDict(extra="forbid")

    amount: Amount
    currency: Currency
    reason: Reason

    def money(self) -> Money:
        """As the use cases take it."""
        return Money(self.amount, self.currency)


class GoodwillIn(AmountIn):
    """A credit for the guest; who bears it: the platform (by admins only), or the host, whose payout is smaller."""

    borne_by: Literal["platform", "host"] = "platform"


class PaidIn(BaseModel):
    """How it was paid at the property, such as cash."""

    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
