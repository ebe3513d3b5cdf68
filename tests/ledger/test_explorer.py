"""The explorer: what admins see, page by page; nobody else sees anything."""

from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest

from hospes.modules.ledger import facade
from hospes.modules.ledger.contracts import Line, guest, host, provider
from tests.builders.identity import a_user
from tests.catalog.signed_in import sign_in

BOOKING = uuid4()
HOST = host(uuid4())
DAYS = [datetime(2026, 5, day, 12, tzinfo=UTC) for day in (1, 2, 3)]


@pytest.fixture
async def admin(client: httpx.AsyncClient) -> httpx.AsyncClient:
    rt = client.app.state.runtime  # type: ignore[attr-defined]
    async with rt.db.write() as tx:
        payer = await a_user(tx)
        boss = await a_user(tx, roles=("guest", "admin"))
        for number, at in enumerate(DAYS):
            for kind, lines in (
                ("captured", (Line(provider("sandbox"), 100), Line(guest(payer.id), -100))),
                ("allocated", (Line(guest(payer.id), 100), Line(HOST, -100))),
            ):
                about = BOOKING if number == 0 else uuid4()
                await facade.post(
                    tx, key=f"{kind}{number}", kind=kind, about=about, lines=lines, currency="EUR", now=at
                )
    await sign_in(client, boss)
    return client


async def ask(client: httpx.AsyncClient, path: str, **query: object) -> dict:
    answer = await client.get(f"/api/v1/admin/ledger/{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_accounts_come_with_balances_page_by_page(admin: httpx.AsyncClient) -> None:
    first = await ask(admin, "accounts", limit=2)
    rest = await ask(admin, "accounts", limit=2, cursor=first["next_cursor"])
    both = [(each["kind"], each["balance"]["amount"]) for each in (*first["items"], *rest["items"])]
    assert both == [("guest", 0), ("host", -300), ("provider", 300)]
    assert rest["next_cursor"] is None
    only = await ask(admin, "accounts", kind="host", owner=HOST.owner, currency="EUR")
    assert [each["owner"] for each in only["items"]] == [HOST.owner]


async def test_transactions_are_filtered_by_booking_kind_and_time(admin: httpx.AsyncClient) -> None:
    of_one = await ask(admin, "transactions", about=str(BOOKING))
    assert [each["key"] for each in of_one["items"]] == ["allocated0", "captured0"]
    assert [line["amount"]["amount"] for line in of_one["items"][1]["lines"]] == [100, -100]
    kinds = await ask(admin, "transactions", kind="captured", since=DAYS[1].isoformat(), until=DAYS[2].isoformat())
    assert [each["key"] for each in kinds["items"]] == ["captured1"]


async def test_an_account_is_paged_with_its_balance_after_each_entry(admin: httpx.AsyncClient) -> None:
    account = (await ask(admin, "accounts", kind="host"))["items"][0]["id"]
    first = await ask(admin, "transactions", account_id=account, limit=2)
    rest = await ask(admin, "transactions", account_id=account, limit=2, cursor=first["next_cursor"])
    seen = [(each["key"], each["balance"]["amount"]) for each in (*first["items"], *rest["items"])]
    assert seen == [("allocated2", -300), ("allocated1", -200), ("allocated0", -100)]


@pytest.mark.parametrize("path", ["accounts", "transactions"])
async def test_only_admins_see_the_ledger(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"/api/v1/admin/ledger/{path}")).status_code == 401
    rt = client.app.state.runtime  # type: ignore[attr-defined]
    async with rt.db.write() as tx:
        somebody = await a_user(tx)
    await sign_in(client, somebody)
    assert (await client.get(f"/api/v1/admin/ledger/{path}")).status_code == 403


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("transactions?account_id=999999", 404, "ledger_account_not_found"),
        ("transactions?cursor=nonsense", 422, "cursor_invalid"),
        ("transactions?cursor=WyJ4IiwgMV0", 422, "cursor_invalid"),
        ("accounts?kind=nobody", 422, "invalid"),
    ],
)
async def test_bad_questions_are_refused(admin: httpx.AsyncClient, query: str, status: int, code: str) -> None:
    answer = await admin.get(f"/api/v1/admin/ledger/{query}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_the_pages_show_accounts_entries_and_transactions(admin: httpx.AsyncClient) -> None:
    page = await admin.get("/admin/ledger")
    assert page.status_code == 200
    assert "Held at provider" in page.text
    account = (await ask(admin, "accounts", kind="provider"))["items"][0]["id"]
    assert ">€3<" in (await admin.get(f"/admin/ledger/accounts/{account}?since=2026-05-02")).text
    booked = await admin.get(f"/admin/ledger/transactions?about={BOOKING}")
    assert booked.text.count(">€1<") == 4
    wrong = await admin.get("/admin/ledger/transactions?about=abc")
    assert wrong.status_code == 422
    assert "This is not the id of a booking." in wrong.text
    assert 'value="abc"' in wrong.text
