"""Reading documents, sellers and buyers."""

from collections.abc import Sequence
from datetime import date
from typing import LiteralString
from uuid import UUID

import orjson

from hospes.modules.invoices.contracts import Buyer, Document, IssueAt, Kind, Seller
from hospes.modules.invoices.policies.frozen import content_of, place_of
from hospes.platform.db import ReadTx, Row

DOCUMENT: LiteralString = (
    "SELECT d.id, d.kind, d.business_id, d.booking_id, d.year, d.number, d.code, d.step, d.refers_to, d.about,"
    " d.currency, d.net, d.tax, d.total, d.issued_on, d.issued_at, d.content, d.sealed_content"
    " FROM invoices.document AS d"
)


def as_document(tx: ReadTx, row: Row) -> Document:
    """A row of `DOCUMENT`; what is sealed, because somebody on it was forgotten, is opened."""
    sealed = row.pop("sealed_content")
    content = orjson.loads(tx.keyring.unseal(sealed, place_of(row["id"]))) if sealed else row["content"]
    return Document(**{**row, "kind": Kind(row["kind"]), "content": content_of(content)})


async def find_document(tx: ReadTx, document_id: UUID) -> Document | None:
    """The document, or None. Whose it is, is the caller's to check."""
    row = await tx.find(DOCUMENT + " WHERE d.id = %s", (document_id,))
    return None if row is None else as_document(tx, row)


async def list_documents(tx: ReadTx, booking_id: UUID) -> list[Document]:
    """Every document of a booking, in the order they were issued."""
    rows = await tx.all(DOCUMENT + " WHERE d.booking_id = %s ORDER BY d.step", (booking_id,))
    return [as_document(tx, row) for row in rows]


async def list_documents_of_business(
    tx: ReadTx, business_id: UUID, first: date, until: date, *, after: tuple[date, UUID] | None, limit: int
) -> list[Document]:
    """What a business issued from `first` to before `until`, in order, from behind `after` on."""
    day, last = after or (None, None)
    rows = await tx.all(
        DOCUMENT + " WHERE d.business_id = %(business)s AND d.issued_on >= %(first)s AND d.issued_on < %(until)s"
        " AND (%(day)s::date IS NULL OR (d.issued_on, d.id) > (%(day)s::date, %(last)s::uuid))"
        " ORDER BY d.issued_on, d.id LIMIT %(limit)s::bigint",
        {"business": business_id, "first": first, "until": until, "day": day, "last": last, "limit": limit},
    )
    return [as_document(tx, row) for row in rows]


async def list_months(tx: ReadTx, business_id: UUID) -> list[date]:
    """The first days of the months in which a business issued something, the newest first; at most 60."""
    rows = await tx.all(
        "SELECT DISTINCT date_trunc('month', d.issued_on)::date AS month FROM invoices.document AS d"
        " WHERE d.business_id = %s ORDER BY month DESC LIMIT 60",
        (business_id,),
    )
    return [row["month"] for row in rows]


async def find_seller(tx: ReadTx, business_id: UUID) -> Seller | None:
    """What the business has said of itself, or None."""
    row = await tx.find(
        "SELECT s.business_id, s.legal_name, s.street, s.postcode, s.city, s.country, s.tax_id, s.footer, s.issue_at,"
        " s.version FROM invoices.seller AS s WHERE s.business_id = %s",
        (business_id,),
    )
    return None if row is None else Seller(**{**row, "issue_at": IssueAt(row["issue_at"])})


async def find_buyer(tx: ReadTx, booking_id: UUID) -> Buyer | None:
    """Whom the guest wants the documents made out to, or None: to themselves."""
    row = await tx.find(
        "SELECT b.name, b.street, b.postcode, b.city, b.country, b.tax_id FROM invoices.buyer AS b"
        " WHERE b.booking_id = %s",
        (booking_id,),
    )
    return None if row is None else Buyer(**row)


FEE_DOCUMENT: LiteralString = (
    "SELECT f.id, f.kind, f.business_id, f.year, f.number, f.code, f.refers_to, f.currency, f.net, f.tax, f.total,"
    " f.issued_on, f.issued_at, f.content FROM invoices.fee_document AS f"
)


def _as_fee_document(row: Row) -> Document:
    """A document that is about no single booking: its own id stands where a booking's would."""
    values = {**row, "kind": Kind(row["kind"]), "content": content_of(row["content"])}
    return Document(**values, booking_id=row["id"], step=1, about=None)


async def invoiced_of(tx: ReadTx, booking_ids: Sequence[UUID]) -> dict[UUID, tuple[int, UUID]]:
    """Of each booking how much was invoiced (minor units), and the last invoice that did."""
    rows = await tx.all(
        "SELECT l.booking_id, sum(l.amount)::bigint AS amount,"
        " (array_agg(l.document_id ORDER BY l.document_id DESC) FILTER (WHERE f.kind = 'invoice'))[1] AS last"
        " FROM invoices.fee_line AS l JOIN invoices.fee_document AS f ON f.id = l.document_id"
        " WHERE l.booking_id = ANY(%s) GROUP BY l.booking_id",
        (list(booking_ids),),
    )
    return {row["booking_id"]: (row["amount"], row["last"]) for row in rows}


async def find_fee_document(tx: ReadTx, document_id: UUID) -> Document | None:
    """The document, or None. Whose it is, is the caller's to check."""
    row = await tx.find(FEE_DOCUMENT + " WHERE f.id = %s", (document_id,))
    return None if row is None else _as_fee_document(row)


async def list_fee_documents(tx: ReadTx, business_id: UUID, *, limit: int = 60) -> list[Document]:
    """What the platform has charged a business, the newest first."""
    rows = await tx.all(
        FEE_DOCUMENT + " WHERE f.business_id = %s ORDER BY f.issued_on DESC, f.id DESC LIMIT %s::bigint",
        (business_id, limit),
    )
    return [_as_fee_document(row) for row in rows]


async def last_month(tx: ReadTx) -> date | None:
    """The last month that is done."""
    row = await tx.find("SELECT max(month) AS month FROM invoices.fee_month")
    return row["month"] if row else None
