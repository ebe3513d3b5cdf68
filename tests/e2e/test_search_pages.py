"""The page of results in a browser: list, filters, map and history go together."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.e2e import walking

Open = Callable[..., Any]
LOOK = "() => [...document.querySelectorAll('.result')].map(each => each.dataset.pin)"


def titles(page: Any) -> list[str]:
    return list(page.evaluate(LOOK))


def total(page: Any) -> str:
    return str(page.locator("[data-total]").inner_text())


def settled(page: Any) -> None:
    """Nothing is being asked, and the map is at rest."""
    page.locator(".found:not([aria-busy])").wait_for()
    page.wait_for_timeout(500)


def asked(page: Any) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_the_map_and_the_list_move_together_and_back_is_right(open_page: Open) -> None:
    page = open_page()
    page.goto("/search?place=Lisbon")
    page.locator(".pin").first.wait_for()
    settled(page)
    first, words = titles(page), total(page)
    page.locator(".leaflet-control-zoom-in").click()
    page.wait_for_url(re.compile("bbox="))
    page.locator("[data-total]", has_text="in this part of the map").wait_for()
    settled(page)
    there, near = page.url, titles(page)
    assert page.locator("[data-say]").inner_text() == total(page)
    page.go_back()
    page.wait_for_url(re.compile(r"place=Lisbon$"))
    page.locator("[data-total]", has_text=words).wait_for()
    assert titles(page) == first
    page.go_forward()
    page.locator("[data-total]", has_text="in this part of the map").wait_for()
    assert (page.url, titles(page)) == (there, near)
    page.reload()
    assert titles(page) == near


def test_a_card_and_its_pin_light_each_other(open_page: Open) -> None:
    page = open_page()
    page.goto("/search?place=Lisbon")
    page.locator(".pin").first.wait_for()
    settled(page)
    page.locator(".result .cover-link").first.focus()
    page.locator(".pin-lit").wait_for()
    page.locator("#filter-box > summary").focus()
    page.locator(".pin-lit").wait_for(state="detached")
    page.locator(".pin:not(.pin-other)").last.focus()
    page.locator(".result.lit").wait_for()


def test_a_filter_says_how_many_it_leaves_and_can_be_taken_off(open_page: Open) -> None:
    page = open_page()
    page.goto("/search?place=Lisbon")
    before = total(page)
    page.locator("#filter-box > summary").click()
    chip = page.locator("label.chip", has_text="Booked at once")
    count = chip.locator(".chip-count").inner_text()
    page.locator("input[name=instant]").check(force=True)
    page.wait_for_url(re.compile("instant=1"))
    page.locator(".chosen-one", has_text="Booked at once").wait_for()
    assert total(page).startswith(f"{count} place")
    assert page.evaluate("document.activeElement.name") == "instant"
    page.locator("label.chip", has_text="Wi-Fi").click()
    page.wait_for_url(re.compile("amenity=wifi"))
    page.get_by_role("link", name="Clear all").click()
    page.wait_for_url(re.compile(r"place=Lisbon$"))
    page.locator("[data-total]", has_text=before).wait_for()
    assert page.locator(".chosen-one").count() == 0


def test_the_price_is_chosen_with_the_keyboard(open_page: Open) -> None:
    page = open_page()
    page.goto("/search?place=Lisbon")
    before = int(total(page).split()[0])
    page.locator("#filter-box > summary").click()
    thumb = page.locator("[data-thumb=price_max]")
    assert thumb.get_attribute("aria-valuetext").endswith("+, no limit")
    thumb.press("PageDown")
    page.wait_for_url(re.compile("price_max="))
    page.locator(".chosen-one", has_text="Up to").wait_for()
    assert int(total(page).split()[0]) < before
    assert page.input_value("input[name=price_max]") == asked(page)["price_max"][0]
    assert page.evaluate("document.activeElement.dataset.thumb") == "price_max"


def test_more_places_are_added_and_the_address_keeps_them(open_page: Open) -> None:
    page = open_page()
    page.goto("/search")
    page.locator(".result").nth(23).wait_for()
    page.get_by_role("link", name="More places").click()
    page.locator(".result").nth(47).wait_for()
    assert asked(page) == {"shown": ["48"]}
    both = titles(page)
    assert len(set(both)) == 48
    page.reload()
    assert titles(page) == both


def test_on_a_phone_the_map_takes_the_screen_and_gives_it_back(open_page: Open) -> None:
    page = open_page("phone")
    page.goto("/search?place=Lisbon")
    page.locator(".map-jump").click()
    page.locator(".pin").first.wait_for()
    box = page.locator(".found-map").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    assert "bbox" not in page.url
    assert page.evaluate("document.activeElement.className").endswith("list-jump")
    page.get_by_role("dialog", name="Map", exact=True).wait_for()
    assert page.locator("#found-list").evaluate("each => each.inert") is True
    page.keyboard.press("Escape")
    page.locator(".result").first.wait_for()
    assert page.locator(".found-map").is_hidden()
    assert page.locator("#found-list").evaluate("each => each.inert") is False
    assert page.evaluate("document.activeElement.className").endswith("map-jump")
    assert walking.sideways(page) == 0


def test_on_a_phone_back_takes_away_the_map_step_by_step(open_page: Open) -> None:
    page = open_page("phone")
    page.goto("/")
    page.goto("/search?place=Lisbon")
    first = titles(page)
    page.locator(".map-jump").click()
    page.locator(".pin").first.wait_for()
    settled(page)
    page.locator(".leaflet-control-zoom-in").click()
    page.wait_for_url(re.compile("bbox="))
    settled(page)
    page.go_back()
    page.wait_for_url(re.compile("place=Lisbon$"))
    assert page.locator(".found-map").is_visible()
    page.go_back()
    page.locator(".found-map").wait_for(state="hidden")
    page.locator("[data-total]", has_text="around Lisbon").wait_for()
    assert (asked(page), titles(page)) == ({"place": ["Lisbon"]}, first)
    page.go_forward()
    page.locator(".found-map").wait_for()
    page.reload()
    page.locator(".found-map .pin").first.wait_for()
    page.locator(".list-jump").click()
    page.locator(".found-map").wait_for(state="hidden")
    page.go_back()
    page.wait_for_url(lambda url: urlsplit(url).path == "/")


def test_the_list_of_what_the_map_shows_is_kept_when_the_map_is_closed(open_page: Open) -> None:
    page = open_page("phone")
    page.goto("/search?place=Lisbon")
    page.locator(".map-jump").click()
    page.locator(".pin").first.wait_for()
    settled(page)
    page.locator(".leaflet-control-zoom-in").click()
    page.wait_for_url(re.compile("bbox="))
    settled(page)
    near = titles(page)
    page.locator(".list-jump").click()
    page.locator(".found-map").wait_for(state="hidden")
    assert "bbox" in asked(page)
    assert titles(page) == near


def test_previous_leads_to_the_page_before_and_back_is_right(open_page: Open) -> None:
    page = open_page(js=False)
    page.goto("/search")
    pages = [titles_without(page)]
    for _ in range(2):
        page.get_by_role("link", name="More places").click()
        page.wait_for_load_state()
        pages.append(titles_without(page))
    assert page.locator(".pagination .muted").inner_text().startswith("49–72 of ")
    page.get_by_role("link", name="Previous places").click()
    page.wait_for_load_state()
    assert titles_without(page) == pages[1]
    page.get_by_role("link", name="Previous places").click()
    page.wait_for_load_state()
    assert (asked(page), titles_without(page)) == ({}, pages[0])
    assert page.get_by_role("link", name="Previous places").count() == 0
    page.go_back()
    assert titles_without(page) == pages[1]


def titles_without(page: Any) -> list[str]:
    """The results where nothing runs."""
    return [each.get_attribute("data-pin") for each in page.locator(".result").all()]


def test_somebody_leafs_through_the_pictures_of_a_result_with_the_keyboard(open_page: Open) -> None:
    page = open_page()
    page.goto("/search?place=Lisbon&kind=HOME")
    card = page.locator(".result").first
    card.locator("img").first.wait_for()
    assert card.locator("img").count() == 1
    before = card.bounding_box()
    card.locator(".cover-link").focus()
    card.locator(".leaf-one").nth(1).wait_for(state="attached")
    assert card.bounding_box() == before
    pictures = card.locator(".leaf-one").count()
    assert card.locator(".leaf-one img[src]").count() <= 2
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.ariaLabel").startswith("Next picture of ")
    for at in range(1, pictures):
        page.keyboard.press("Enter")
        card.locator("[role=status]", has_text=f"Picture {at + 1} of {pictures}").wait_for()
    assert card.locator(".leaf-arrow:visible").count() == 1
    assert page.evaluate("document.activeElement.ariaLabel").startswith("Picture before of ")
    page.keyboard.press("ArrowLeft")
    card.locator("[role=status]", has_text=f"Picture {pictures - 1} of {pictures}").wait_for()
    assert card.locator(".leaf-one img[src]").count() == pictures
    other = page.locator(".result:has(.leaf-one)").nth(1)
    assert other.locator("img[src]").count() == 1  # nobody has turned to it
    card.locator(".leaf-one").nth(pictures - 2).click()
    page.wait_for_url(re.compile("/stays/"))


def test_places_that_lie_together_are_a_number_that_opens(open_page: Open) -> None:
    page = open_page()
    page.goto("/search")
    page.locator(".bubble").first.wait_for()
    settled(page)
    bubble = page.locator(".bubble").first
    count = int(bubble.inner_text())
    bubble.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("bbox="))
    page.locator("[data-total]", has_text="in this part of the map").wait_for()
    assert int(total(page).split()[0]) >= count


def test_a_weekend_is_found_and_each_card_says_which(open_page: Open) -> None:
    page = open_page()
    page.goto("/search")
    page.locator("#when > summary").click()
    page.locator("label.chip", has_text="A weekend").click()
    page.select_option("#month", index=2)
    walking.press(page, "Search")
    page.wait_for_url(re.compile("flex=weekend"))
    page.locator(".result-when").first.wait_for()
    stay = parse_qs(urlsplit(page.locator(".result .cover-link").first.get_attribute("href")).query)
    first, last = (date.fromisoformat(stay[name][0]) for name in ("arrival", "departure"))
    assert (first.strftime("%A"), (last - first).days) == ("Friday", 2)
    assert page.locator(".result-price").first.inner_text().count("for 2 nights, all included") == 1


def test_an_area_drawn_on_the_map_is_searched(open_page: Open) -> None:
    page = open_page()
    page.goto("/search?place=Lisbon")
    page.locator(".pin").first.wait_for()
    settled(page)
    page.locator("[data-draw]").click()
    box = page.locator(".map").bounding_box()
    at = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in ((0.2, 0.3), (0.8, 0.3), (0.5, 0.8))]
    page.mouse.move(*at[0])
    page.mouse.down()
    for each in at[1:]:
        page.mouse.move(*each, steps=5)
    page.mouse.up()
    page.wait_for_url(re.compile("polygon="))
    page.locator("[data-total]", has_text="in the area drawn").wait_for()
    page.locator(".chosen-one", has_text="The area drawn on the map").click()
    page.wait_for_url(re.compile(r"place=Lisbon$"))


def test_what_cannot_be_is_said_beside_its_field_and_stays(open_page: Open) -> None:
    page = open_page()
    page.goto("/search?place=Lisbon&kind=HOME")
    page.fill("#arrival", "2030-05-05")
    page.fill("#departure", "2030-05-01")
    walking.press(page, "Search")
    page.locator("#departure-error").wait_for()
    assert page.input_value("#departure") == "2030-05-01"
    assert asked(page)["kind"] == ["HOME"]
