"""What guests choose on the page of a listing, in a real browser: whom, which rate, how many rooms, with axe."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.e2e import walking
from tests.e2e.conftest import AXE
from tests.e2e.test_accessible import _check

Open = Callable[..., Any]


def listings(page: Any, query: str) -> Iterator[str]:
    """The pages of what is found, the best first."""
    found = page.request.get(f"/api/v1/search?{query}&instant=1&limit=30").json()["items"]
    for each in found:
        yield f"/stays/{each['resource_id']}"


def look(page: Any, name: str) -> None:
    """Nothing serious for axe, and no sideways scrolling."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci in web/")
    found: dict[str, Any] = {}
    _check(page, name, found)
    assert found == {}


def book(page: Any) -> str:
    """From the price box to a confirmed trip; answers the total that was shown."""
    total = page.locator(".price-total dd").first.inner_text()
    walking.press(page, "Reserve")
    assert "/checkout/" in page.url
    assert page.locator(".price-total dd").first.inner_text() == total
    page.check("#accept")
    walking.press(page, "Confirm and pay")
    walking.pay(page)
    page.wait_for_url(re.compile("/trips/"))
    assert walking.is_confirmed(page)
    return str(total)


def choose_doctor(page: Any) -> str:
    """Opens a practice of several doctors, chooses the last and a time; answers the name."""
    for path in listings(page, "kind=DOCTOR_SLOT"):
        page.goto(path)
        if page.locator("#unit").count() and page.locator(".times-slots a").count():
            break
    else:
        pytest.fail("no practice has several doctors")
    name = str(page.locator("#unit option").last.inner_text())
    with page.expect_response(lambda answer: "unit=" in answer.url):
        page.select_option("#unit", label=name)
    page.wait_for_url(re.compile("unit="))
    day = page.locator(".times-days a:not(.none)").last
    chosen = f"#{day.get_attribute('id')}.chosen"
    day.click()
    page.locator(chosen).wait_for()
    page.locator(".times-slots a").first.click()
    page.locator("#chosen .price-total").wait_for()
    assert name in page.locator("#chosen").inner_text()
    return name


def test_a_chosen_doctor_is_booked_on_a_phone(open_page: Open) -> None:
    page = open_page("phone", dark=True)
    walking.sign_up(page)
    name = choose_doctor(page)
    assert page.locator("[data-times-say]").inner_text() != ""
    look(page, "a time with a doctor")
    book(page)
    assert f"with {name}" in page.get_by_role("main").inner_text()


def test_two_rooms_on_a_rate_without_refund_are_booked_on_the_desktop(open_page: Open) -> None:
    page = open_page()
    walking.sign_up(page)
    arrival, departure = walking.days_ahead(45)
    for path in listings(page, f"kind=HOTEL_ROOM&arrival={arrival}&departure={departure}"):
        page.goto(f"{path}?arrival={arrival}&departure={departure}&adults=2&rooms=2")
        plan = page.locator(".plan:not(.plan-off)", has_text="Non-refundable")
        if plan.count() and page.get_by_role("main").get_by_role("button", name="Reserve").count():
            break
    else:
        pytest.fail("no hotel has two rooms on a rate without refund")
    dearer = page.locator(".price-total dd").first.inner_text()
    with page.expect_response(lambda answer: "/price?" in answer.url):
        plan.locator("label").click()
    page.locator("#price", has_text="nothing comes back").wait_for()
    assert page.locator("#price").get_by_text(re.compile("2 ×")).count() == 1
    assert page.locator(".price-total dd").first.inner_text() != dearer
    assert page.locator(".plan input:checked").count() == 1
    look(page, "rates of a room")
    total = book(page)
    assert total in page.locator("main").inner_text()


def test_a_doctor_and_a_series_need_no_javascript(open_page: Open) -> None:
    page = open_page("phone", js=False)
    for path in listings(page, "kind=DOCTOR_SLOT"):
        page.goto(path)
        if page.locator("#unit").count() and page.locator(".times-slots a").count():
            break
    name = str(page.locator("#unit option").last.inner_text())
    page.select_option("#unit", label=name)
    page.get_by_role("button", name="Show times").click()
    page.locator(".times-slots a").first.click()
    assert name in page.locator("#chosen").inner_text()
    page.select_option("#often", "3")
    page.get_by_role("button", name="Show dates").click()
    page.locator(".repeats-total").wait_for()
    assert page.locator(".repeats li").count() == 3
    page.get_by_role("button", name=re.compile("^Book ")).click()
    assert "/login" in page.url


def test_a_time_is_chosen_with_the_keyboard_alone(open_page: Open) -> None:
    page = open_page()
    page.goto(next(iter(listings(page, "kind=SALON_CHAIR"))))
    first = page.locator(".times-slots a").first
    first.focus()
    page.keyboard.press("Enter")
    page.locator("#chosen .price-total").wait_for()
    assert page.evaluate("document.activeElement?.closest('.times-slots') !== null")
