"""Coupons in a real browser: one booking with the welcome coupon on a phone, and pages everybody can use."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e import walking
from tests.e2e.conftest import AXE, Site
from tests.e2e.test_accessible import _check

Open = Callable[..., Any]


def own_coupon(page: Any) -> str:
    """The code that came by itself: the worker gives it a moment after somebody has signed up."""
    for _ in range(60):
        page.goto("/account/coupons")
        if page.locator(".voucher code").count():
            return str(page.locator(".voucher code").first.inner_text())
        page.wait_for_timeout(250)
    pytest.fail("no coupon has come")


def at_the_checkout(page: Any, ahead: int) -> None:
    """A place kept, chosen as a guest chooses it."""
    arrival, departure = walking.days_ahead(ahead)
    page.goto(f"/search?arrival={arrival}&departure={departure}&instant=1&kind=HOTEL_ROOM")
    page.locator(".result .cover-link").first.click()
    page.wait_for_url(re.compile("/stays/"))
    walking.press(page, "Reserve")
    page.wait_for_url(re.compile("/checkout/"))


def total_of(page: Any) -> str:
    return str(page.locator(".price-total dd").first.inner_text())


@pytest.mark.parametrize("js", [True, False], ids=["js", "no-js"])
def test_a_guest_books_on_a_phone_with_the_coupon_for_signing_up(open_page: Open, js: bool) -> None:
    page = open_page("phone", js=js)
    walking.sign_up(page)
    code = own_coupon(page)
    assert code.startswith("WELCOME-")
    at_the_checkout(page, 61 if js else 71)
    full = total_of(page)
    page.fill("#message", "We arrive late.")
    page.fill("#code", "NO-SUCH-CODE")
    walking.press(page, "Apply")
    assert page.locator("#code-error").inner_text().strip() == "There is no coupon NO-SUCH-CODE."
    page.fill("#code", code.lower())
    walking.press(page, "Apply")
    less = total_of(page)
    assert less != full
    assert page.locator(".coupon-used").inner_text().startswith(f"{code}: 10 % off")
    assert page.input_value("#message") == "We arrive late."
    assert walking.sideways(page) == 0
    page.check("#accept")
    walking.press(page, f"Confirm and pay {less}")
    walking.pay(page)
    page.wait_for_url(re.compile("/trips/"))
    assert total_of(page) == less


@pytest.mark.parametrize(("size", "dark"), [("desktop", False), ("phone", True)], ids=["light", "dark"])
def test_pages_of_coupons_can_be_used_by_everybody(open_page: Open, site: Site, size: str, dark: bool) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci in web/")
    found: dict[str, Any] = {}
    page = open_page(size, dark=dark)
    walking.sign_up(page)
    own_coupon(page)
    _check(page, "/account/coupons", found)
    at_the_checkout(page, 91)
    page.fill("#code", "NO-SUCH-CODE")
    walking.press(page, "Apply")
    _check(page, "/checkout refused", found)
    page = open_page(size, dark=dark)
    walking.sign_in(page, "host@hospes.example", site.password)
    page.goto("/host/coupons/new")
    _check(page, "/host/coupons/new", found)
    page.fill("#code", f"SPRING-{size}")
    page.fill("#percent", "15")
    walking.press(page, "Save the coupon")
    _check(page, "/host/coupons", found)
    page = open_page(size, dark=dark)
    walking.sign_in(page, "admin@hospes.example", site.password)
    for path in ("", "/coupons/new", "/campaigns/new", "/triggers/referral_referrer"):
        page.goto(f"/admin/promotions{path}")
        _check(page, f"/admin/promotions{path}", found)
    assert found == {}
