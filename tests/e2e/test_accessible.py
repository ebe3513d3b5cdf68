"""axe-core finds nothing serious on any page, in light and dark, and no page scrolls sideways on a phone."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e import walking
from tests.e2e.conftest import AXE, Site

Open = Callable[..., Any]
PUBLIC = ("/", "/search", "/search?place=Lisbon", "/search?price_max=1&kind=HOME", "/search?place=Xyzzyq", "/login",
          "/signup", "/recently-viewed", "/nowhere")  # fmt: skip
GUEST = ("/", "/recently-viewed", "/trips", "/trips?tab=cancelled", "/trips/waiting", "/account", "/account/payments",
         "/account/payment-methods", "/account/payment-methods/add")  # fmt: skip
HOST = ("/host", "/host/calendar", "/host/bookings", "/host/bookings?tab=upcoming", "/host/business", "/host/rates",
        "/host/schedule", "/host/feeds", "/host/rooms", "/host/invoices",
        "/host/earnings", "/host/payouts", "/host/payment-terms")  # fmt: skip
ADMIN = ("/admin", "/admin/mail", "/admin/ledger", "/admin/ledger/transactions", "/admin/payouts",
         "/admin/reconciliation", "/admin/payments", "/admin/payments/dead-letters",
         "/admin/payments/disputes")  # fmt: skip


@pytest.mark.parametrize(("size", "dark"), [("desktop", False), ("phone", True)], ids=["light", "dark"])
def test_every_page_can_be_used_by_everybody(open_page: Open, site: Site, size: str, dark: bool) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci in web/")
    found: dict[str, Any] = {}
    page = open_page(size, dark=dark)
    _look(page, PUBLIC, found)
    _walk(page, found)
    for who, paths in (("host", HOST), ("admin", ADMIN)):
        page = open_page(size, dark=dark)
        walking.sign_in(page, f"{who}@hospes.example", site.password)
        _look(page, paths, found)
        if who == "host":
            page.goto("/host")
            prices = page.get_by_role("main").get_by_role("link", name="Price").first.get_attribute("href")
            _look(page, (prices, prices.replace("price", "edit"), prices.replace("price", "photos")), found)
            _look_behind(page, found)
    assert found == {}


def _walk(page: Any, found: dict[str, Any]) -> None:
    """The pages that only a booking has."""
    walking.sign_up(page)
    arrival, departure = walking.days_ahead(140)
    page.goto(f"/search?arrival={arrival}&departure={departure}&instant=1&kind=HOTEL_ROOM")
    page.locator(".result .cover-link").first.click()
    page.wait_for_url(re.compile("/stays/"))
    _check(page, "/stays", found)
    walking.press(page, "Reserve")
    _check(page, "/checkout", found)
    walking.press(page, "Confirm and pay")
    _check(page, "/checkout refused", found)
    page.check("#accept")
    walking.press(page, "Confirm and pay")
    _check(page, "/pay", found)
    walking.pay(page, "1234")
    _check(page, "/pay refused", found)
    walking.pay(page)
    page.wait_for_url(re.compile("/trips/"))
    assert walking.is_confirmed(page)
    _check(page, "/trip", found)
    page.goto(page.url + "/cancel")
    _check(page, "/trip/cancel", found)
    _look(page, GUEST, found)


def _look_behind(page: Any, found: dict[str, Any]) -> None:
    """A host's pages of one thing, each reached from its list."""
    for path, name in (("/host/rates", "rates"), ("/host/feeds", "feeds"), ("/host/rooms", "rooms")):
        page.goto(path)
        behind = page.locator(f"main a[href^='{path}/']").first.get_attribute("href")
        _look(page, (behind,), found)
        if name == "rates":
            _look(page, tuple(f"{behind}/{each}/new" for each in ("plans", "rules", "restrictions")), found)
    page.goto("/host/bookings")
    one = page.locator("main a[href^='/host/bookings/']").first.get_attribute("href")
    _look(page, (one, f"{one}/money"), found)


def _look(page: Any, paths: tuple[str, ...], found: dict[str, Any]) -> None:
    for path in paths:
        page.goto(path)
        _check(page, path, found)


def _check(page: Any, name: str, found: dict[str, Any]) -> None:
    page.wait_for_timeout(250)
    faults: list[str] = []
    if wider := walking.sideways(page):
        faults.append(f"{wider} px too wide")
    page.evaluate(AXE.read_text())
    report = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    faults += [_words(each) for each in report["violations"] if each["impact"] in ("serious", "critical")]
    if faults:
        found[name] = faults


def _words(violation: dict[str, Any]) -> str:
    nodes = violation["nodes"]
    return f"{violation['id']}: {[node['target'] for node in nodes][:4]} {nodes[0].get('failureSummary', '')[:200]}"


def test_the_check_itself_finds_a_field_without_a_label(open_page: Open) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci in web/")
    page, found = open_page(), dict[str, Any]()
    page.goto("/login")
    page.evaluate("document.querySelector('label[for=email]').remove()")
    _check(page, "spoiled", found)
    assert "label: [['#email']]" in found["spoiled"][0]
