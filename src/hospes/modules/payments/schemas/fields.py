"""Fields that several shapes share."""

from typing import Annotated

from pydantic import BaseModel, Field

Typed = Annotated[str, Field(max_length=200)]


Provider = Annotated[str, Field(pattern=r"^[a-z]{2,20}$", examples=["sandbox"])]


class MoneyOut(BaseModel):
    """Minor units of an ISO 4217 currency."""

    amount: int
    currency: str
