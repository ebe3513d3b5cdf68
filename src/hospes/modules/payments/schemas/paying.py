"""Paying: what is asked."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hospes.modules.payments.contracts import Method
from hospes.modules.payments.schemas.fields import Provider


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
