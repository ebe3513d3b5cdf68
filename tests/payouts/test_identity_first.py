"""Nobody is paid before they have shown who they are, where the installation asks for it."""

from datetime import date

import httpx
import pytest

from hospes.modules.payouts.queries import businesses_to_pay
from hospes.platform.db import WriteTx
from tests.builders.booking import a_stay
from tests.builders.documents import an_identity_check
from tests.builders.payouts import a_payout_account, after_stay, an_earning
from tests.catalog.signed_in import runtime_of, sign_in


@pytest.mark.parametrize(
    ("status", "paid"), [("", False), ("waiting", False), ("refused", False), ("approved", True), ("expired", True)]
)
async def test_the_first_payout_waits_for_an_identity_that_was_verified_once(
    tx: WriteTx, status: str, paid: bool
) -> None:
    stay = await a_stay(tx)
    booking = await an_earning(tx, stay)
    await a_payout_account(tx, stay.sellable.business_id)
    await tx.run("DELETE FROM identity.identity_check")
    row = await tx.find("SELECT owner_id FROM catalog.business WHERE id = %s", (stay.sellable.business_id,))
    assert row is not None
    if status:
        await an_identity_check(tx, row["owner_id"], status=status, expires_on=date(2027, 1, 1))
    at = after_stay(booking)
    found = await businesses_to_pay(tx, at, identity_first=True, limit=10)
    assert found == ([stay.sellable.business_id] if paid else [])
    # Control: without the setting nobody waits.
    assert await businesses_to_pay(tx, at, identity_first=False, limit=10) == [stay.sellable.business_id]


async def test_the_earnings_page_and_getting_started_say_why_and_where(client: httpx.AsyncClient) -> None:
    from tests.builders.catalog import a_business, a_property
    from tests.builders.identity import a_host

    async with runtime_of(client).db.write() as tx:
        host = await a_host(tx)
        business = await a_business(tx, owner_id=host.id, status="PENDING")
        await a_property(tx, business_id=business.id, status="submitted")
    await sign_in(client, host)
    earnings = await client.get(f"/host/{business.id}/earnings")
    assert "Your first payout waits until you have shown who you are." in earnings.text
    start = await client.get("/host/start")
    assert start.status_code == 200
    for words in ("Waits for our verification", "Not shown yet", "Waits for approval", "Not opened yet"):
        assert words in start.text, words
    async with runtime_of(client).db.write() as tx:
        await an_identity_check(tx, host.id)
    assert "first payout waits" not in (await client.get(f"/host/{business.id}/earnings")).text
