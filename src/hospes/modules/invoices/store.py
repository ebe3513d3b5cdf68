"""The write side of invoices."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID

import orjson
from psycopg.types.json import Jsonb

from hospes.modules.invoices.contracts import Buyer, Document, Kind, Seller
from hospes.modules.invoices.policies.frozen import content_json, place_of
from hospes.platform.db import WriteTx


async def lock_booking(tx: WriteTx, booking_id: UUID) -> None:
    """Of several who write documents of one booking, one goes on and the others wait."""
    await tx.find("SELECT pg_advisory_xact_lock(hashtextextended(%s, 18))", (str(booking_id),))


async def take_number(tx: WriteTx, business_id: UUID, kind: Kind, year: int) -> int:
    """The next number; others wait until this transaction has used it, or has given it back by failing."""
    row = await tx.find(
        "INSERT INTO invoices.counter AS c (business_id, kind, year, last) VALUES (%s, %s, %s::smallint, 1)"
        " ON CONFLICT (business_id, kind, year) DO UPDATE SET last = c.last + 1 RETURNING c.last",
        (business_id, str(kind), year),
    )
    assert row is not None
    return int(row["last"])


async def insert_document(tx: WriteTx, document: Document) -> None:
    """Write it, for ever."""
    await tx.run(
        "INSERT INTO invoices.document (id, kind, business_id, booking_id, year, number, code, step, refers_to, about,"
        " currency, net, tax, total, issued_on, issued_at, content) VALUES (%(id)s, %(kind)s, %(business_id)s,"
        " %(booking_id)s, %(year)s::smallint, %(number)s::integer, %(code)s, %(step)s::smallint, %(refers_to)s,"
        " %(about)s, %(currency)s, %(net)s::bigint, %(tax)s::bigint, %(total)s::bigint, %(issued_on)s, %(issued_at)s,"
        " %(content)s)",
        {
            **{name: getattr(document, name) for name in Document.__slots__},
            "kind": str(document.kind),
            "content": Jsonb(content_json(document.content)),
        },
    )


async def seal_content(tx: WriteTx, document: Document) -> None:
    """Keep it readable with the keyring only, from now on."""
    sealed = tx.keyring.seal(orjson.dumps(content_json(document.content)), place_of(document.id))
    await tx.run(
        "UPDATE invoices.document SET content = '{}', sealed_content = %s WHERE id = %s AND sealed_content IS NULL",
        (sealed, document.id),
    )


async def save_seller(tx: WriteTx, seller: Seller, *, now: datetime) -> bool:
    """Insert (version 0) or replace the version given; False when there is another by now."""
    said = {**asdict(seller), "issue_at": str(seller.issue_at), "now": now}
    if seller.version == 0:
        done = await tx.run(
            "INSERT INTO invoices.seller (business_id, legal_name, street, postcode, city, country, tax_id, footer,"
            " issue_at, updated_at) VALUES (%(business_id)s, %(legal_name)s, %(street)s, %(postcode)s, %(city)s,"
            " %(country)s, %(tax_id)s, %(footer)s, %(issue_at)s, %(now)s) ON CONFLICT DO NOTHING",
            said,
        )
    else:
        done = await tx.run(
            "UPDATE invoices.seller SET legal_name = %(legal_name)s, street = %(street)s, postcode = %(postcode)s,"
            " city = %(city)s, country = %(country)s, tax_id = %(tax_id)s, footer = %(footer)s,"
            " issue_at = %(issue_at)s, updated_at = %(now)s, version = version + 1"
            " WHERE business_id = %(business_id)s AND version = %(version)s::integer",
            said,
        )
    return done == 1


async def save_buyer(tx: WriteTx, booking_id: UUID, buyer: Buyer, *, now: datetime) -> None:
    """Insert or replace."""
    await tx.run(
        "INSERT INTO invoices.buyer (booking_id, name, street, postcode, city, country, tax_id, updated_at)"
        " VALUES (%(booking)s, %(name)s, %(street)s, %(postcode)s, %(city)s, %(country)s, %(tax_id)s, %(now)s)"
        " ON CONFLICT (booking_id) DO UPDATE SET name = EXCLUDED.name, street = EXCLUDED.street,"
        " postcode = EXCLUDED.postcode, city = EXCLUDED.city, country = EXCLUDED.country, tax_id = EXCLUDED.tax_id,"
        " updated_at = EXCLUDED.updated_at",
        {**asdict(buyer), "booking": booking_id, "now": now},
    )


async def lock_fees(tx: WriteTx, business_id: UUID) -> None:
    """Of several who write documents over the fees of one business, one goes on and the others wait."""
    await tx.find("SELECT pg_advisory_xact_lock(hashtextextended(%s, 26))", (str(business_id),))


async def take_fee_number(tx: WriteTx, kind: Kind, year: int) -> int:
    """The next number; others wait until this transaction has used it, or has given it back by failing."""
    row = await tx.find(
        "INSERT INTO invoices.fee_counter AS c (kind, year, last) VALUES (%s, %s::smallint, 1)"
        " ON CONFLICT (kind, year) DO UPDATE SET last = c.last + 1 RETURNING c.last",
        (str(kind), year),
    )
    assert row is not None
    return int(row["last"])


async def insert_fee_document(tx: WriteTx, document: Document, month: date, parts: Mapping[UUID, int]) -> None:
    """Write it, for ever, with how much of it is about which booking."""
    await tx.run(
        "INSERT INTO invoices.fee_document (id, kind, business_id, year, number, code, month, refers_to, currency, net,"
        " tax, total, issued_on, issued_at, content) VALUES (%(id)s, %(kind)s, %(business_id)s, %(year)s::smallint,"
        " %(number)s::integer, %(code)s, %(month)s, %(refers_to)s, %(currency)s, %(net)s::bigint, %(tax)s::bigint,"
        " %(total)s::bigint, %(issued_on)s, %(issued_at)s, %(content)s)",
        {
            **{name: getattr(document, name) for name in Document.__slots__},
            "kind": str(document.kind),
            "month": month,
            "content": Jsonb(content_json(document.content)),
        },
    )
    await tx.run_many(
        "INSERT INTO invoices.fee_line (document_id, booking_id, amount) VALUES (%s, %s, %s::bigint)",
        [(document.id, booking_id, amount) for booking_id, amount in parts.items()],
    )


async def mark_month(tx: WriteTx, month: date, now: datetime) -> None:
    """It is done."""
    await tx.run("INSERT INTO invoices.fee_month (month, done_at) VALUES (%s, %s) ON CONFLICT DO NOTHING", (month, now))
