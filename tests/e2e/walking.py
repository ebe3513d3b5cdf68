"""Steps of a visit, as a person takes them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

CARD = "4242 4242 4242 4242"


def sign_up(page: Any) -> str:
    """Register somebody new; answers their address."""
    email = f"guest-{uuid4().hex[:10]}@example.org"
    page.goto("/signup")
    fill_sign_up(page, email)
    return email


def fill_sign_up(page: Any, email: str) -> None:
    """The sign-up form, filled and sent."""
    page.fill("#first_name", "Ada")
    page.fill("#last_name", "Guest")
    page.fill("#email", email)
    page.fill("#password", "Lantern-2026")
    page.fill("#phone", "+34612345678")
    page.fill("#date_of_birth", "1990-05-17")
    page.check("#agree")
    press(page, "Create account")


def sign_in(page: Any, email: str, password: str) -> None:
    """Sign in as somebody who is there."""
    page.goto("/login")
    page.fill("#email", email)
    page.fill("#password", password)
    press(page, "Sign in")


def press(page: Any, name: str) -> None:
    """The button of this name in the main part; waits for what follows."""
    page.get_by_role("main").get_by_role("button", name=name).first.click()
    page.wait_for_load_state()


def days_ahead(count: int, nights: int = 3) -> tuple[str, str]:
    """Arrival so many days from today, and the departure after these nights."""
    arrival = datetime.now(UTC).date() + timedelta(days=count)
    return arrival.isoformat(), (arrival + timedelta(days=nights)).isoformat()


def search(page: Any, arrival: str, departure: str) -> None:
    """From the home page to results that can be booked at once."""
    page.goto("/")
    page.fill("#arrival", arrival)
    page.fill("#departure", departure)
    press(page, "Search")


def first_by_night(page: Any) -> Any:
    """The link to the first result with a price for nights: with dates hours and departures are found too."""
    return page.locator(".result", has_text=re.compile(r"for \d+ nights?")).locator(".cover-link").first


def pay(page: Any, card: str = CARD) -> None:
    """Fill the card form and send it."""
    page.fill("#cc-number", card)
    page.fill("#cc-exp", "12/34")
    page.fill("#cc-csc", "123")
    page.fill("#cc-name", "Ada Guest")
    press(page, "Pay")


def sideways(page: Any) -> int:
    """By how much the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def is_confirmed(page: Any) -> bool:
    """Whether the trip becomes confirmed: money arrives a moment before the booking knows."""
    page.locator(".pill", has_text="Confirmed").first.wait_for()
    return True
