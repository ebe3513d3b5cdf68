"""The path a guest walks, in a real browser: at two widths, and without JavaScript."""

import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.e2e import walking
from tests.e2e.conftest import Site

Open = Callable[..., Any]


@pytest.mark.parametrize(("size", "ahead"), [("desktop", 40), ("phone", 60)])
def test_a_new_guest_books_pays_and_finds_the_trip(open_page: Open, size: str, ahead: int) -> None:
    page = open_page(size)
    arrival, departure = walking.days_ahead(ahead)
    walking.sign_up(page)
    walking.search(page, arrival, departure)
    page.locator(".filter-box > summary").click()
    with page.expect_response(lambda answer: "instant=1" in answer.url):
        page.locator("label.chip", has_text="Booked at once").click()
    page.wait_for_url(re.compile("instant=1"))
    walking.first_by_night(page).click()
    page.wait_for_url(re.compile(r"/stays/.*arrival="))
    name = page.locator("h1").inner_text()
    total = page.locator("#price .price-total dd").inner_text()
    walking.press(page, "Reserve")
    assert "/checkout/" in page.url
    assert page.locator(".price-total dd").inner_text() == total
    page.fill("#message", "We arrive late.")
    page.check("#accept")
    walking.press(page, "Confirm and pay")
    walking.pay(page)
    page.wait_for_url(re.compile("/trips/"))
    assert walking.is_confirmed(page)
    assert page.locator(".price-total dd").inner_text() == total
    page.goto("/trips")
    assert page.locator(".trip-card h2").all_inner_texts() == [name]


def test_the_same_path_needs_no_javascript(open_page: Open) -> None:
    page = open_page("phone", js=False)
    arrival, departure = walking.days_ahead(80)
    walking.search(page, arrival, departure)
    page.locator(".filter-box > summary").click()
    page.locator("label.chip", has_text="Booked at once").click()
    walking.press(page, "Show places")
    walking.first_by_night(page).click()
    page.wait_for_url(re.compile(r"/stays/"))
    page.fill("#adults", "1")
    walking.press(page, "Check price")
    total = page.locator("#price .price-total dd").inner_text()
    walking.press(page, "Reserve")
    assert "/login" in page.url
    page.get_by_role("main").get_by_role("link", name="Create an account").click()
    walking.fill_sign_up(page, "no-script@example.org")
    assert page.locator("#price .price-total dd").inner_text() == total
    walking.press(page, "Reserve")
    page.check("#accept")
    walking.press(page, "Confirm and pay")
    walking.pay(page)
    for _ in range(20):
        if "/trips/" in page.url:
            break
        page.wait_for_timeout(500)
        page.goto(page.url)
    assert walking.is_confirmed(page)
    page.get_by_role("link", name="Cancel this booking").click()
    assert "You get back" in page.locator("main").inner_text()
    walking.press(page, "Cancel the booking")
    assert page.locator(".pill").first.inner_text() == "Cancelled"


def test_a_refused_card_can_be_followed_by_another(open_page: Open) -> None:
    page = open_page()
    walking.sign_up(page)
    _reserve(page, 100)
    page.check("#accept")
    walking.press(page, "Confirm and pay")
    walking.pay(page, "4000 0000 0000 0002")
    page.get_by_text("The payment did not go through.").wait_for()
    walking.pay(page)
    page.wait_for_url(re.compile("/trips/"))
    assert walking.is_confirmed(page)


def test_a_hold_that_ran_out_leads_back_to_its_dates(open_page: Open, site: Site) -> None:
    page = open_page()
    walking.sign_up(page)
    _reserve(page, 120)
    with psycopg.connect(site.database_url) as conn:
        conn.execute(
            "UPDATE booking.hold SET expires_at = now() - interval '1 second' WHERE id = %s", (page.url.split("/")[-1],)
        )
    page.check("#accept")
    walking.press(page, "Confirm and pay")
    assert page.locator("h1").inner_text() == "The time to book has run out"
    page.get_by_role("link", name="Look at these dates again").click()
    page.get_by_role("button", name="Reserve").wait_for()


def test_a_refusal_stands_beside_its_field_and_what_was_typed_stays(open_page: Open) -> None:
    page = open_page()
    arrival, departure = walking.days_ahead(40)
    walking.search(page, arrival, departure)
    page.goto(f"{page.url}&kind=HOME")
    page.locator(".result .cover-link").first.click()
    page.wait_for_url(re.compile("/stays/"))
    page.fill("#departure", arrival)
    page.locator("#departure").dispatch_event("change")
    page.get_by_text("The departure must be after the arrival.").wait_for()
    assert page.input_value("#departure") == arrival
    page.fill("#adults", "90")
    page.fill("#departure", departure)
    page.locator("#departure").dispatch_event("change")
    page.locator("#adults-slot", has_text="There is room for").wait_for()
    assert page.locator("#departure-slot").inner_text() == ""


def test_the_host_sees_the_booking_and_takes_other_nights_off_sale(open_page: Open, site: Site) -> None:
    page = open_page()
    walking.sign_in(page, "host@hospes.example", site.password)
    page.goto("/host/calendar")
    arrival, departure = walking.days_ahead(200, 2)
    page.fill("[name=arrival]", arrival)
    page.fill("[name=departure]", departure)
    page.fill("[name=note]", "Painting <b>stairs</b>")
    walking.press(page, "Take off sale")
    page.goto(f"/host/calendar?from={arrival}")
    assert page.locator(".tape .bar-block").inner_text().startswith("Painting <b>stairs</b>")
    page.locator(".blocks").get_by_role("button", name="Put on sale").click()
    page.wait_for_load_state()
    page.goto(f"/host/calendar?from={arrival}")
    assert page.locator(".tape .bar-block").count() == 0


def test_moving_the_map_searches_there_and_the_address_says_so(open_page: Open) -> None:
    page = open_page()
    page.goto("/search?place=Lisbon")
    page.locator(".pin").first.wait_for()
    page.wait_for_timeout(600)
    with page.expect_response(lambda answer: "bbox=" in answer.url):
        page.locator(".leaflet-control-zoom-out").click()
    page.wait_for_url(re.compile("bbox="))
    page.locator(".found-total", has_text="in this part of the map").wait_for()
    assert page.locator(".pin").count() == page.locator(".result").count()


def _reserve(page: Any, ahead: int) -> None:
    arrival, departure = walking.days_ahead(ahead)
    page.goto(f"/search?arrival={arrival}&departure={departure}&instant=1&kind=HOTEL_ROOM")
    page.locator(".result .cover-link").first.click()
    page.wait_for_url(re.compile("/stays/"))
    walking.press(page, "Reserve")
    assert "/checkout/" in page.url
