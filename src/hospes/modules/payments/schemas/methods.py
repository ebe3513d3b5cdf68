"""Methods that payers keep, and test cards."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from hospes.modules.payments.contracts import CardForm, SavedMethod, Saving, SavingStatus
from hospes.modules.payments.schemas.fields import Provider, Typed
from hospes.modules.payments.schemas.paying import MethodIn


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


class SavedMethodOut(BaseModel):
    """A method you keep; the token stays here."""

    id: UUID
    provider: str
    label: str
    brand: str
    last4: str
    is_default: bool = Field(description="Offered first when you pay.")
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
            is_default=kept.is_default,
            created_at=kept.created_at,
        )


class MethodsOut(BaseModel):
    """The methods you keep."""

    items: list[SavedMethodOut]

    @classmethod
    def of(cls, kept: Sequence[SavedMethod]) -> Self:
        """From the contracts."""
        return cls(items=[SavedMethodOut.of(each) for each in kept])


class SaveIn(BaseModel):
    """Keep a method without paying. Without `method` it is chosen at the provider; then `needs_action` says where."""

    model_config = ConfigDict(extra="forbid")

    provider: Provider | None = Field(default=None, description="The installation's own unless named.")
    method: MethodIn | None = None
    make_default: bool = False


class SavingOut(BaseModel):
    """A method that is to be kept: `asked`, `needs_action`, `kept` or `declined`. `action`: where its payer goes on, as
    for a payment; `method_id`: the method that is kept."""

    id: UUID
    provider: str
    status: SavingStatus
    action: dict[str, Any] | None
    reason: str | None
    method_id: UUID | None
    created_at: datetime

    @classmethod
    def of(cls, saving: Saving) -> Self:
        """From the contract."""
        return cls(
            id=saving.id,
            provider=saving.provider,
            status=saving.status,
            action=saving.action,
            reason=saving.reason,
            method_id=saving.method_id,
            created_at=saving.created_at,
        )
