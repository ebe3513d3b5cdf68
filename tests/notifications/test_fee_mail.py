"""The platform's invoice over its fees reaches those who work for the business, with the paper."""

from datetime import UTC, date, datetime
from io import BytesIO

from pypdf import PdfReader

from hospes.modules.invoices import queries
from hospes.modules.invoices.events import FEES_INVOICED
from hospes.modules.invoices.use_cases.issue_fees import issue_fees_of
from hospes.modules.notifications import jobs
from hospes.modules.notifications.subscribers import SUBSCRIBERS
from hospes.platform.ids import new_id
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Fees
from tests.builders.booking import a_stay
from tests.builders.payouts import an_earning
from tests.notifications.conftest import Post

JULY_1 = datetime(2026, 7, 1, 2, tzinfo=UTC)


async def test_the_invoice_over_a_months_fees_arrives_as_a_paper_once(rt: Runtime, post: Post) -> None:
    async with rt.db.write() as tx:
        booking = await an_earning(tx, await a_stay(tx, rate={"service_fee_bp": 1_200}))
        await issue_fees_of(tx, booking.business_id, [booking], date(2026, 6, 1), terms=Fees(), now=JULY_1)
        (made,) = await queries.list_fee_documents(tx, booking.business_id)
        (said,) = await tx.all("SELECT data FROM platform.outbox WHERE type = %s", (FEES_INVOICED,))
    event = Event(new_id(), FEES_INVOICED, made.id, said["data"], JULY_1)
    for _ in range(2):
        for each in SUBSCRIBERS:
            if event.type in each.types:
                await each.handle(rt, event)
        await jobs.send_due(rt)
    (mail,) = post.inbox.arrived
    assert mail["subject"] == "Our invoice FEE-2026-00001 to you"
    plain = mail.get_body(("plain",))
    assert plain is not None
    words = " ".join(plain.get_content().split())
    assert "our invoice over €45 of service fees and commission is attached" in words
    assert "Nothing is to be paid: it was kept from your bookings." in words
    (paper,) = mail.iter_attachments()
    assert paper.get_filename() == "FEE-2026-00001.pdf"
    text = PdfReader(BytesIO(paper.get_content())).pages[0].extract_text()
    assert booking.reference in text
    assert "€45.00" in text
