"""Small things of searching that a person feels at once: where Back leads, hearts, the form in short, dates."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.e2e import walking
from tests.e2e.conftest import Site

Open = Callable[..., Any]


def settled(page: Any) -> None:
    page.locator(".found:not([aria-busy])").wait_for()
    page.wait_for_timeout(500)


def moved_map(page: Any) -> None:
    """The map of a phone is open and has been searched on twice."""
    page.locator(".map-jump").click()
    page.locator(".pin").first.wait_for()
    for _ in range(2):
        settled(page)
        before = page.url
        page.locator(".leaflet-control-zoom-in").click()
        page.wait_for_url(lambda url, before=before: url != before)
    settled(page)


def test_a_map_closed_by_hand_is_not_opened_again_by_back(open_page: Open) -> None:
    page = open_page("phone")
    page.goto("/")
    page.goto("/search?place=Lisbon")
    first = page.locator(".result").count()
    moved_map(page)
    shown = page.locator("[data-total]").inner_text()
    page.locator(".list-jump").click()
    page.locator(".found-map").wait_for(state="hidden")
    assert "bbox" in parse_qs(urlsplit(page.url).query)
    assert page.locator("[data-total]").inner_text() == shown
    page.go_back()
    page.wait_for_url(re.compile(r"place=Lisbon$"))
    page.locator("[data-total]", has_text="around Lisbon").wait_for()
    assert page.locator(".found-map").is_hidden()
    assert page.locator(".result").count() == first
    page.go_forward()
    page.locator("[data-total]", has_text="in this part of the map").wait_for()
    assert page.locator(".found-map").is_hidden()
    page.go_back()
    page.locator("[data-total]", has_text="around Lisbon").wait_for()
    page.go_back()
    page.wait_for_url(lambda url: urlsplit(url).path == "/")


def test_after_a_reload_a_map_is_closed_for_good_too(open_page: Open) -> None:
    page = open_page("phone")
    page.goto("/search?place=Lisbon")
    moved_map(page)
    page.reload()
    page.locator(".found-map").wait_for()
    page.locator(".map.leaflet-container").wait_for()
    page.keyboard.press("Escape")
    page.locator(".found-map").wait_for(state="hidden")
    assert "bbox" in parse_qs(urlsplit(page.url).query)
    page.go_back()
    page.locator("[data-total]", has_text="around Lisbon").wait_for()
    assert page.locator(".found-map").is_hidden()


def test_all_hearts_of_a_place_turn_at_once(open_page: Open, site: Site) -> None:
    page = open_page()
    walking.sign_in(page, "guest@hospes.example", site.password)
    page.goto("/")
    places = page.eval_on_selector_all("form.heart input[name=resource_id]", "all => all.map(each => each.value)")
    twice = next((each for each in places if places.count(each) > 1), None)
    if twice is None:  # no place happens to stand on two shelves: let one
        twice = places[0]
        page.evaluate(
            "() => { const card = document.querySelector('form.heart').closest('li').cloneNode(true);"
            " document.querySelector('.shelf').append(card); }"
        )
    hearts = page.locator(f"form.heart:has(input[value='{twice}']) button")
    before = hearts.first.get_attribute("aria-pressed")
    label = hearts.first.get_attribute("aria-label")
    after = "false" if before == "true" else "true"
    hearts.first.click()
    said = page.locator(".heart-told", has_text="Saved to" if after == "true" else "Taken off")
    said.wait_for()
    assert [each.get_attribute("aria-pressed") for each in hearts.all()] == [after] * hearts.count()
    assert [each.get_attribute("aria-label") for each in hearts.all()] == [label] * hearts.count()
    assert label.startswith("Save ")
    assert label != "Save this place"
    page.reload()
    assert {each.get_attribute("aria-pressed") for each in hearts.all()} == {after}


def test_a_heart_that_did_not_arrive_is_taken_back_and_says_so(open_page: Open, site: Site) -> None:
    page = open_page()
    walking.sign_in(page, "guest@hospes.example", site.password)
    page.goto("/search?place=Lisbon")
    heart = page.locator("form.heart button").first
    before = heart.get_attribute("aria-pressed")
    page.route("**/wishlists/save", lambda route: route.fulfill(status=429, body="later"))
    heart.click()
    page.locator(".heart-told", has_text="That did not reach us").wait_for()
    assert heart.get_attribute("aria-pressed") == before


def test_on_a_phone_the_search_stands_in_short_until_it_is_changed(open_page: Open) -> None:
    page = open_page("phone")
    arrival, departure = walking.days_ahead(40)
    page.goto(f"/search?place=Lisbon&arrival={arrival}&departure={departure}&children=1")
    fold = page.locator("[data-unfold]")
    assert "Lisbon" in fold.inner_text()
    assert "2 adults, 1 child" in fold.inner_text()
    assert page.locator("#place").is_hidden()
    assert page.locator(".result").first.bounding_box()["y"] < 422  # half of the screen
    fold.focus()
    page.keyboard.press("Enter")
    page.fill("#adults", "3")
    walking.press(page, "Search")
    page.wait_for_url(re.compile("adults=3"))
    page.locator("[data-unfold]", has_text="3 adults, 1 child").wait_for()
    assert page.locator("#place").is_hidden()
    assert page.evaluate("document.activeElement.id") == "bar"


def test_what_is_wrong_unfolds_the_search_and_is_reached(open_page: Open) -> None:
    page = open_page("phone")
    page.goto("/search?place=Lisbon")
    page.locator("[data-unfold]").click()
    page.fill("#adults", "999")
    walking.press(page, "Search")
    page.locator("#adults-error", has_text="Adults: a number from 1 to 50.").wait_for()
    assert page.input_value("#adults") == "999"
    assert page.evaluate("document.activeElement.id") == "adults"
    assert page.locator("[data-say]").inner_text() == "Adults: a number from 1 to 50."
    page.locator(".found-left", has_text="the number of guests").wait_for()


def test_without_javascript_the_whole_search_stands_on_a_phone(open_page: Open) -> None:
    page = open_page("phone", js=False)
    page.goto("/search?place=Lisbon")
    assert page.locator("#place").is_visible()
    assert page.locator("[data-unfold]").is_hidden()


def test_a_departure_before_the_arrival_moves_with_it(open_page: Open) -> None:
    page = open_page()
    page.goto("/")
    (arrival, departure), (later, moved) = walking.days_ahead(40), walking.days_ahead(60)
    page.fill("#arrival", arrival)
    page.fill("#departure", departure)
    page.fill("#arrival", later)
    page.locator("#place").focus()
    assert page.input_value("#departure") == moved
    page.fill("#arrival", arrival)
    page.locator("#place").focus()
    assert page.input_value("#departure") == moved  # a longer stay is somebody's will
    assert page.get_attribute("#departure", "min") == walking.days_ahead(40, 1)[1]


def test_a_city_page_leads_to_its_places_on_dates(open_page: Open) -> None:
    page = open_page("phone")
    page.goto("/places/lisbon-pt")
    assert page.input_value("#place") == "Lisbon, Portugal"
    arrival, departure = walking.days_ahead(40)
    page.fill("#arrival", arrival)
    page.fill("#departure", departure)
    walking.press(page, "Search")
    page.locator("[data-total]", has_text="around Lisbon").wait_for()
    page.wait_for_url(lambda url: "adults=" not in url)  # two adults go without saying
    said = parse_qs(urlsplit(page.url).query)
    assert said == {"place": ["Lisbon, Portugal"], "arrival": [arrival], "departure": [departure]}
