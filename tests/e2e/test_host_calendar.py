"""Choosing nights in the host's calendar, with the mouse and with the keyboard."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e import walking
from tests.e2e.conftest import Site

Open = Callable[..., Any]


@pytest.fixture
def calendar(open_page: Open, site: Site) -> Any:
    """The calendar two months from now, where nothing is booked by the demo's guest."""
    page = open_page()
    walking.sign_in(page, "host@hospes.example", site.password)
    page.goto(f"/host/calendar?from={walking.days_ahead(60)[0]}")
    page.locator("table[role='grid'][data-nights] td[tabindex='0']").wait_for()
    return page


def cells(page: Any) -> Any:
    """The nights of the first row."""
    return page.locator("tbody tr").first.locator("td[data-day]")


def chosen(page: Any) -> tuple[str, str]:
    """What the form holds."""
    return page.input_value("dialog #arrival"), page.input_value("dialog #departure")


def test_dragging_over_nights_opens_the_form_with_them_and_a_price_can_be_undone(calendar: Any) -> None:
    days = cells(calendar)
    first, after = days.nth(3).get_attribute("data-day"), days.nth(6).get_attribute("data-day")
    start, end = days.nth(3).bounding_box(), days.nth(5).bounding_box()
    calendar.mouse.move(start["x"] + 10, start["y"] + start["height"] - 6)
    calendar.mouse.down()
    calendar.mouse.move(end["x"] + 10, end["y"] + end["height"] - 6, steps=6)
    calendar.mouse.up()
    calendar.locator("dialog[open]").wait_for()
    assert chosen(calendar) == (first, after)
    assert calendar.locator("dialog [data-range-said]").inner_text() == "3 nights chosen"
    calendar.fill("dialog #price", "321")
    with calendar.expect_navigation():
        calendar.get_by_role("button", name="Set the price").click()
    assert cells(calendar).nth(4).locator(".own").inner_text() == "321"
    with calendar.expect_navigation():
        calendar.get_by_role("main").get_by_role("button", name="Undo").click()
    cells(calendar).nth(4).wait_for()
    assert cells(calendar).nth(4).get_by_text("321").count() == 0


def test_shift_and_arrows_choose_nights_and_escape_brings_back_to_them(calendar: Any) -> None:
    days = cells(calendar)
    days.first.focus()
    for key, picked in (
        ("ArrowRight", 0),
        ("ArrowRight", 0),
        ("Shift+ArrowRight", 2),
        ("Shift+ArrowRight", 3),
        ("Enter", 3),
    ):
        calendar.keyboard.press(key)
        assert calendar.locator(".picked").count() == picked
    calendar.locator("dialog[open]").wait_for()
    first, after = days.nth(2).get_attribute("data-day"), days.nth(5).get_attribute("data-day")
    assert chosen(calendar) == (first, after)
    calendar.keyboard.press("Escape")
    calendar.locator("dialog").wait_for(state="detached")  # a dialog tells of its end in a task of its own
    assert calendar.evaluate("document.activeElement.dataset.day") == days.nth(4).get_attribute("data-day")
    assert calendar.locator(".picked").count() == 0
