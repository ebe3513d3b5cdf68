"""Documents over HTTP: for the guest, the business and admins; a stranger finds nothing."""

import csv
from io import BytesIO, StringIO
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from hospes.modules.booking.contracts import Booking, BookingStatus
from hospes.modules.identity.contracts import User
from hospes.modules.invoices.use_cases.issue_due import issue_due
from hospes.platform.ids import new_id
from tests.booking.test_booking_api import World, a_world
from tests.builders.booking import NOW, a_booking
from tests.builders.identity import a_user, an_admin
from tests.invoices.test_documents import RATE

COMPANY = {"name": "Ünal & Söhne GmbH", "street": "Straße 1", "postcode": "10115", "city": "Berlin", "country": "de"}
SELLER = {"legal_name": "Casa Ñandú S. L.", "street": "Calle Mayor 1", "country": "ES", "tax_id": "B12345678"}


class Paid:
    """A world with one paid and documented booking, and people who have nothing to do with it."""

    def __init__(self, world: World, booking: Booking, stranger: User, admin: User) -> None:
        self.world, self.booking, self.stranger, self.admin = world, booking, stranger, admin

    async def documents(self, user: User | None = None) -> list[dict[str, Any]]:
        answer = await self.world.get(f"/bookings/{self.booking.id}/invoices", user)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


@pytest.fixture
async def paid(client: httpx.AsyncClient) -> Paid:
    world = await a_world(client, rate=RATE)
    async with world.rt.db.write() as tx:
        booking = await a_booking(tx, world.stay, status=BookingStatus.CONFIRMED)
        await issue_due(tx, booking.id, now=NOW)
        return Paid(world, booking, await a_user(tx), await an_admin(tx))


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


async def test_guest_host_and_admin_see_the_documents_of_a_booking_in_order(paid: Paid) -> None:
    for user in (paid.world.guest, paid.world.host, paid.admin):
        receipt, invoice = await paid.documents(user)
        assert [receipt["number"], invoice["number"]] == ["R-2026-00001", "INV-2026-00001"]
        assert invoice["total"] == {"amount": 37_500, "currency": "EUR"}
        assert invoice["net"]["amount"] + invoice["tax"]["amount"] == 37_500
        assert sum(line["amount"] for line in invoice["lines"]) == 37_500
        one = await paid.world.get(f"/invoices/{invoice['id']}", user)
        assert one.json() == invoice


async def test_the_pdf_says_every_line_the_taxes_and_the_total(paid: Paid) -> None:
    _, invoice = await paid.documents()
    answer = await paid.world.client.get(invoice["pdf"], headers=paid.world.headers(paid.world.guest))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == 'inline; filename="INV-2026-00001.pdf"'
    said = text_of(answer.content)
    for words in ("Invoice", "INV-2026-00001", "1 June 2026", paid.booking.reference, paid.world.guest.name):
        assert words in said
    for amount in ("€300.00", "€30.00", "€33.00", "€12.00", "€375.00", "€333.00"):
        assert amount in said, said
    assert "VAT, 10 %, contained in the" in said
    again = await paid.world.client.get(invoice["pdf"], headers=paid.world.headers(paid.world.host))
    assert again.content == answer.content


async def test_a_stranger_finds_nothing_and_a_visitor_is_asked_to_sign_in(paid: Paid) -> None:
    _, invoice = await paid.documents()
    business = paid.booking.business_id
    for path in (
        f"/bookings/{paid.booking.id}/invoices",
        f"/bookings/{paid.booking.id}/buyer",
        f"/invoices/{invoice['id']}",
        f"/invoices/{invoice['id']}.pdf",
        f"/businesses/{business}/invoices?month=2026-06",
        f"/businesses/{business}/invoice-settings",
    ):
        assert (await paid.world.get(path, paid.stranger)).status_code == 404, path
        assert (await paid.world.client.get(f"/api/v1{path}")).status_code == 401, path
    for path, body in (
        (f"/bookings/{paid.booking.id}/buyer", COMPANY),
        (f"/businesses/{business}/invoice-settings", SELLER),
    ):
        assert (await paid.world.put(path, paid.stranger, body)).status_code == 404
    assert (await paid.world.put(f"/bookings/{paid.booking.id}/buyer", paid.world.host, COMPANY)).status_code == 404
    assert (await paid.world.get(f"/invoices/{new_id()}")).json()["code"] == "document_not_found"


async def test_a_company_is_put_on_a_fresh_invoice_and_the_old_one_stays_as_it_was(paid: Paid) -> None:
    before = (await paid.documents())[1]
    answer = await paid.world.put(f"/bookings/{paid.booking.id}/buyer", paid.world.guest, COMPANY)
    assert [each["number"] for each in answer.json()["items"]] == ["CN-2026-00001", "INV-2026-00002"]
    after = await paid.documents()
    assert after[1] == before
    assert after[3]["buyer"] == "Ünal & Söhne GmbH"
    assert sum(each["total"]["amount"] for each in after if each["kind"] != "receipt") == 37_500
    said = text_of((await paid.world.get(f"/invoices/{after[3]['id']}.pdf")).content)
    assert "Ünal & Söhne GmbH" in said
    assert "Germany" in said
    assert "Instead of INV-2026-00001." in said
    assert (await paid.world.get(f"/bookings/{paid.booking.id}/buyer")).json()["country"] == "DE"


@pytest.mark.parametrize(
    ("change", "field", "status"),
    [
        ({"name": "  "}, "name", 422),
        ({"name": "x" * 201}, "name", 422),
        ({"name": "two\nlines"}, "name", 422),
        ({"country": "XX"}, "country", 422),
        ({"nonsense": "1"}, "nonsense", 422),
    ],
)
async def test_a_bad_address_is_refused_field_by_field(
    paid: Paid, change: dict[str, str], field: str, status: int
) -> None:
    answer = await paid.world.put(f"/bookings/{paid.booking.id}/buyer", paid.world.guest, {**COMPANY, **change})
    assert answer.status_code == status
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert len(await paid.documents()) == 2


async def test_a_business_says_how_it_is_named_and_two_editors_notice_each_other(paid: Paid) -> None:
    path = f"/businesses/{paid.booking.business_id}/invoice-settings"
    assert (await paid.world.get(path, paid.world.host)).json()["version"] == 0
    saved = await paid.world.put(path, paid.world.host, SELLER)
    assert (saved.status_code, saved.json()["version"]) == (200, 1)
    lost = await paid.world.put(path, paid.world.host, SELLER)
    assert (lost.status_code, lost.json()["code"]) == (409, "invoice_settings_changed")
    assert (await paid.world.put(path, paid.world.host, {**SELLER, "version": 1})).json()["version"] == 2


async def test_a_business_reads_its_month_page_by_page(paid: Paid) -> None:
    path = f"/businesses/{paid.booking.business_id}/invoices?month=2026-06&limit=1"
    first = (await paid.world.get(path, paid.world.host)).json()
    rest = (await paid.world.get(f"{path}&cursor={first['next_cursor']}", paid.world.host)).json()
    numbers = [each["number"] for each in (*first["items"], *rest["items"])]
    assert sorted(numbers) == ["INV-2026-00001", "R-2026-00001"]
    assert rest["next_cursor"] is None
    assert (await paid.world.get(path.replace("2026-06", "2026-07"), paid.world.host)).json()["items"] == []
    for bad in ("month=2026-13", "month=soon", "month=2026-06&cursor=eHg", "month=0000-01&limit=0"):
        answer = await paid.world.get(f"/businesses/{paid.booking.business_id}/invoices?{bad}", paid.world.host)
        assert answer.status_code == 422, bad


async def test_the_books_get_a_month_as_csv_without_formulas(paid: Paid) -> None:
    evil = {**COMPANY, "name": "=HYPERLINK(1)"}
    await paid.world.put(f"/bookings/{paid.booking.id}/buyer", paid.world.guest, evil)
    answer = await paid.world.client.get(
        "/host/invoices.csv?month=2026-06", headers=paid.world.headers(paid.world.host)
    )
    rows = list(csv.DictReader(StringIO(answer.text)))
    assert [row["number"] for row in rows] == ["R-2026-00001", "INV-2026-00001", "CN-2026-00001", "INV-2026-00002"]
    assert [row["total"] for row in rows] == ["375.00", "375.00", "-375.00", "375.00"]
    assert rows[1]["tax"] == "42.00"
    assert rows[2]["refers_to"] == "INV-2026-00001"
    assert rows[3]["buyer"] == "'=HYPERLINK(1)"


async def test_pages_show_the_documents_and_keep_what_was_typed(paid: Paid) -> None:
    page = await paid.world.client.get(
        f"/trips/{paid.booking.id}/documents", headers=paid.world.headers(paid.world.guest)
    )
    assert page.status_code == 200
    assert "INV-2026-00001" in page.text
    assert "€375.00" in page.text
    host = await paid.world.client.get("/host/invoices", headers=paid.world.headers(paid.world.host))
    assert "INV-2026-00001" in host.text
    assert paid.world.guest.name in host.text
    refused = await paid.world.client.post(
        f"/trips/{paid.booking.id}/documents",
        data={"name": "", "city": "Añover"},
        headers=paid.world.headers(paid.world.guest),
    )
    assert refused.status_code == 422
    assert "Please fill this in." in refused.text
    assert 'value="Añover"' in refused.text
    stranger = await paid.world.client.get(
        f"/trips/{paid.booking.id}/documents", headers=paid.world.headers(paid.stranger)
    )
    assert stranger.status_code == 404


async def test_the_address_with_the_business_leads_its_people_there_and_nobody_else(paid: Paid) -> None:
    path = f"/host/{paid.booking.business_id}/invoices"
    for user, status in ((paid.world.host, 303), (paid.stranger, 404), (paid.world.guest, 404)):
        assert (await paid.world.client.get(path, headers=paid.world.headers(user))).status_code == status


async def test_a_business_names_itself_on_the_page_and_a_bad_country_keeps_what_was_typed(paid: Paid) -> None:
    headers = paid.world.headers(paid.world.host)
    typed = {"legal_name": "Casa Ñandú S. L.", "country": "XX", "version": "0"}
    refused = await paid.world.client.post("/host/invoices", data=typed, headers=headers)
    assert refused.status_code == 422
    assert "There is no such country." in refused.text
    assert 'value="Casa Ñandú S. L."' in refused.text
    saved = await paid.world.client.post("/host/invoices", data={**typed, "country": "ES"}, headers=headers)
    assert saved.status_code == 303
    again = await paid.world.client.post("/host/invoices", data={**typed, "country": "ES"}, headers=headers)
    assert again.status_code == 409
    assert "Please look at them again" in again.text
