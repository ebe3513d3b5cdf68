"""Every page a host works on, on a phone and on a large screen, in light and dark: axe finds nothing serious, nothing
is too wide; and an appointment is dragged to another time. `HOSPES_SHOTS` names a folder for pictures of the pages."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import walking
from tests.e2e.conftest import AXE, Site
from tests.e2e.test_accessible import _check

Open = Callable[..., Any]
SHOTS = os.environ.get("HOSPES_SHOTS", "")


def pages_of(page: Any) -> list[tuple[str, str]]:
    """Name and address of every page, found from the lists as a host finds them."""

    def behind(path: str, start: str) -> str:
        page.goto(path)
        found = page.locator(f"main a[href^='{start}']").first.get_attribute("href")
        return str(found).split("#")[0]

    hours, leaving = behind("/host/schedule", "/host/schedule/"), behind("/host/schedule", "/host/departures/")
    leaving = leaving.split("?")[0]
    one = behind(leaving, f"{leaving}/")
    rates = behind("/host/rates", "/host/rates/")
    found = [
        ("schedules", "/host/schedule"),
        ("schedule editor", hours),
        ("agenda day", "/host/calendar/hours"),
        ("agenda week", "/host/calendar/hours?span=week"),
        ("departures", leaving),
        ("departure", one),
        ("calling off", f"{one}/cancel"),
        ("rates", "/host/rates"),
        ("rates of one", rates),
        ("feeds", "/host/feeds"),
        ("feed", behind("/host/feeds", "/host/feeds/")),
        ("rooms", "/host/rooms"),
        ("room plan", behind("/host/rooms", "/host/rooms/")),
    ]
    nightly = _of_one_night(page)
    return [*found, ("suggested prices", f"{nightly}/suggestions")] if nightly else found


def _of_one_night(page: Any) -> str:
    """The rates of something sold by the night: only those have suggestions."""
    page.goto("/host/rates")
    for each in page.locator("main a[href^='/host/rates/']").all():
        path = str(each.get_attribute("href")).split("?")[0]
        if page.request.get(f"{path}/suggestions").ok:
            return path
    return ""


@pytest.mark.parametrize(
    ("size", "dark"),
    [("desktop", False), ("phone", False), ("desktop", True), ("phone", True)],
    ids=["large", "phone", "large-dark", "phone-dark"],
)
def test_every_page_of_a_host_can_be_used_by_everybody(open_page: Open, site: Site, size: str, dark: bool) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci in web/")
    found: dict[str, Any] = {}
    page = open_page(size, dark=dark)
    walking.sign_in(page, "host@hospes.example", site.password)
    looked = pages_of(page)
    for name, path in looked:
        answer = page.goto(path)
        assert answer.status == 200, (name, path)
        _check(page, name, found)
        if SHOTS and not dark:
            page.screenshot(path=str(Path(SHOTS) / f"{name.replace(' ', '-')}-{size}.png"), full_page=True)
    assert len(looked) == 14
    assert found == {}


@pytest.fixture
def agenda(open_page: Open, site: Site) -> Any:
    """The first day ahead with an appointment that can be dragged."""
    page = open_page()
    walking.sign_in(page, "host@hospes.example", site.password)
    for ahead in range(1, 60):
        page.goto(f"/host/calendar/hours?day={walking.days_ahead(ahead)[0]}")
        if page.locator("[data-booking]").count():
            return page
    pytest.skip("the demo has no appointment ahead")


def test_an_appointment_is_dragged_to_another_time_or_told_why_not_and_can_be_taken_back(agenda: Any) -> None:
    item = agenda.locator("[data-booking]").first
    before, booking = item.locator(".agenda-when").inner_text(), item.get_attribute("data-booking")
    item.scroll_into_view_if_needed()
    box = item.bounding_box()
    by = 2 if _hour(before) < 13 else -2
    hour = agenda.locator(".agenda-hour").first.bounding_box()["height"]
    agenda.mouse.move(box["x"] + 12, box["y"] + 6)
    agenda.mouse.down()
    agenda.mouse.move(box["x"] + 12, box["y"] + 6 + by * hour, steps=8)
    with agenda.expect_navigation():
        agenda.mouse.up()
    moved = agenda.locator(f"[data-booking='{booking}'] .agenda-when")
    if agenda.get_by_text("Moved.").count():
        assert _hour(moved.inner_text()) == _hour(before) + by
        walking.press(agenda, "Undo")
    else:
        assert agenda.locator("#move .notice-bad").count() >= 1
    assert agenda.locator(f"[data-booking='{booking}'] .agenda-when").inner_text() == before


def _hour(text: str) -> int:
    found = re.match(r"(\d\d):", text)
    assert found, text
    return int(found[1])
