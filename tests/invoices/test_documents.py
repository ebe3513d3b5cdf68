"""A booking's documents always say what it costs now; each is issued once, and never changed."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from hospes.modules.booking import facade as bookings
from hospes.modules.booking.contracts import Action, Actor, Booking, BookingStatus, Change
from hospes.modules.booking.store import insert_step
from hospes.modules.invoices import facade, queries
from hospes.modules.invoices.contracts import Buyer, Document, IssueAt, Kind, Seller
from hospes.modules.invoices.errors import AddressInvalid, CorrectedTooOften, SellerChanged
from hospes.modules.invoices.use_cases.credit_refund import credit_refund
from hospes.modules.invoices.use_cases.issue_due import issue_due
from hospes.modules.invoices.use_cases.save_buyer import save_buyer
from hospes.modules.invoices.use_cases.save_seller import save_seller
from hospes.modules.pricing.contracts import Price, PriceLine, Tax, TaxKind
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from tests.builders.booking import NOW, Stay, a_booking, a_stay, take_payment

S = BookingStatus
VAT = Tax("vat", "VAT", TaxKind.PERCENT, bp=1000, included=True)
CITY = Tax("city", "City tax", TaxKind.PER_PERSON_NIGHT, amount=200)
RATE = {"cleaning_fee": 3_000, "service_fee_bp": 1000, "taxes": [VAT, CITY]}


async def a_paid_booking(tx: WriteTx, **stay: object) -> Booking:
    listing: Stay = await a_stay(tx, **{"rate": RATE, **stay})  # type: ignore[arg-type]
    return await a_booking(tx, listing, status=S.CONFIRMED)


def said(documents: list[Document]) -> list[tuple[str, int]]:
    return [(each.code, each.total) for each in documents]


async def test_a_paid_booking_has_a_receipt_and_an_invoice_and_asking_again_issues_nothing(tx: WriteTx) -> None:
    booking = await a_paid_booking(tx)
    documents = await issue_due(tx, booking.id, now=NOW)
    assert said(documents) == [("R-2026-00001", 37_500), ("INV-2026-00001", 37_500)]
    assert said(await issue_due(tx, booking.id, now=NOW)) == said(documents)
    invoice = documents[1]
    assert [(line.code, line.amount, line.included) for line in invoice.content.lines] == [
        ("nights", 30_000, 0),
        ("cleaning", 3_000, 0),
        ("service", 3_300, 0),
        ("tax:vat", 0, 3_000),
        ("person_tax:city", 1_200, 0),
    ]
    assert (invoice.net, invoice.tax) == (33_300, 4_200)
    assert invoice.content.payments == (("Received", -37_500),)


async def test_nothing_is_documented_before_money_has_come(tx: WriteTx) -> None:
    booking = await a_booking(tx, await a_stay(tx))
    assert await issue_due(tx, booking.id, now=NOW) == []


async def test_a_business_that_invoices_at_check_out_gives_a_receipt_first_and_the_invoice_then(tx: WriteTx) -> None:
    booking = await a_paid_booking(tx)
    await save_seller(tx, a_seller(booking.business_id, issue_at=IssueAt.CHECK_OUT), now=NOW)
    assert [each.kind for each in await issue_due(tx, booking.id, now=NOW)] == [Kind.RECEIPT]
    await tx.run("UPDATE booking.booking SET status = 'completed' WHERE id = %s", (booking.id,))
    assert [each.kind for each in await issue_due(tx, booking.id, now=NOW)] == [Kind.RECEIPT, Kind.INVOICE]


async def test_a_free_cancellation_is_credited_whole_line_by_line(tx: WriteTx) -> None:
    booking = await a_paid_booking(tx)
    await issue_due(tx, booking.id, now=NOW)
    await cancel(tx, booking, Actor.GUEST, NOW)
    credit = (await issue_due(tx, booking.id, now=NOW))[-1]
    assert (credit.code, credit.total, credit.net, credit.tax) == ("CN-2026-00001", -37_500, -33_300, -4_200)
    assert credit.content.refers_to == "INV-2026-00001"
    assert credit.content.reason == "The booking was cancelled."
    await documents_say(tx, booking, 0)


async def test_what_late_cancelling_keeps_stays_invoiced_with_its_share_of_the_tax(tx: WriteTx) -> None:
    booking = await a_paid_booking(tx)
    await issue_due(tx, booking.id, now=NOW)
    late = booking.check_in_at - timedelta(hours=30)
    refund = await cancel(tx, booking, Actor.GUEST, late)
    assert refund == 15_000 + 3_000 + 1_200
    credit = (await issue_due(tx, booking.id, now=late))[-1]
    # Of 33,000 taxed 15,000 are kept: of the 3,000 contained in it 1,364 stay, so 1,636 and 1,200 of city tax go.
    assert (credit.total, credit.tax) == (-refund, -(1_636 + 1_200))
    await documents_say(tx, booking, 37_500 - refund)


async def test_what_was_cancelled_before_it_was_paid_has_no_documents(tx: WriteTx) -> None:
    booking = await a_booking(tx, await a_stay(tx))
    await cancel(tx, booking, Actor.GUEST, NOW)
    assert await issue_due(tx, booking.id, now=NOW) == []


async def test_a_shorter_stay_is_credited_and_a_longer_one_invoiced_further(tx: WriteTx) -> None:
    booking = await a_paid_booking(tx)
    await issue_due(tx, booking.id, now=NOW)
    changed = await bookings.change_booking(
        tx,
        booking_id=booking.id,
        change=Change(departure=date(2026, 7, 3)),
        actor=Actor.GUEST,
        actor_id=booking.guest_id,
        provider="sandbox",
        now=NOW,
    )
    assert changed.request is None
    credit = (await issue_due(tx, booking.id, now=NOW))[-1]
    assert (credit.kind, credit.total) == (Kind.CREDIT_NOTE, changed.difference)
    await documents_say(tx, booking, changed.booking.total.amount)
    longer = await bookings.change_booking(
        tx,
        booking_id=booking.id,
        change=Change(departure=date(2026, 7, 5)),
        actor=Actor.GUEST,
        actor_id=booking.guest_id,
        provider="sandbox",
        now=NOW,
    )
    assert longer.request is not None
    await take_payment(tx, longer.request.id)
    await bookings.apply_paid_change(tx, change_id=longer.request.id, now=NOW)
    documents = await issue_due(tx, booking.id, now=NOW)
    assert [each.code for each in documents] == [
        *("R-2026-00001", "INV-2026-00001", "CN-2026-00001", "R-2026-00002", "INV-2026-00002"),
    ]
    assert documents[-1].total == longer.difference
    assert documents[-1].content.reason == "In addition to INV-2026-00001: the booking was changed."
    await documents_say(tx, booking, longer.request.quote.total.amount)


async def test_a_refund_besides_is_credited_once_and_with_its_share_of_the_tax(tx: WriteTx) -> None:
    booking = await a_paid_booking(tx)
    await issue_due(tx, booking.id, now=NOW)
    refund_id = new_id()
    credit = await credit_refund(tx, booking_id=booking.id, refund_id=refund_id, amount=10_000, now=NOW)
    assert credit is not None
    assert (credit.total, credit.tax) == (-10_000, -1_120)
    assert await credit_refund(tx, booking_id=booking.id, refund_id=refund_id, amount=10_000, now=NOW) is None
    assert len(await issue_due(tx, booking.id, now=NOW)) == 3
    await cancel(tx, booking, Actor.HOST, NOW)
    last = (await issue_due(tx, booking.id, now=NOW))[-1]
    assert last.total == -27_500
    await documents_say(tx, booking, 0)


async def test_a_corrected_buyer_gets_a_credit_note_and_a_fresh_invoice_of_the_same_sum(tx: WriteTx) -> None:
    booking = await a_paid_booking(tx)
    await issue_due(tx, booking.id, now=NOW)
    company = Buyer("Ünal & Söhne <GmbH>", "Straße 1", "10115", "Berlin", "DE", "DE123456789")
    credit, fresh = await save_buyer(tx, booking_id=booking.id, buyer=company, now=NOW)
    assert (credit.total, fresh.total, fresh.net, fresh.tax) == (-37_500, 37_500, 33_300, 4_200)
    assert fresh.content.buyer.name == "Ünal & Söhne <GmbH>"
    assert fresh.content.buyer.lines == ("Straße 1", "10115 Berlin", "Germany", "Tax number DE123456789")
    assert await save_buyer(tx, booking_id=booking.id, buyer=company, now=NOW) == []
    await documents_say(tx, booking, 37_500)
    for number in range(4):
        await save_buyer(tx, booking_id=booking.id, buyer=Buyer(f"Company {number}"), now=NOW)
    with pytest.raises(CorrectedTooOften):
        await save_buyer(tx, booking_id=booking.id, buyer=Buyer("Once more"), now=NOW)


async def test_an_issued_document_can_neither_be_changed_nor_removed(tx: WriteTx) -> None:
    booking = await a_paid_booking(tx)
    await issue_due(tx, booking.id, now=NOW)
    for sql in (
        "UPDATE invoices.document SET total = 1, net = 1, tax = 0",
        "DELETE FROM invoices.document",
        "TRUNCATE invoices.document CASCADE",
    ):
        with pytest.raises(psycopg.errors.RestrictViolation, match="never changed"):
            async with tx.savepoint():
                await tx.run(sql)  # type: ignore[arg-type]


async def test_control_without_the_triggers_a_document_can_be_changed(tx: WriteTx) -> None:
    booking = await a_paid_booking(tx)
    await issue_due(tx, booking.id, now=NOW)
    await tx.run("ALTER TABLE invoices.document DISABLE TRIGGER USER")
    assert await tx.run("UPDATE invoices.document SET total = 1, net = 1, tax = 0 WHERE kind = 'invoice'") == 1


async def test_every_business_and_every_year_counts_from_one(tx: WriteTx) -> None:
    first, second = await a_paid_booking(tx), await a_paid_booking(tx)
    assert said(await issue_due(tx, first.id, now=NOW))[1][0] == "INV-2026-00001"
    assert said(await issue_due(tx, second.id, now=NOW))[1][0] == "INV-2026-00001"
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # 2027 in Paris, where the place is
    await cancel(tx, first, Actor.HOST, NOW)
    assert (await issue_due(tx, first.id, now=new_year))[-1].code == "CN-2027-00001"


async def test_a_seller_is_named_by_its_listing_until_it_says_otherwise_and_two_editors_notice_each_other(
    tx: WriteTx,
) -> None:
    booking = await a_paid_booking(tx)
    listed = await facade.seller_of(tx, booking.business_id)
    assert listed.version == 0
    await save_seller(tx, a_seller(booking.business_id), now=NOW)
    with pytest.raises(SellerChanged):
        await save_seller(tx, a_seller(booking.business_id), now=NOW)
    with pytest.raises(AddressInvalid) as refused:
        await save_seller(tx, a_seller(booking.business_id, country="XX", version=1), now=NOW)
    assert refused.value.fields == {"country": "There is no such country."}
    invoice = (await issue_due(tx, booking.id, now=NOW))[1]
    assert invoice.content.seller.name == "Casa Ñandú S. L."
    assert invoice.content.seller.lines == ("Calle Mayor 1", "28013 Madrid", "Spain", "Tax number B12345678")


def a_seller(business_id: UUID, **given: object) -> Seller:
    said = {"tax_id": "B12345678", "footer": "Registro Mercantil de Madrid", **given}
    where = {"street": "Calle Mayor 1", "postcode": "28013", "city": "Madrid", "country": "ES"}
    return Seller(business_id, "Casa Ñandú S. L.", **{**where, **said})  # type: ignore[arg-type]


async def cancel(tx: WriteTx, booking: Booking, actor: Actor, at: datetime) -> int:
    _, refund = await bookings.cancel_booking(tx, booking_id=booking.id, actor=actor, actor_id=booking.guest_id, now=at)
    return refund.amount


async def documents_say(tx: WriteTx, booking: Booking, total: int) -> None:
    """All that was invoiced less all that was credited is this, and asking again adds nothing."""
    documents = await queries.list_documents(tx, booking.id)
    assert sum(each.total for each in documents if each.kind is not Kind.RECEIPT) == total
    assert len(await issue_due(tx, booking.id, now=NOW)) == len(documents)
    assert all(sum(line.amount for line in each.content.lines) == each.total for each in documents)


async def test_credit_that_is_spent_pays_the_invoice_and_lowers_neither_its_total_nor_its_tax(tx: WriteTx) -> None:
    booking = await a_paid_booking(tx)
    price = booking.terms.price
    line = PriceLine("credit", "Your credit", 1, -5_000, -5_000, kind="credit", borne_by="platform")
    spent = Price(price.currency, (*price.lines, line), price.total - 5_000, price.nights)
    await tx.run(
        "UPDATE booking.booking SET total = %s, terms = jsonb_set(terms, '{price}', %s) WHERE id = %s",
        (spent.total, Jsonb(spent.as_json()), booking.id),
    )
    await tx.run(
        "UPDATE payments.payment SET amount = %s, captured = %s WHERE booking_id = %s", (32_500, 32_500, booking.id)
    )
    receipt, invoice = await issue_due(tx, booking.id, now=NOW)
    assert (receipt.total, invoice.total, invoice.tax) == (32_500, 37_500, 4_200)
    assert invoice.content.payments == (("Paid from credit", -5_000), ("Received", -32_500))


async def test_of_a_booking_whose_rest_was_never_paid_only_what_was_paid_is_invoiced(tx: WriteTx) -> None:
    booking = await a_paid_booking(tx)
    await tx.run("UPDATE payments.payment SET amount = 5000, captured = 5000 WHERE booking_id = %s", (booking.id,))
    assert [each.kind for each in await issue_due(tx, booking.id, now=NOW)] == [Kind.RECEIPT]
    late = booking.check_in_at - timedelta(hours=30)
    await tx.run("UPDATE booking.booking SET status = 'cancelled' WHERE id = %s", (booking.id,))
    await insert_step(
        *(tx, booking.id, Action.CANCEL, S.CONFIRMED), actor=Actor.GUEST, actor_id=booking.guest_id, data={}, now=late
    )
    invoice = (await issue_due(tx, booking.id, now=late))[-1]
    assert (invoice.kind, invoice.total) == (Kind.INVOICE, 5_000)
    assert invoice.content.lines[-1].label == "Not charged any more"


async def test_a_cancelled_booking_that_cost_nothing_has_no_documents(tx: WriteTx) -> None:
    booking = await a_booking(tx, await a_stay(tx))
    await tx.run("DELETE FROM payments.payment WHERE booking_id = %s", (booking.id,))
    await tx.run(
        "UPDATE booking.booking SET status = 'confirmed', decide_by = NULL, total = 0 WHERE id = %s", (booking.id,)
    )
    await cancel(tx, booking, Actor.GUEST, NOW)
    assert await issue_due(tx, booking.id, now=NOW) == []
