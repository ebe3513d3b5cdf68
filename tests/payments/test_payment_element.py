"""The Payment Element in a browser, under the page's own policy; Stripe.js is a stand-in from our server."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from hospes.entrypoints.app import create_app
from hospes.modules.payments import facade, jobs
from hospes.modules.payments.contracts import Method, PaymentStatus
from hospes.modules.payments.queries import find_payment, list_methods
from hospes.platform.jobs import run_waiting
from hospes.platform.pages import dist_folder
from hospes.platform.settings import Auth, Payment, Settings, Stripe
from tests.builders.identity import PASSWORD, a_user
from tests.builders.payments import a_payment
from tests.conftest import FixedClock, Servers
from tests.providers_wire.stripe_server import KEY, SECRET, StripeServer
from tests.providers_wire.wire import on_a_port

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.browser


@pytest.fixture
def server() -> StripeServer:
    return StripeServer()


@pytest.fixture
async def site(server: StripeServer, clone_url: str, running: Servers, tmp_path: Path) -> AsyncIterator[Any]:
    """An application set up for Stripe, and its address."""
    if CHROMIUM is None or not (dist_folder() / "manifest.json").is_file():
        pytest.skip("there is no Chromium, or the front end is not built")
    async with on_a_port(server.app) as vendor:
        stripe = Stripe(
            api_key=SecretStr(KEY),
            publishable_key="pk_test",
            webhook_secret=SecretStr(SECRET),
            api_base=vendor,
            script=f"{vendor}/v3/",
        )
        settings = Settings(
            database_url=clone_url,
            redis_url=running.valkey,
            data_dir=tmp_path,
            auth=Auth(secret="a secret of forty-eight characters for the tests"),
            payment=Payment(stripe=stripe),
        )
        app = create_app(settings, clock=FixedClock())
        async with app.router.lifespan_context(app), on_a_port(app) as address:  # type: ignore[arg-type]
            yield app.state.runtime, address


@pytest.mark.parametrize("size", [(390, 844), (1440, 900)])
@pytest.mark.parametrize("dark", [False, True])
async def test_a_guest_pays_in_the_element(site: Any, tmp_path: Path, size: tuple[int, int], dark: bool) -> None:
    from playwright.async_api import async_playwright

    rt, address = site
    async with rt.db.write() as tx:
        ada = await a_user(tx)
        payment = await a_payment(tx, payer_id=ada.id, provider="stripe")
        await facade.start_charge(tx, payment.id, Method(""), rt.clock.now(), at_vendor=True)
    await run_waiting(rt, jobs.TASKS, queues=["payments"])
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = await chromium.new_context(
            base_url=address,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
        )
        page = await context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        await page.goto("/login")
        await page.fill("input[name=email]", ada.email)
        await page.fill("input[name=password]", PASSWORD)
        await page.click("main button[type=submit]")
        await page.goto(f"/pay/{payment.booking_id}/status")
        pay = page.locator("form[data-payment-element] button[type=submit]")
        await page.wait_for_selector("form[data-payment-element] button[type=submit]:not([disabled])")
        await page.screenshot(path=tmp_path.parent / f"element-{size[0]}-{'dark' if dark else 'light'}.png")
        await pay.click()
        await page.wait_for_url("**/trips/**")
        await chromium.close()
    assert [fault for fault in faults if "404" not in fault] == []
    async with rt.db.read() as tx:
        paid = await find_payment(tx, payment.id)
    assert paid is not None
    assert paid.status is PaymentStatus.SUCCEEDED


async def test_a_card_is_kept_in_the_element_without_paying(site: Any, server: StripeServer) -> None:
    from playwright.async_api import async_playwright

    rt, address = site
    async with rt.db.write() as tx:
        ada = await a_user(tx)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = await (await chromium.new_context(base_url=address)).new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        await page.goto("/login")
        await page.fill("input[name=email]", ada.email)
        await page.fill("input[name=password]", PASSWORD)
        await page.click("main button[type=submit]")
        await page.goto("/account/payment-methods/add")
        await page.click("button:has-text('Card, Apple Pay or Google Pay')")
        keep = "form[data-payment-element] button[type=submit]:not([disabled])"
        await page.wait_for_selector(keep)
        await page.click(keep)
        await page.wait_for_url("**/account/payment-methods")
        shown = await page.inner_text("main")
        await chromium.close()
    assert [fault for fault in faults if "404" not in fault] == []
    assert "Visa •••• 4242" in shown
    async with rt.db.read() as tx:
        (kept,) = await list_methods(tx, ada.id)
    assert (kept.provider, kept.is_default) == ("stripe", True)
    assert server.of("charge") == []
