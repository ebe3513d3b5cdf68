"""Pages of coupons and credit: the checkout, one's own, a host's, an admin's."""

from typing import Any

import httpx

from hospes.modules.identity.contracts import User
from hospes.modules.promotions import queries
from tests.builders.booking import Stay
from tests.builders.identity import a_user
from tests.catalog.signed_in import bearer, csrf_in, runtime_of, sign_in
from tests.promotions.test_promotions_api import a_world, wish


async def post(client: httpx.AsyncClient, path: str, page: httpx.Response, **form: Any) -> httpx.Response:
    return await client.post(path, data={**form, "csrf_token": csrf_in(page)})


async def a_checkout(client: httpx.AsyncClient) -> tuple[str, Stay, User]:
    stay, guest, _ = await a_world(client)
    held = await client.post("/api/v1/holds", json=wish(stay), headers=bearer(client, guest))
    await sign_in(client, guest)
    return f"/checkout/{held.json()['id']}", stay, guest


async def test_a_coupon_and_credit_are_tried_at_the_checkout_and_the_message_stays(client: httpx.AsyncClient) -> None:
    checkout, _, _ = await a_checkout(client)
    page = await client.get(checkout)
    assert "You have €20 of credit." in page.text
    page = await post(client, f"{checkout}/coupons", page, code=" ten ", message="We come late", expected_total="30000")
    assert page.status_code == 200
    assert "The total is €270 now." in page.text
    assert "TEN: 10 % off" in page.text
    assert "We come late" in page.text
    page = await post(client, f"{checkout}/coupons", page, code="", credit="yes", expected_total="27000")
    assert "The total is €250 now." in page.text
    page = await post(client, f"{checkout}/coupons", page, code="", remove="TEN", expected_total="25000")
    assert "The total is €280 now." in page.text
    page = await post(client, f"{checkout}/coupons", page, code="", credit="no", expected_total="28000")
    assert "The total is €300 now." in page.text
    page = await post(client, f"{checkout}/coupons", page, code="TEN", expected_total="30000")
    booked = await post(client, checkout, page, expected_total="27000", accept="yes")
    assert (booked.status_code, booked.headers["location"][:5]) == (303, "/pay/")


async def test_a_code_that_does_not_exist_is_refused_beside_its_field(client: httpx.AsyncClient) -> None:
    checkout, _, _ = await a_checkout(client)
    page = await client.get(checkout)
    page = await post(client, f"{checkout}/coupons", page, code="NONE", message="Hello", expected_total="30000")
    assert page.status_code == 422
    assert "There is no coupon NONE." in page.text
    assert 'value="NONE"' in page.text
    assert "Hello" in page.text


async def test_nobody_tries_coupons_on_somebody_elses_hold(client: httpx.AsyncClient) -> None:
    checkout, _, _ = await a_checkout(client)
    async with runtime_of(client).db.write() as tx:
        stranger = await a_user(tx)
    client.cookies.clear()
    await sign_in(client, stranger)
    page = await client.get("/account")
    assert (await post(client, f"{checkout}/coupons", page, code="TEN", expected_total="1")).status_code == 404


async def test_ones_own_page_shows_credit_coupons_and_the_link(client: httpx.AsyncClient) -> None:
    _, guest, _ = await a_world(client)
    await sign_in(client, guest)
    page = await client.get("/account/coupons")
    assert page.status_code == 200
    assert "€20" in page.text
    assert "/r/" in page.text
    code = page.text.split("/r/")[1].split('"')[0]
    client.cookies.clear()
    invited = await client.get(f"/r/{code}")
    assert (invited.headers["location"], client.cookies["hospes_ref"]) == ("/signup", code)


async def test_who_signs_up_by_invitation_brings_the_code_along(client: httpx.AsyncClient) -> None:
    client.cookies.set("hospes_ref", "ABCDEFGH")
    page = await client.get("/signup")
    form = {
        "email": "friend@example.com", "password": "Correct-horse-7", "first_name": "Grace", "last_name": "Hopper",
        "date_of_birth": "1990-05-31", "phone": "+34612345678", "agree": "yes",
    }  # fmt: skip
    assert (await post(client, "/signup", page, **form)).status_code == 303
    async with runtime_of(client).db.read() as tx:
        row = await tx.find("SELECT data FROM platform.outbox WHERE type = 'user.registered'")
    assert row is not None
    assert row["data"]["referral"] == "ABCDEFGH"


async def test_a_host_makes_pauses_and_ends_a_coupon_on_the_pages(client: httpx.AsyncClient) -> None:
    stay, guest, owner = await a_world(client)
    await sign_in(client, owner)
    page = await client.get("/host/coupons/new")
    refused = await post(client, "/host/coupons/new", page, code="x", kind="percent", percent="140", per_user_limit="1")
    assert refused.status_code == 422
    assert "Enter a percentage" in refused.text
    made = await post(
        client, "/host/coupons/new", page, code="spring", kind="percent", percent="12.5", global_limit="3"
    )
    assert made.status_code == 303
    listed = await client.get("/host/coupons")
    assert "SPRING" in listed.text
    assert "12.5 % off" in listed.text
    async with runtime_of(client).db.read() as tx:
        (coupon,) = await queries.list_coupons_of_business(tx, stay.sellable.business_id, after=None, limit=9)
    one = f"/host/coupons/{coupon.id}"
    page = await client.get(one)
    assert (await post(client, one, page, kind="percent", percent="20", paused="on", version="1")).status_code == 303
    assert "Paused" in (await client.get("/host/coupons")).text
    stale = await post(client, one, page, kind="percent", percent="30", version="1")
    assert stale.status_code == 422
    assert "was changed in the meantime" in stale.text
    client.cookies.clear()
    await sign_in(client, guest)
    assert (await client.get(one)).status_code == 404


async def test_an_admin_sees_to_coupons_rules_and_campaigns(client: httpx.AsyncClient) -> None:
    await a_world(client)
    async with runtime_of(client).db.write() as tx:
        admin = await a_user(tx, roles=("admin",))
    await sign_in(client, admin)
    page = await client.get("/admin/promotions")
    assert page.status_code == 200
    assert "Somebody signs up" in page.text
    form = await client.get("/admin/promotions/coupons/new")
    made = await post(
        client, "/admin/promotions/coupons/new", form, code="ALL", kind="amount", amount="20", currency="EUR"
    )
    assert made.status_code == 303
    rule = await client.get("/admin/promotions/triggers/email_verified")
    assert "10 USD, 10 EUR" in rule.text
    changed = {"active": "on", "kind": "credit", "amounts": "12 USD, 11.50 EUR", "valid_days": "90", "version": "1"}
    assert (await post(client, "/admin/promotions/triggers/email_verified", rule, **changed)).status_code == 303
    async with runtime_of(client).db.read() as tx:
        kept = await queries.find_rule(tx, "email_verified")
    assert kept is not None
    assert kept.gives.amounts == {"USD": 1200, "EUR": 1150}
    wrong = await post(client, "/admin/promotions/triggers/signup", rule, kind="credit", amounts="ten", valid_days="9")
    assert wrong.status_code == 422
    assert "such as 10 USD, 9 EUR." in wrong.text
    form = await client.get("/admin/promotions/campaigns/new")
    fields = {"name": "Summer", "audience": "guests", "kind": "percent", "percent": "15", "valid_days": "30"}
    missing = await post(client, "/admin/promotions/campaigns/new", form, **fields)
    assert missing.status_code == 422
    days = {"starts_at": "2026-07-01", "ends_at": "2026-07-31"}
    assert (await post(client, "/admin/promotions/campaigns/new", form, **fields, **days)).status_code == 303
    page = await client.get("/admin/promotions")
    assert "15 % off, for 30 days" in page.text
    async with runtime_of(client).db.read() as tx:
        (campaign,) = await queries.list_campaigns(tx, after=None, limit=9)
    one = f"/admin/promotions/campaigns/{campaign.id}"
    assert (await client.get(one)).status_code == 200
    assert (await post(client, f"{one}/delete", form)).status_code == 303


async def test_who_is_no_admin_finds_no_such_page(client: httpx.AsyncClient) -> None:
    _, guest, _ = await a_world(client)
    await sign_in(client, guest)
    for path in ("", "/coupons/new", "/campaigns/new", "/triggers/signup"):
        assert (await client.get(f"/admin/promotions{path}")).status_code == 404
