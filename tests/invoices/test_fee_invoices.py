"""The platform's invoices to hosts: by month, from the ledger, numbered without gaps, corrected by credit notes."""

from datetime import UTC, date, datetime

import httpx
import psycopg
import pytest

from hospes.modules.booking import facade as bookings
from hospes.modules.booking.contracts import Actor, Booking
from hospes.modules.invoices import queries
from hospes.modules.invoices.contracts import Document, Kind
from hospes.modules.invoices.use_cases.draw_document import draw_document
from hospes.modules.invoices.use_cases.issue_fees import issue_fees, issue_fees_of
from hospes.modules.ledger import facade as ledger
from hospes.modules.ledger.contracts import platform
from hospes.modules.payouts.use_cases.allocate_booking import allocate_booking
from hospes.platform.db import WriteTx
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Fees
from tests.booking.test_pages import as_guest, as_host, as_stranger
from tests.builders.booking import a_stay
from tests.builders.identity import an_admin
from tests.builders.payouts import TERMS, an_earning
from tests.catalog.signed_in import bearer, runtime_of
from tests.conftest import FixedClock

JUNE = date(2026, 6, 1)
JULY_1 = datetime(2026, 7, 1, 2, tzinfo=UTC)


async def issue(tx: WriteTx, booking: Booking, month: date, now: datetime, terms: Fees | None = None) -> list[Document]:
    await issue_fees_of(tx, booking.business_id, [booking], month, terms=terms or Fees(), now=now)
    return (await queries.list_fee_documents(tx, booking.business_id))[::-1]


async def test_a_months_fees_are_invoiced_once(tx: WriteTx, now: datetime) -> None:
    booking = await an_earning(tx, await a_stay(tx, rate={"service_fee_bp": 1_200}))
    for _ in range(2):
        [made] = await issue(tx, booking, JUNE, JULY_1)
    assert (made.kind, made.total, made.code) == (Kind.INVOICE, 4_500, "FEE-2026-00001")
    assert made.total == -await ledger.balance(tx, platform("fees"), "EUR")
    assert made.content.lines[0].label.endswith(booking.reference)
    assert draw_document(made).startswith(b"%PDF")


async def test_what_changed_later_is_credited_and_names_the_invoice(tx: WriteTx, now: datetime) -> None:
    booking = await an_earning(tx, await a_stay(tx, rate={"service_fee_bp": 1_200}))
    await issue(tx, booking, JUNE, JULY_1)
    at = JULY_1.replace(hour=3)
    await bookings.cancel_booking(tx, booking_id=booking.id, actor=Actor.HOST, actor_id=None, now=now)
    await allocate_booking(tx, booking.id, terms=TERMS, now=at)
    invoice, note = await issue(tx, booking, date(2026, 7, 1), datetime(2026, 8, 1, 2, tzinfo=UTC))
    assert (note.kind, note.total, note.code) == (Kind.CREDIT_NOTE, -4_500, "FCN-2026-00001")
    assert (note.refers_to, note.content.refers_to) == (invoice.id, "FEE-2026-00001")


async def test_tax_is_contained(tx: WriteTx, now: datetime) -> None:
    booking = await an_earning(tx, await a_stay(tx, rate={"service_fee_bp": 1_200}))
    [made] = await issue(tx, booking, JUNE, JULY_1, Fees(tax_bp=1_900, lines=["1 Street"]))
    assert (made.total, made.tax, made.net) == (4_500, 718, 3_782)


async def test_an_issued_invoice_is_never_changed(tx: WriteTx, now: datetime) -> None:
    booking = await an_earning(tx, await a_stay(tx, rate={"service_fee_bp": 1_200}))
    [made] = await issue(tx, booking, JUNE, JULY_1)
    with pytest.raises(psycopg.errors.RestrictViolation):
        await tx.run("UPDATE invoices.fee_document SET total = 1, net = 1 WHERE id = %s", (made.id,))


async def test_the_job_waits_for_the_months_end_and_then_does_it_once(runtime: Runtime, clock: FixedClock) -> None:
    rate = {"service_fee_bp": 1_200}
    async with runtime.db.write() as tx:
        made = [await an_earning(tx, await a_stay(tx, rate=rate), now=clock.now()) for _ in range(3)]
    assert await issue_fees(runtime) == 0
    clock.at = JULY_1
    assert await issue_fees(runtime) == 3
    assert await issue_fees(runtime) == 0
    async with runtime.db.read() as tx:
        numbers = [each.number for one in made for each in await queries.list_fee_documents(tx, one.business_id)]
    assert sorted(numbers) == [1, 2, 3]


async def test_the_business_finds_its_invoice_on_its_page_and_nobody_else_the_paper(client: httpx.AsyncClient) -> None:
    async with runtime_of(client).db.write() as tx:
        stay = await a_stay(tx, rate={"service_fee_bp": 1_200})
        [made] = await issue(tx, await an_earning(tx, stay), JUNE, JULY_1)
        admin = await an_admin(tx)
    host, paper = await as_host(client, stay), f"/api/v1/invoices/{made.id}.pdf"
    shown = (await client.get("/host/invoices", headers=host)).text
    assert "Our invoices to you" in shown
    for words in ("FEE-2026-00001", "June 2026, service fees and commission", "€45.00", f'href="{paper}"'):
        assert words in shown
    for who in (host, bearer(client, admin)):
        answer = await client.get(paper, headers=who)
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    for who in (await as_guest(client, stay), await as_stranger(client)):
        assert (await client.get(paper, headers=who)).status_code == 404


async def test_before_its_first_month_is_over_a_business_reads_when_it_is_invoiced(client: httpx.AsyncClient) -> None:
    async with runtime_of(client).db.write() as tx:
        stay = await a_stay(tx)
    shown = (await client.get("/host/invoices", headers=await as_host(client, stay))).text
    assert "At the start of each month we invoice" in shown
    assert "FEE-" not in shown
