"""Pricing on the wire."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from hospes.modules.pricing.contracts import Rate, Tax, TaxKind

Amount = Annotated[int, Field(ge=0, le=100_000_000_000, strict=True, description="Minor units.")]
BasisPoints = Annotated[int, Field(ge=0, le=10_000, strict=True)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TaxBody(_In):
    """`percent` takes `bp` (basis points) and `included`; `per_person_night` takes `amount`."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,30}$")]
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    kind: TaxKind
    bp: BasisPoints = 0
    amount: Amount = 0
    included: bool = False

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "TaxBody":
        if self.kind is TaxKind.PERCENT and self.amount:
            raise ValueError("A percent tax has bp, not amount.")
        if self.kind is TaxKind.PER_PERSON_NIGHT and (self.bp or self.included):
            raise ValueError("A tax per person and night has amount, neither bp nor included.")
        return self


class RateIn(_In):
    """Minor units of `currency`; fees and taxes as contracts.Rate explains them."""

    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    base_amount: Amount
    cleaning_fee: Amount = 0
    service_fee_bp: BasisPoints = 1200
    taxes: Annotated[list[TaxBody], Field(max_length=10)] = []

    def rate(self) -> Rate:
        """As the core speaks of it."""
        taxes = tuple(Tax(each.code, each.name, each.kind, each.bp, each.amount, each.included) for each in self.taxes)
        return Rate(self.currency, self.base_amount, self.cleaning_fee, self.service_fee_bp, taxes)


class RateOut(BaseModel):
    """The rate as stored."""

    currency: str
    base_amount: int
    cleaning_fee: int
    service_fee_bp: int
    taxes: list[TaxBody]
    version: int

    @classmethod
    def of(cls, rate: Rate) -> "RateOut":
        """From the core's rate."""
        return cls(
            currency=rate.currency,
            base_amount=rate.base_amount,
            cleaning_fee=rate.cleaning_fee,
            service_fee_bp=rate.service_fee_bp,
            taxes=[
                TaxBody(code=t.code, name=t.name, kind=t.kind, bp=t.bp, amount=t.amount, included=t.included)
                for t in rate.taxes
            ],
            version=rate.version,
        )


class DayPrice(_In):
    """A night and its amount; null goes back to the base price."""

    day: Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))]
    amount: Amount | None


class DayPricesIn(_In):
    """Single nights that cost something else."""

    prices: Annotated[list[DayPrice], Field(min_length=1, max_length=1000)]


class DayPricesOut(BaseModel):
    """Nights with a price of their own."""

    currency: str
    items: list[DayPrice]
