"""A trip in a browser on a phone: changed to a longer stay, the difference paid, seen live, and called off; and a hold
that is kept longer, with and without JavaScript."""

import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.e2e import walking
from tests.e2e.conftest import AXE, Site

Open = Callable[..., Any]


def faults_of(page: Any) -> list[str]:
    """What axe finds serious, and whether the page scrolls sideways."""
    faults = ["too wide"] if walking.sideways(page) else []
    if AXE.is_file():
        page.evaluate(AXE.read_text())
        report = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        faults += [each["id"] for each in report["violations"] if each["impact"] in ("serious", "critical")]
    return faults


def reserve(page: Any, ahead: int) -> None:
    """As far as the checkout of a hotel room that is booked at once."""
    arrival, departure = walking.days_ahead(ahead)
    page.goto(f"/search?arrival={arrival}&departure={departure}&instant=1&kind=HOTEL_ROOM")
    page.locator(".result .cover-link").first.click()
    page.wait_for_url(re.compile("/stays/"))
    walking.press(page, "Reserve")
    page.wait_for_url(re.compile("/checkout/"))


def book(page: Any, ahead: int) -> None:
    """Reserve, pay, and wait on the trip's page until it is confirmed."""
    reserve(page, ahead)
    page.check("#accept")
    walking.press(page, "Confirm and pay")
    walking.pay(page)
    page.wait_for_url(re.compile("/trips/"))
    assert walking.is_confirmed(page)


def test_a_stay_is_made_longer_paid_for_and_called_off_with_everything_shown(open_page: Open) -> None:
    page = open_page("phone")
    walking.sign_up(page)
    book(page, 150)
    trip = page.url
    page.get_by_role("link", name="Change this booking").click()
    assert faults_of(page) == []
    longer = walking.days_ahead(150, 5)[1]
    page.fill("#departure", longer)
    page.get_by_role("button", name="See what that costs").click()
    page.locator(".compare").wait_for()
    assert faults_of(page) == []
    difference = re.search(r"You pay (.+) more", page.locator(".change-said").inner_text())
    assert difference is not None
    pay = page.get_by_role("button", name=re.compile("^Pay .+ and change it$"))
    assert difference[1] in pay.inner_text()
    new_total = page.locator(".compare tfoot td").last.inner_text()
    pay.click()
    page.wait_for_url(re.compile("/pay/"))
    walking.pay(page)
    page.wait_for_url(re.compile("/trips/"))
    page.locator(".checkout-side .price-total dd", has_text=new_total).wait_for()
    assert "5 nights" in page.locator(".when").inner_text()
    assert page.locator("#change").count() == 0
    assert faults_of(page) == []
    page.goto(trip)
    page.get_by_role("link", name="Cancel this booking").click()
    assert faults_of(page) == []
    back = page.locator(".price-total dd").inner_text()
    walking.press(page, "Cancel the booking")
    page.locator(".pill", has_text="Cancelled").first.wait_for()
    page.locator(".notice", has_text=f"{back} has gone back to you.").wait_for()
    assert faults_of(page) == []


def test_a_trip_shows_what_happens_elsewhere_without_being_asked(open_page: Open) -> None:
    page = open_page("phone")
    walking.sign_up(page)
    book(page, 165)
    other = page.context.new_page()
    other.goto(page.url + "/cancel")
    page.locator("#do-change").focus()
    walking.press(other, "Cancel the booking")
    page.locator(".pill", has_text="Cancelled").first.wait_for()
    page.locator("[data-live-say]", has_text="Cancelled").wait_for(state="attached")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"


def test_a_hold_is_kept_longer_in_its_last_minute_and_nothing_typed_is_lost(open_page: Open, site: Site) -> None:
    page = open_page("phone")
    walking.sign_up(page)
    reserve(page, 175)
    assert not page.locator(".hold-more").is_visible()
    hold_id = page.url.split("/")[-1]
    with psycopg.connect(site.database_url) as conn:
        conn.execute("UPDATE booking.hold SET expires_at = now() + interval '55 seconds' WHERE id = %s", (hold_id,))
        conn.execute(
            "UPDATE inventory.claim SET held_until = now() + interval '55 seconds' WHERE owner_id = %s", (hold_id,)
        )
    page.reload()
    page.locator(".hold-more").wait_for()
    page.locator("[data-countdown-say]", has_text="One minute left").wait_for(state="attached")
    assert faults_of(page) == []
    page.fill("#message", "We arrive late.")
    page.get_by_role("button", name="Keep it for me 15 more minutes").click()
    page.locator(".notice", has_text="15 minutes longer").wait_for()
    assert page.input_value("#message") == "We arrive late."
    assert not page.locator(".hold-more").is_visible()
    assert faults_of(page) == []


@pytest.mark.parametrize("js", [True, False], ids=["script", "no-script"])
def test_what_one_waits_for_can_be_read_by_everybody(open_page: Open, js: bool) -> None:
    page = open_page("phone", dark=True, js=js)
    walking.sign_up(page)
    page.goto("/trips/waiting")
    page.get_by_text("You wait for nothing").wait_for()
    assert walking.sideways(page) == 0


def test_a_change_needs_no_javascript(open_page: Open) -> None:
    page = open_page("phone", js=False)
    walking.sign_up(page)
    reserve(page, 185)
    assert page.locator(".hold-more").is_visible()
    page.check("#accept")
    walking.press(page, "Confirm and pay")
    walking.pay(page)
    for _ in range(40):
        if page.locator(".pill", has_text="Confirmed").count():
            break
        page.wait_for_timeout(500)
        page.goto(page.url)
    page.get_by_role("link", name="Change this booking").click()
    page.fill("#departure", walking.days_ahead(185, 2)[1])
    walking.press(page, "See what that costs")
    assert re.search(r"You get .+ back\.", page.locator(".change-said").inner_text())
    walking.press(page, "Change it and get")
    assert "2 nights" in page.locator(".when").inner_text()
