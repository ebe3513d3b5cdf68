"""The wire and form shapes of invoices."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hospes.modules.invoices.contracts import Buyer, Document, IssueAt, Kind, Line, Seller

_PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_PRINTABLE)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=_PRINTABLE)]
TaxId = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=_PRINTABLE)]
Country = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, max_length=2), Field(examples=["ES"])]


class MoneyOut(BaseModel):
    """Minor units of an ISO 4217 currency."""

    amount: int
    currency: str


class LineOut(BaseModel):
    """One line; `included` is a tax contained in other lines."""

    code: str
    label: str
    detail: str
    quantity: int
    unit_amount: int
    amount: int
    included: int

    @classmethod
    def of(cls, line: Line) -> Self:
        """A line as it is sent."""
        return cls(**{name: getattr(line, name) for name in cls.model_fields})


class DocumentOut(BaseModel):
    """An invoice, a credit note or a receipt. `number` as printed; `refers_to` the number of the invoice credited."""

    id: UUID
    kind: Kind
    number: str
    refers_to: str
    booking_id: UUID
    business_id: UUID
    issued_on: date
    issued_at: datetime
    buyer: str
    net: MoneyOut
    tax: MoneyOut
    total: MoneyOut
    lines: list[LineOut]
    pdf: str

    @classmethod
    def of(cls, document: Document) -> Self:
        """A document as it is sent."""

        def money(amount: int) -> MoneyOut:
            return MoneyOut(amount=amount, currency=document.currency)

        return cls(
            id=document.id,
            kind=document.kind,
            number=document.code,
            refers_to=document.content.refers_to,
            booking_id=document.booking_id,
            business_id=document.business_id,
            issued_on=document.issued_on,
            issued_at=document.issued_at,
            buyer=document.content.buyer.name,
            net=money(document.net),
            tax=money(document.tax),
            total=money(document.total),
            lines=[LineOut.of(line) for line in document.content.lines],
            pdf=f"/api/v1/invoices/{document.id}.pdf",
        )


class DocumentsOut(BaseModel):
    """Documents in the order they were issued."""

    items: list[DocumentOut]
    next_cursor: str | None = None


class BuyerIn(BaseModel):
    """Whom the documents of a booking are made out to."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    street: Short = ""
    postcode: Short = ""
    city: Short = ""
    country: Country = ""
    tax_id: TaxId = ""

    def buyer(self) -> Buyer:
        """As the use case takes it."""
        return Buyer(**self.model_dump())


class BuyerOut(BaseModel):
    """Whom the documents of a booking are made out to."""

    name: str
    street: str
    postcode: str
    city: str
    country: str
    tax_id: str

    @classmethod
    def of(cls, buyer: Buyer) -> Self:
        """As it is sent."""
        return cls(**{name: getattr(buyer, name) for name in cls.model_fields})


class SellerIn(BaseModel):
    """Who a business is on its documents. `version` as it was read; 0 the first time."""

    model_config = ConfigDict(extra="forbid")

    legal_name: Name
    street: Short = ""
    postcode: Short = ""
    city: Short = ""
    country: Country
    tax_id: TaxId = ""
    footer: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    issue_at: IssueAt = IssueAt.CONFIRMATION
    version: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0

    def seller(self, business_id: UUID) -> Seller:
        """As the use case takes it."""
        return Seller(business_id=business_id, **self.model_dump())


class SellerOut(BaseModel):
    """Who a business is on its documents."""

    legal_name: str
    street: str
    postcode: str
    city: str
    country: str
    tax_id: str
    footer: str
    issue_at: IssueAt
    version: int

    @classmethod
    def of(cls, seller: Seller) -> Self:
        """As it is sent."""
        return cls(**{name: getattr(seller, name) for name in cls.model_fields})
