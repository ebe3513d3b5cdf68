"""Asking in one's own words, in a browser: with the keyboard, without JavaScript, and with nobody to embed."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psutil
import psycopg
import pytest

from hospes.modules.semantic import facade as semantic
from tests.conftest import Servers
from tests.e2e import walking
from tests.e2e.conftest import AXE, SIZES, Site, a_site
from tests.e2e.test_accessible import _check

pytestmark = pytest.mark.skipif(not semantic.installed(), reason="the extra hospes[semantic] is not installed")

Open = Callable[..., Any]
ASKED = "romantic loft in Lisbon"
FEW = 60
EMBEDDED_WITHIN = 240.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("described")


@pytest.fixture(scope="module")
def site(running: Servers, folder: Path) -> Iterator[Site]:
    """One whose worker has embedded its few places."""
    on = {"HOSPES_SEARCH__DESCRIPTIONS": "true"}
    with a_site(running, folder, "described", listings=FEW, more=on, prepare=_a_loft) as started:
        _wait_until_embedded(started)
        yield started


def _a_loft(database_url: str) -> None:
    """One place in Lisbon says what is asked for."""
    with psycopg.connect(database_url, autocommit=True) as conn:
        done = conn.execute(
            "UPDATE catalog.property SET name = 'Swallow Attic', description = 'A loft for two lovers under a glass"
            " roof, with candles and a bath by the window.' WHERE id = (SELECT id FROM catalog.property"
            " WHERE city = 'Lisbon' AND status = 'approved' ORDER BY id LIMIT 1)"
        )
        assert done.rowcount == 1


def _wait_until_embedded(site: Site) -> None:
    until = time.monotonic() + EMBEDDED_WITHIN
    with psycopg.connect(site.database_url, autocommit=True) as conn:
        while time.monotonic() < until:
            row = conn.execute(
                "SELECT (SELECT count(*) FROM semantic.said), (SELECT count(*) FROM catalog.property AS p"
                " WHERE p.status = 'approved' AND EXISTS (SELECT FROM catalog.resource AS r JOIN pricing.rate AS t"
                " ON t.resource_id = r.id WHERE r.property_id = p.id AND r.active))"
            ).fetchone()
            if row and row[0] >= row[1] > 0:
                return
            time.sleep(0.5)
    pytest.fail("the places were not embedded")


@pytest.fixture
def asking_page(open_page: Open) -> Callable[..., Any]:
    """Opens a page once the web process knows that there is something to compare: it looks every 30 seconds."""

    def opened(*given: Any, **also: Any) -> Any:
        page = open_page(*given, **also)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            page.goto("/search")
            if page.locator("input[name=place]").get_attribute("placeholder") or "":
                answer = page.request.get("/api/v1/search/semantic", params={"q": "a loft"})
                if answer.status == 200:
                    return page
            time.sleep(1)
        pytest.fail("descriptions are not searched")

    return opened


def titles(page: Any) -> list[str]:
    return [str(each) for each in page.locator(".result .cover-link").all_inner_texts()]


def asked(page: Any) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


@pytest.mark.parametrize("size", SIZES)
def test_somebody_asks_in_their_own_words_with_the_keyboard_alone(asking_page: Open, size: str) -> None:
    page, found = asking_page(size), dict[str, Any]()
    page.goto("/")
    field = page.get_by_role("combobox").first
    field.focus()
    page.keyboard.type(ASKED)
    row = page.locator(".places [role=option]", has_text=f"Search descriptions for “{ASKED}”")
    row.wait_for()
    _check_if_there(page, "suggestions", found)
    for _ in range(page.locator(".places [role=option]").count()):
        page.keyboard.press("ArrowDown")
    assert row.get_attribute("aria-selected") == "true"
    assert field.get_attribute("aria-activedescendant") == row.get_attribute("id")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/search"))
    said = page.locator(".found-said")
    said.wait_for()
    assert said.inner_text().startswith(
        "Places around Lisbon whose descriptions come closest to “romantic loft”, the closest first."
    )
    assert "Swallow Attic" in titles(page)[0]
    assert page.input_value("input[name=place]") == ASKED
    assert page.locator("select[name=sort] option:checked").inner_text() == "Closest to your words"
    _check_if_there(page, "results", found)
    said.get_by_role("link", name="Show all places there").press("Enter")
    page.wait_for_url(re.compile("place=Lisbon"))
    page.locator(".found-said").wait_for(state="detached")
    assert asked(page)["place"][0].startswith("Lisbon, ")
    assert page.locator(".result").count() > 1
    page.go_back()
    page.locator(".found-said").wait_for()
    assert asked(page)["place"] == [ASKED]
    assert found == {}


def _check_if_there(page: Any, name: str, found: dict[str, Any]) -> None:
    """Where axe-core is not installed only the width is looked at."""
    if AXE.is_file():
        _check(page, name, found)
    else:
        assert walking.sideways(page) == 0


def test_without_javascript_the_form_asks_the_same(asking_page: Open) -> None:
    page = asking_page(js=False)
    page.goto("/")
    page.fill("input[name=place]", ASKED)
    walking.press(page, "Search")
    assert "whose descriptions come closest to “romantic loft”" in page.locator(".found-said").inner_text()
    assert "Swallow Attic" in titles(page)[0]
    page.get_by_role("link", name="Show all places there").click()
    page.wait_for_load_state()
    assert page.locator(".found-said").count() == 0


def test_a_wish_in_another_language_is_answered_with_a_sentence(asking_page: Open) -> None:
    page, found = asking_page("phone"), dict[str, Any]()
    page.goto("/search?place=kleines+Haus+am+Meer+mit+Kamin")
    assert "descriptions are compared in English only" in page.locator("#place-error").inner_text()
    assert page.get_by_role("heading", name="Ask in English, or name a place").is_visible()
    assert page.locator(".result").count() == 0
    _check_if_there(page, "in German", found)
    page.goto("/search?place=loft+romantique+à+Lisbonne")
    assert "so we left out “loft romantique”. These are all places around Lisbon." in (
        page.locator(".found-said").inner_text()
    )
    assert page.locator(".result").count() > 1
    assert found == {}


# The last one: nobody embeds any more.
def test_with_nobody_to_embed_the_page_says_so_and_shows_what_lies_there(
    asking_page: Open, site: Site, folder: Path
) -> None:
    page, found = asking_page("phone"), dict[str, Any]()
    socket = folder / "semantic" / "embedder.sock"
    assert socket.is_socket()
    (process,) = [each for each in psutil.process_iter(["cmdline"]) if str(socket) in (each.info["cmdline"] or [])]
    process.kill()
    socket.unlink()
    socket.mkdir()  # nobody can listen there
    page.set_default_timeout(30_000)
    page.goto("/search?place=moonlit+hideaway+in+Lisbon")
    said = page.locator(".found-said").inner_text()
    assert said == (
        "We cannot compare descriptions with “moonlit hideaway” for a moment. These are all places around Lisbon."
    )
    assert page.locator(".result").count() > 1
    assert page.locator("select[name=sort] option:checked").inner_text() == "Best first"
    _check_if_there(page, "away", found)
    page.goto(f"/search?place={ASKED.replace(' ', '+')}")  # asked before: remembered
    assert "come closest to" in page.locator(".found-said").inner_text()
    assert found == {}
