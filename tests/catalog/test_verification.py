"""A business is looked at: asked for more, verified with its first place, suspended; who did what is written down."""

import asyncio

import httpx
import pytest

from hospes.modules.catalog import facade, queries
from hospes.modules.catalog.contracts import BusinessStatus, PropertyStatus
from hospes.modules.catalog.errors import VersionChanged
from hospes.modules.catalog.states import BUSINESS_ALLOWS, Allowed, BusinessAction
from hospes.modules.catalog.use_cases.move_business import move_business
from hospes.modules.identity.contracts import User
from hospes.platform.audit import list_entries
from hospes.platform.db import Database, WriteTx
from tests.builders.catalog import a_business, a_property, a_resource
from tests.builders.documents import an_identity_check
from tests.builders.identity import a_host, an_admin
from tests.catalog.signed_in import bearer, runtime_of, sign_in, submit
from tests.conftest import NOW


@pytest.fixture
async def admin(client: httpx.AsyncClient) -> User:
    async with runtime_of(client).db.write() as tx:
        return await an_admin(tx)


async def test_an_admin_asks_for_more_and_the_host_answers_back_into_the_queue(
    client: httpx.AsyncClient, admin: User
) -> None:
    async with runtime_of(client).db.write() as tx:
        host = await a_host(tx)
        business = await a_business(tx, owner_id=host.id, status="PENDING", name="Lantern Inns")
    await sign_in(client, admin)
    ask = f"/admin/businesses/{business.id}/ask"
    silent = await submit(client, "/admin/businesses", {"note": "", "version": "1"}, to=ask)
    assert silent.status_code == 422
    asked = await submit(client, "/admin/businesses", {"note": "Which <i>register</i>?", "version": "1"}, to=ask)
    assert asked.status_code == 303
    assert "Asked for more" in (await client.get("/admin/businesses")).text
    client.cookies.clear()
    await sign_in(client, host)
    page = await client.get("/host/business")
    assert "Which &lt;i&gt;register&lt;/i&gt;?" in page.text
    empty = await submit(client, "/host/business", {"answer": " "}, to="/host/business/answer")
    assert empty.status_code == 422
    done = await submit(client, "/host/business", {"answer": "Of Lyon, HRB 7."}, to="/host/business/answer")
    assert done.status_code == 303
    again = await submit(client, "/host/business", {"answer": "More."}, to="/host/business/answer")
    assert again.status_code == 409
    client.cookies.clear()
    await sign_in(client, admin)
    queue = (await client.get("/admin/businesses")).text
    assert "Has answered" in queue
    assert "Of Lyon, HRB 7." in queue


async def test_the_queue_shows_what_an_admin_needs_and_finds_by_name_address_and_kind(
    client: httpx.AsyncClient, admin: User
) -> None:
    async with runtime_of(client).db.write() as tx:
        host, other = await a_host(tx, email="inn@example.com"), await a_host(tx, verified=False)
        await an_identity_check(tx, host.id)
        first = await a_business(tx, owner_id=host.id, status="PENDING", name="Aurora Inn", type="HOTEL")
        second = await a_business(tx, owner_id=other.id, status="PENDING", name="Borealis", type="SALON")
        await a_property(tx, business_id=first.id, status="submitted")
    await sign_in(client, admin)
    everything = (await client.get("/admin/businesses")).text
    assert everything.index("Aurora Inn") < everything.index("Borealis")
    assert "1 waiting for approval" in everything
    for query, found in (("q=aurora", first), ("q=INN@example.com", first), ("type=SALON", second)):
        shown = (await client.get(f"/admin/businesses?{query}")).text
        assert [each.name in shown for each in (first, second)] == [found is first, found is second]
    assert "There is none." in (await client.get("/admin/businesses?q=%25")).text  # no wildcard


async def test_business_and_first_place_are_approved_in_one_step(client: httpx.AsyncClient, admin: User) -> None:
    async with runtime_of(client).db.write() as tx:
        business = await a_business(tx, status="PENDING")
        house = await a_property(tx, business_id=business.id, status="submitted")
        sold = await a_resource(tx, property_id=house.id)
    await sign_in(client, admin)
    assert "Approve both" in (await client.get("/admin")).text
    done = await submit(client, "/admin", {}, to=f"/admin/properties/{house.id}/approve-with-business")
    assert done.status_code == 303
    async with runtime_of(client).db.read() as tx:
        assert (await facade.get_sellable(tx, sold.resource_id)).live
        trail = [*await list_entries(tx, subject=business.id), *await list_entries(tx, subject=house.id)]
    assert [(each.action, each.actor_id) for each in trail] == [
        ("business.activate", admin.id),
        ("property.approve", admin.id),
    ]


async def test_both_or_neither_when_the_place_does_not_wait(client: httpx.AsyncClient, admin: User) -> None:
    async with runtime_of(client).db.write() as tx:
        business = await a_business(tx, status="PENDING")
        house = await a_property(tx, business_id=business.id, status="draft")
    path = f"/api/v1/admin/properties/{house.id}/approve-with-business"
    answer = await client.post(path, headers=bearer(client, admin))
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_status")
    async with runtime_of(client).db.read() as tx:
        found = await queries.find_business(tx, business.id)
        assert found is not None
        assert found.status is BusinessStatus.PENDING
        assert await list_entries(tx, subject=business.id) == []


async def test_a_host_may_not_decide_about_themselves(client: httpx.AsyncClient) -> None:
    async with runtime_of(client).db.write() as tx:
        host = await a_host(tx)
        business = await a_business(tx, owner_id=host.id, status="PENDING")
        house = await a_property(tx, business_id=business.id, status="submitted")
    who = bearer(client, host)
    for path in (
        f"/api/v1/admin/businesses/{business.id}/activate",
        f"/api/v1/admin/businesses/{business.id}/ask",
        f"/api/v1/admin/properties/{house.id}/approve-with-business",
    ):
        assert (await client.post(path, json={"note": "x"}, headers=who)).status_code == 403
    stranger = await client.post(f"/api/v1/admin/businesses/{business.id}/activate")
    assert stranger.status_code == 401


async def rivals(db: Database, *, careful: bool) -> tuple[int, BusinessStatus]:
    """How many of two admins who saw the same page got their way, and what came of it."""
    async with db.write() as tx:
        admins = [await an_admin(tx), await an_admin(tx)]
        business = await a_business(tx, status="PENDING")

    async def one(admin: User, action: BusinessAction) -> bool:
        try:
            async with db.write() as tx:
                await move_business(
                    tx,
                    business_id=business.id,
                    action=action,
                    member_id=None,
                    admin_id=admin.id,
                    note="Because.",
                    expected=business.version if careful else None,
                    now=NOW,
                )
        except VersionChanged:
            return False
        return True

    await asyncio.sleep(0)
    first = await one(admins[0], BusinessAction.ACTIVATE)
    second = await one(admins[1], BusinessAction.SUSPEND)
    async with db.read() as tx:
        found = await queries.find_business(tx, business.id)
    assert found is not None
    return first + second, found.status


async def test_of_two_admins_who_saw_the_same_page_the_first_decides(db: Database) -> None:
    assert await rivals(db, careful=True) == (1, BusinessStatus.ACTIVE)


async def test_control_without_the_version_the_second_undoes_the_first(db: Database) -> None:
    assert await rivals(db, careful=False) == (2, BusinessStatus.SUSPENDED)


async def test_at_once_with_the_version_exactly_one_of_many_admins_wins(db: Database) -> None:
    async with db.write() as tx:
        admins = [await an_admin(tx) for _ in range(6)]
        business = await a_business(tx, status="PENDING")

    async def one(admin: User, action: BusinessAction) -> None:
        async with db.write() as tx:
            await move_business(
                tx,
                business_id=business.id,
                action=action,
                member_id=None,
                admin_id=admin.id,
                note="Because.",
                expected=business.version,
                now=NOW,
            )

    actions = [BusinessAction.ACTIVATE, BusinessAction.SUSPEND, BusinessAction.ASK] * 2
    results = await asyncio.gather(*map(one, admins, actions), return_exceptions=True)
    assert [type(each) for each in results].count(VersionChanged) == 5
    async with db.read() as tx:
        assert len(await list_entries(tx, subject=business.id)) == 1


@pytest.mark.parametrize("status", list(BusinessStatus))
async def test_what_each_state_allows_is_what_the_statements_do(tx: WriteTx, status: BusinessStatus) -> None:
    host = await a_host(tx)
    business = await a_business(tx, owner_id=host.id, status=str(status))
    house = await a_property(tx, business_id=business.id, status=str(PropertyStatus.APPROVED))
    sold = await a_resource(tx, property_id=house.id)
    allowed = BUSINESS_ALLOWS[status]
    assert (await facade.get_sellable(tx, sold.resource_id)).live is (Allowed.SELL in allowed)
    mine = await queries.find_my_business(tx, host.id, business.id)
    assert (mine is not None) is (Allowed.PREPARE in allowed)
    assert (await queries.find_member_role(tx, business.id, host.id) is not None) is (Allowed.SERVE in allowed)
