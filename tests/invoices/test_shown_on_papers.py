"""A total that was shown in another currency says so on its papers, with the rate; what is charged stays what it is."""

from datetime import date
from decimal import Decimal
from io import BytesIO

from pypdf import PdfReader

from hospes.modules.booking.contracts import Booking, Nights, Party, Wish
from hospes.modules.booking.facade import book_wish, get_booking
from hospes.modules.invoices.contracts import Document
from hospes.modules.invoices.use_cases.draw_document import draw_document
from hospes.modules.invoices.use_cases.issue_due import issue_due
from hospes.modules.ledger.contracts import Display, Shown
from hospes.platform.db import WriteTx
from tests.builders.booking import ARRIVAL, DEPARTURE, NOW, Stay, a_stay, take_payment

CHF = Display("CHF", {"EUR": Shown("CHF", Decimal("0.95"), "A bank", date(2026, 6, 1))})
WORDS = "Its total was shown as about"


async def papers_of(tx: WriteTx, stay: Stay, display: Display | None) -> list[Document]:
    wish = Wish(stay.resource_id, Nights(ARRIVAL, DEPARTURE), Party(2), display=display)
    booking: Booking = await book_wish(tx, wish, guest_id=stay.guest_id, provider="sandbox", now=NOW)
    await tx.run("UPDATE booking.booking SET status = 'confirmed', decide_by = NULL WHERE id = %s", (booking.id,))
    await take_payment(tx, booking.id)
    return await issue_due(tx, (await get_booking(tx, booking.id)).id, now=NOW)


async def test_receipt_and_invoice_say_what_the_total_was_shown_as(tx: WriteTx) -> None:
    papers = await papers_of(tx, await a_stay(tx), CHF)
    assert [each.code for each in papers] == ["R-2026-00001", "INV-2026-00001"]
    for paper in papers:
        assert dict(paper.content.facts)[WORDS] == "CHF\u00a0285, at the rate of 1 June 2026, A bank"
        assert (paper.total, paper.currency) == (30_000, "EUR")
        said = " ".join(PdfReader(BytesIO(draw_document(paper))).pages[0].extract_text().split())
        assert WORDS in said
        assert "at the rate of 1 June 2026, A bank" in said
        assert "€300.00" in said


async def test_nothing_is_said_where_only_the_own_currency_was_shown(tx: WriteTx) -> None:
    papers = await papers_of(tx, await a_stay(tx), None)
    assert [each.code for each in papers] == ["R-2026-00001", "INV-2026-00001"]
    for paper in papers:
        assert WORDS not in dict(paper.content.facts)
        assert WORDS not in PdfReader(BytesIO(draw_document(paper))).pages[0].extract_text()
