"""What an admin decides in a browser."""

import httpx
import pytest

from hospes.modules.catalog import facade
from hospes.modules.identity.contracts import User
from tests.builders.catalog import a_business, a_picture, a_property, a_resource, an_owner
from tests.builders.identity import a_host, an_admin
from tests.catalog.signed_in import runtime_of, sign_in, submit


@pytest.fixture
async def admin(client: httpx.AsyncClient) -> User:
    async with runtime_of(client).db.write() as tx:
        user = await an_admin(tx)
    await sign_in(client, user)
    return user


async def test_a_host_may_not_see_the_queue(client: httpx.AsyncClient) -> None:
    async with runtime_of(client).db.write() as tx:
        host = await a_host(tx)
        house = await a_property(tx, owner_id=host.id, status="submitted")
    await sign_in(client, host)
    assert (await client.get("/admin")).status_code == 403
    assert (await client.get("/admin/businesses")).status_code == 403
    approve = await submit(client, "/host/listings/new", {}, to=f"/admin/properties/{house.id}/approve")
    assert approve.status_code == 403


async def test_an_empty_queue_says_so(client: httpx.AsyncClient, admin: User) -> None:
    assert "Nothing waits for approval." in (await client.get("/admin")).text
    assert "No business waits for verification." in (await client.get("/admin/businesses")).text


async def test_a_place_and_its_business_are_approved_and_go_on_sale(client: httpx.AsyncClient, admin: User) -> None:
    async with runtime_of(client).db.write() as tx:
        business = await a_business(tx, status="PENDING", name="<b>Sea</b>")
        house = await a_property(tx, business_id=business.id, status="submitted", description="<script>x</script>" * 3)
        sold = await a_resource(tx, property_id=house.id)
        await a_picture(tx, house.id, alt='"><svg onload=alert(1)>')
    page = await client.get("/admin")
    assert "Maison Lune" in page.text
    assert "&lt;b&gt;Sea&lt;/b&gt;" in page.text
    assert "<script>x" not in page.text
    assert "<svg onload" not in page.text
    verified = await submit(client, "/admin", {"back": "properties"}, to=f"/admin/businesses/{business.id}/activate")
    assert verified.headers["location"] == "/admin"
    approved = await submit(client, "/admin", {"note": ""}, to=f"/admin/properties/{house.id}/approve")
    assert approved.status_code == 303
    async with runtime_of(client).db.read() as tx:
        assert (await facade.get_sellable(tx, sold.resource_id)).live
    assert "Maison Lune is approved now." in (await client.get("/admin")).text
    assert "Maison Lune" in (await client.get("/admin?status=approved")).text


async def test_a_rejection_needs_a_reason_and_the_host_reads_it(client: httpx.AsyncClient, admin: User) -> None:
    async with runtime_of(client).db.write() as tx:
        owner = await an_owner(tx)
        house = await a_property(tx, owner_id=owner, status="submitted")
    reject = f"/admin/properties/{house.id}/reject"
    silent = await submit(client, "/admin", {"note": " "}, to=reject)
    assert silent.status_code == 422
    assert f'id="note-{house.id}-error">Please fill this in.' in silent.text
    long = await submit(client, "/admin", {"note": "x" * 1001}, to=reject)
    assert long.status_code == 422
    assert "x" * 1001 in long.text
    done = await submit(client, "/admin", {"note": "Photos are blurred."}, to=reject)
    assert done.status_code == 303
    assert "Photos are blurred." in (await client.get("/admin?status=rejected")).text


async def test_a_business_is_suspended_with_a_reason(client: httpx.AsyncClient, admin: User) -> None:
    async with runtime_of(client).db.write() as tx:
        sold = await a_resource(tx)
    page = "/admin/businesses?status=ACTIVE"
    suspend = f"/admin/businesses/{sold.business_id}/suspend"
    silent = await submit(client, page, {"note": ""}, to=suspend)
    assert silent.status_code == 422
    assert "Please fill this in." in silent.text
    assert (await submit(client, page, {"note": "Fraud."}, to=suspend)).status_code == 303
    async with runtime_of(client).db.read() as tx:
        assert not (await facade.get_sellable(tx, sold.resource_id)).live
    assert "Fraud." in (await client.get("/admin/businesses?status=SUSPENDED")).text
