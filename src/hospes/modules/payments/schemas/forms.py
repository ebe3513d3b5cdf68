"""The forms of paying."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from hospes.modules.payments.contracts import CardForm
from hospes.modules.payments.schemas.fields import Provider, Typed


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
