"""The menu of a host's pages shows what the member may open, and nothing else."""

import re

import httpx
import pytest

from tests.builders.catalog import a_business, a_property, a_resource
from tests.builders.identity import a_host
from tests.builders.members import a_member
from tests.catalog.signed_in import runtime_of, sign_in

EVERYTHING = {
    *("/host/start", "/host", "/host/calendar", "/host/bookings", "/host/rates", "/host/coupons", "/host/schedule"),
    *("/host/feeds", "/host/rooms", "/host/earnings", "/host/invoices", "/host/members", "/host/business"),
}
OF_STAFF = {"/host/start", "/host", "/host/calendar", "/host/bookings", "/host/rooms", "/host/members"}


@pytest.mark.parametrize(("part", "shown"), [("owner", EVERYTHING), ("manager", EVERYTHING), ("staff", OF_STAFF)])
async def test_a_member_sees_what_they_may_open_and_can_open_what_they_see(
    client: httpx.AsyncClient, part: str, shown: set[str]
) -> None:
    async with runtime_of(client).db.write() as tx:
        owner = await a_host(tx)
        business = await a_business(tx, owner_id=owner.id)
        await a_resource(tx, property_id=(await a_property(tx, business_id=business.id)).id)
        who = owner if part == "owner" else await a_member(tx, business.id, part)
    await sign_in(client, who)
    for page in ("/host", f"/host/{business.id}/members"):
        answer = await client.get(page)
        menu = re.search(r'<nav class="tabs host-tabs".*?</nav>', answer.text, re.S)
        assert menu
        assert set(re.findall(r'href="([^"]+)"', menu[0])) == shown, page
    assert ("/host/listings/new" in (await client.get("/host")).text) is (part != "staff")
    for page in sorted(shown):
        answer = await client.get(page, follow_redirects=True)
        assert answer.status_code == 200, page
