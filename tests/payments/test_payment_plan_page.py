"""The checkout says when the price is taken, before anything is accepted."""

from datetime import date
from typing import Any

import httpx
import pytest

from hospes.modules.payments import store
from hospes.modules.payments.contracts import PaymentTerms, Way
from hospes.platform.runtime import Runtime
from tests.booking.test_pages import as_guest
from tests.builders.booking import Stay, a_stay
from tests.catalog.signed_in import runtime_of

PLAN = '<dl class="price-lines" id="payment-plan">'


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    client.headers["Accept"] = "text/html"
    return runtime_of(client)


async def checkout(client: httpx.AsyncClient, rt: Runtime, terms: PaymentTerms, nights: int = 3, **stay: Any) -> str:
    """The page of a hold that begins on 1 July; 100 euros a night."""
    async with rt.db.write() as tx:
        made: Stay = await a_stay(tx, max_nights=60, **stay)
        await store.set_terms(tx, made.sellable.business_id, terms, user_id=made.owner_id, now=rt.clock.now())
    leaves = date.fromordinal(date(2026, 7, 1).toordinal() + nights)
    dates = {"arrival": "2026-07-01", "departure": leaves.isoformat(), "adults": "2"}
    guest = await as_guest(client, made)
    held = await client.post(f"/stays/{made.resource_id}/hold", data=dates, headers=guest)
    assert held.status_code == 303, held.text
    return (await client.get(held.headers["location"], headers=guest)).text


async def test_a_deposit_and_its_balance_are_said_with_the_day(client: httpx.AsyncClient, rt: Runtime) -> None:
    terms = PaymentTerms(Way.DEPOSIT, deposit_bp=2_000, long_stay_nights=2, balance_days=14)
    page = await checkout(client, rt, terms)
    assert PLAN in page
    assert '<dt>Deposit now</dt><dd class="money">€60</dd>' in page
    assert '<dt>Balance <span class="price-detail">on 17 Jun 2026</span></dt><dd class="money">€240</dd>' in page
    assert "Confirm and pay €60 now" in page
    assert "You are charged €60 now and €240 on 17 Jun 2026." in page
    assert page.index(PLAN) > page.index("Check and book")


async def test_what_is_reserved_is_said_to_be_taken_after_check_in(client: httpx.AsyncClient, rt: Runtime) -> None:
    page = await checkout(client, rt, PaymentTerms(Way.AUTHORISE))
    assert 'Reserved on your card now <span class="price-detail">taken after check-in, 1 Jul 2026</span>' in page
    assert "Confirm and reserve €300" in page
    assert "€300 is reserved on it now and taken after check-in." in page


async def test_what_is_paid_at_the_property_takes_nothing_now(client: httpx.AsyncClient, rt: Runtime) -> None:
    page = await checkout(client, rt, PaymentTerms(Way.AT_PROPERTY))
    assert 'At the property <span class="price-detail">when you arrive, 1 Jul 2026</span>' in page
    assert "Nothing is taken now. You pay €300 at the property." in page
    assert "Confirm and pay" not in page


async def test_a_damage_deposit_is_said_apart_from_the_price(client: httpx.AsyncClient, rt: Runtime) -> None:
    page = await checkout(client, rt, PaymentTerms(damage_amount=15_000))
    assert '<dt>Now</dt><dd class="money">€300</dd>' in page
    assert "<dt>Damage deposit" in page
    assert "€150" in page
    assert "Confirm and pay €300" in page


async def test_a_request_says_the_plan_too_and_an_ordinary_price_has_none(
    client: httpx.AsyncClient, rt: Runtime
) -> None:
    page = await checkout(client, rt, PaymentTerms(Way.AUTHORISE), instant=False)
    assert PLAN in page
    assert "only after they accept." in page
    assert PLAN not in await checkout(client, rt, PaymentTerms())
