"""Balances, payouts, statements and pages: owners see theirs, strangers find nothing, admins hold and compare."""

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pypdf import PdfReader

from hospes.modules.booking.contracts import Booking, BookingStatus
from hospes.modules.identity.contracts import User
from hospes.modules.payments.providers.port import AccountState, ReportLine
from hospes.modules.payouts.use_cases.pay_hosts import pay_hosts
from hospes.platform.ids import new_id
from hospes.platform.money import Money
from hospes.platform.runtime import Runtime
from tests.builders.booking import a_stay
from tests.builders.identity import a_user, an_admin
from tests.builders.payouts import FakeBank, a_payout_account, after_stay, an_earning
from tests.catalog.signed_in import bearer, sign_in, submit


@dataclass
class World:
    client: httpx.AsyncClient
    rt: Runtime
    bank: FakeBank
    booking: Booking
    owner: User
    stranger: User
    admin: User

    async def ask(self, method: str, path: str, user: User, **more: Any) -> httpx.Response:
        headers = {**bearer(self.client, user), "Idempotency-Key": str(new_id())}
        return await self.client.request(method, f"/api/v1{path}", headers=headers, **more)

    @property
    def business(self) -> str:
        return f"/businesses/{self.booking.business_id}"

    async def pay(self) -> None:
        self.rt.clock.at = after_stay(self.booking)  # type: ignore[attr-defined]
        await pay_hosts(self.rt)


@pytest.fixture
async def world(client: httpx.AsyncClient) -> World:
    rt: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    bank = FakeBank()
    rt.ports.payment_providers = {"fake": bank}
    async with rt.db.write() as tx:
        owner = await a_user(tx, roles=("guest", "host"))
        stay = await a_stay(tx)
        await tx.run("UPDATE catalog.business SET owner_id = %s", (owner.id,))
        await tx.run("UPDATE catalog.business_member SET user_id = %s", (owner.id,))
        booking = await an_earning(tx, stay, status=BookingStatus.IN_PROGRESS)
        await a_payout_account(tx, booking.business_id)
        stranger, admin = await a_user(tx, roles=("guest", "host")), await an_admin(tx)
    return World(client, rt, bank, booking, owner, stranger, admin)


async def test_an_owner_sees_the_balance_the_payout_and_what_it_is_made_of(world: World) -> None:
    before = (await world.ask("GET", f"{world.business}/balance", world.owner)).json()
    assert before["account"]["status"] == "enabled"
    (item,) = before["items"]
    assert (item["available"], item["pending"], item["next_at"]) == (0, 29_100, "2026-07-02T13:00:00Z")
    await world.pay()
    assert (await world.ask("GET", f"{world.business}/balance", world.owner)).json()["items"] == []
    (paid,) = (await world.ask("GET", f"{world.business}/payouts", world.owner)).json()["items"]
    assert (paid["status"], paid["amount"]) == ("paid", {"amount": 29_100, "currency": "EUR"})
    assert [line["reference"] for line in paid["lines"]] == [world.booking.reference]
    (earned,) = (await world.ask("GET", f"{world.business}/earnings", world.owner)).json()["items"]
    assert sum(line["amount"] for line in earned["lines"]) == earned["earned"] == 29_100


async def test_a_statement_is_there_as_csv_and_pdf(world: World) -> None:
    await world.pay()
    table = await world.ask("GET", f"{world.business}/statements/2026-07.csv", world.owner)
    head, row = table.text.lstrip("\ufeff").strip().splitlines()
    assert head == "paid_at,payout,provider_reference,booking,amount,of_which_taxes,currency"
    assert row.split(",")[3:] == [world.booking.reference, "291.00", "0.00", "EUR"]
    paper = await world.ask("GET", f"{world.business}/statements/2026-07.pdf", world.owner)
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(paper.content)).pages)
    assert world.booking.reference in text
    assert "Payouts in July 2026" in text
    empty = await world.ask("GET", f"{world.business}/statements/2026-08.csv", world.owner)
    assert len(empty.text.strip().splitlines()) == 1
    for wrong in ("2026-13.csv", "july.pdf", "2026-07.exe"):
        refused = await world.ask("GET", f"{world.business}/statements/{wrong}", world.owner)
        assert (refused.status_code, refused.json()["code"]) == (422, "statement_invalid")


@pytest.mark.parametrize(
    "path", ["balance", "payouts", "earnings", "statements/2026-07.csv", "statements/2026-07.pdf", "payout-account"]
)
async def test_a_stranger_finds_nothing(world: World, path: str) -> None:
    assert (await world.ask("GET", f"{world.business}/{path}", world.stranger)).status_code == 404
    assert (await world.client.get(f"/api/v1{world.business}/{path}")).status_code == 401


async def test_a_stranger_opens_no_account_and_sees_no_page(world: World) -> None:
    body = {"email": "a@example.com", "country": "FR"}
    refused = await world.ask("POST", f"{world.business}/payout-account", world.stranger, json=body)
    assert (refused.status_code, world.bank.opened) == (404, [])
    await sign_in(world.client, world.stranger)
    for path in ("earnings", "payouts"):
        assert (await world.client.get(f"/host/{world.booking.business_id}/{path}")).status_code == 404


async def test_an_account_is_opened_once_and_says_what_is_due(world: World) -> None:
    async with world.rt.db.write() as tx:
        await tx.run("DELETE FROM payouts.account")
    assert (await world.ask("GET", f"{world.business}/payout-account", world.owner)).json()["status"] == "not_started"
    world.bank.state = AccountState(False, ("A copy of your passport",), "https://bank.example/fresh")
    body = {"email": "owner@example.com", "country": "FR"}
    for _ in range(2):
        made = (await world.ask("POST", f"{world.business}/payout-account", world.owner, json=body)).json()
    assert made == {
        "status": "due",
        "provider": "fake",
        "due": ["A copy of your passport"],
        "url": "https://bank.example/fresh",
    }
    assert len(world.bank.opened) == 1
    world.bank.state = AccountState(True)
    made = (await world.ask("POST", f"{world.business}/payout-account", world.owner, json=body)).json()
    assert made["status"] == "enabled"


async def test_an_admin_holds_money_with_a_reason_and_releases_it(world: World) -> None:
    body = {"business_id": str(world.booking.business_id), "booking_id": str(world.booking.id), "reason": "A complaint"}
    assert (await world.ask("POST", "/admin/payouts/holds", world.owner, json=body)).status_code == 403
    held = await world.ask("POST", "/admin/payouts/holds", world.admin, json=body)
    assert (held.status_code, held.json()["kind"]) == (201, "admin")
    again = await world.ask("POST", "/admin/payouts/holds", world.admin, json=body)
    assert (again.status_code, again.json()["code"]) == (409, "hold_in_place")
    foreign = await world.ask("POST", "/admin/payouts/holds", world.admin, json={**body, "booking_id": str(uuid4())})
    assert foreign.status_code == 404
    await world.pay()
    assert world.bank.calls == 0
    path = f"/admin/payouts/holds/{held.json()['id']}/release"
    assert (await world.ask("PUT", path, world.admin)).status_code == 204
    assert (await world.ask("PUT", path, world.admin)).json()["code"] == "payout_hold_not_found"
    await world.pay()
    assert world.bank.calls == 1


async def test_books_are_compared_and_an_admin_resolves_what_differs(world: World) -> None:
    await world.pay()
    at = after_stay(world.booking)
    (paid,) = world.bank.made.values()
    zero = Money(0, "EUR")
    world.bank.lines = [
        ReportLine("tr_1", paid.key, "transfer", Money(-29_000, "EUR"), zero, at),
        ReportLine("ch_strange", None, "charge", Money(5_000, "EUR"), zero, at),
    ]
    world.rt.clock.at = at + timedelta(hours=1)  # type: ignore[attr-defined]
    found = (await world.ask("POST", "/admin/reconciliation/compare", world.admin)).json()
    seen = {each["kind"]: (each["name"], each["ours"], each["theirs"]) for each in found["items"]}
    assert seen == {
        "amounts_differ": (str(paid.key), -29_100, -29_000),
        "missing_here": ("ch_strange", None, 5_000),
    }
    world.bank.lines = [ReportLine("tr_1", paid.key, "transfer", Money(-29_100, "EUR"), zero, at)]
    left = (await world.ask("POST", "/admin/reconciliation/compare", world.admin)).json()
    assert [each["kind"] for each in left["items"]] == ["missing_here"]  # the other agrees now
    assert left["comparisons"][0]["matched"] == 1
    path = f"/admin/reconciliation/{left['items'][0]['id']}/resolve"
    assert (await world.ask("PUT", path, world.admin, json={"note": "A test charge of ours"})).status_code == 204
    assert (await world.ask("GET", "/admin/reconciliation", world.admin)).json()["items"] == []
    assert (await world.ask("GET", "/admin/reconciliation", world.owner)).status_code == 403


async def test_a_transfer_that_the_provider_does_not_know_is_found(world: World) -> None:
    await world.pay()
    world.rt.clock.at = after_stay(world.booking) + timedelta(hours=1)  # type: ignore[attr-defined]
    found = (await world.ask("POST", "/admin/reconciliation/compare", world.admin)).json()
    assert [(each["kind"], each["ours"]) for each in found["items"]] == [("missing_there", -29_100)]


async def test_the_hosts_pages_show_earnings_and_payouts(world: World) -> None:
    await sign_in(world.client, world.owner)
    first = await world.client.get("/host/earnings", follow_redirects=True)
    assert first.status_code == 200
    assert world.booking.reference in first.text
    assert "<svg" in first.text
    assert "€291" in first.text
    await world.pay()
    await sign_in(world.client, world.owner)
    page = await world.client.get("/host/payouts", follow_redirects=True)
    assert page.status_code == 200
    assert "statements/2026-07.pdf" in page.text
    async with world.rt.db.write() as tx:
        await tx.run("DELETE FROM payouts.account")
    path = f"/host/{world.booking.business_id}/payouts"
    wrong = await submit(world.client, path, {"email": "nobody", "country": "France"}, to=f"{path}/account")
    assert wrong.status_code == 422
    assert 'value="nobody"' in wrong.text
    went = await submit(world.client, path, {"email": "o@example.com", "country": "FR"}, to=f"{path}/account")
    assert (went.status_code, went.headers["location"]) == (303, "https://bank.example/go-on")


async def test_the_admins_pages_hold_release_and_resolve(world: World) -> None:
    await sign_in(world.client, world.admin)
    page, to = "/admin/payouts", "/admin/payouts/holds"
    typed = {"business_id": str(world.booking.business_id), "booking_id": "", "reason": "x"}
    short = await submit(world.client, page, typed, to=to)
    assert short.status_code == 422
    assert str(world.booking.business_id) in short.text
    assert (await submit(world.client, page, {**typed, "reason": "A complaint"}, to=to)).status_code == 303
    assert "A complaint" in (await world.client.get(page)).text
    shown = await world.client.get("/admin/reconciliation")
    assert shown.status_code == 200
    assert "No provider" in shown.text
