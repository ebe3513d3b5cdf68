"""How businesses take money."""

from dataclasses import asdict
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from hospes.modules.payments.contracts import PaymentTerms, Way
from hospes.modules.payments.schemas.fields import Typed


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


class TermsFields(BaseModel):
    """How a business takes money, as typed; amounts in major units, shares in percent."""

    way: Way = Way.FULL
    deposit_percent: Typed = "30"
    long_stay_nights: Typed = "30"
    balance_days: Typed = "14"
    grace_days: Typed = "3"
    damage: Typed = "0"
    damage_currency: Typed = "EUR"
