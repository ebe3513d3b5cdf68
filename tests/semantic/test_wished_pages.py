"""The results page takes a wish in the field for places, says what it understood, and works by its address alone."""

import httpx

from hospes.modules.semantic.asking import Asking
from hospes.modules.semantic.likening import Likening
from tests.semantic.builders import LISBON, a_saying, all_places, needs_the_model
from tests.semantic.test_wishes import runtime_of, switched_on


async def page(client: httpx.AsyncClient, **params: str) -> str:
    answer = await client.get("/search", params=params)
    assert answer.status_code == 200
    return answer.text


async def some_places(client: httpx.AsyncClient) -> None:
    async with runtime_of(client).db.write() as tx:
        await all_places(tx)
        for number in range(3):
            await a_saying(tx, f"Flat {number}", "A flat above a shop.", **LISBON)
        await a_saying(tx, "Swifts", "An attic for lovers, with candles.", **LISBON)


async def test_where_it_is_off_a_wish_is_an_unknown_place_and_nothing_offers_it(client: httpx.AsyncClient) -> None:
    await some_places(client)
    shown = await page(client, place="xylophone zqwv bkwrt")
    assert "We do not know" in shown
    assert "own words" not in shown
    told = (await client.get("/api/v1/search/suggestions", params={"q": "romantic loft in Lisbon"})).json()
    assert told["descriptions"] is None


@needs_the_model
async def test_a_wish_shows_what_says_so_within_the_place_in_it_and_says_how_it_was_read(
    client: httpx.AsyncClient, asking: Asking
) -> None:
    await some_places(client)
    await switched_on(client, asking)
    shown = await page(client, place="romantic loft in Lisbon")
    assert "Places around <strong>Lisbon</strong> whose descriptions come closest to" in shown
    assert "<strong>“romantic loft”</strong>, the closest first" in shown
    assert "We know no place called" not in shown
    assert shown.index("Swifts") < shown.index("Flat 0")
    assert "Swallow Attic" not in shown  # it is in Paris
    assert '<meta name="robots" content="noindex, follow">' in shown
    assert 'name="place" value="romantic loft in Lisbon"' in shown
    assert "“romantic loft” in Lisbon</title>" in shown or "<title>“romantic loft” in Lisbon" in shown
    assert "Closest to your words" in shown


@needs_the_model
async def test_a_wish_without_a_place_looks_everywhere_and_more_are_shown_by_an_address(
    client: httpx.AsyncClient, asking: Asking
) -> None:
    await some_places(client)
    await switched_on(client, asking)
    assert "Acacia Tented Camp" in await page(client, place="watch wild elephants")
    shown = await page(client, place="a nice place to stay")
    assert "data-more=" in shown
    assert "We do not know" not in shown
    assert "shown=48" in shown
    longer = await page(client, place="a nice place to stay", shown="48")
    assert (shown.count('<li class="result"'), longer.count('<li class="result"')) == (24, 48)


@needs_the_model
async def test_the_name_of_a_place_is_still_a_place(client: httpx.AsyncClient, asking: Asking) -> None:
    await some_places(client)
    await switched_on(client, asking)
    shown = await page(client, place="Lisbon")
    assert "whose descriptions" not in shown
    assert "around Lisbon" in shown
    told = (await client.get("/api/v1/search/suggestions", params={"q": "Lisbon"})).json()
    assert told["descriptions"] is None
    told = (await client.get("/api/v1/search/suggestions", params={"q": "romantic  loft"})).json()
    assert told["descriptions"] == "romantic loft"


@needs_the_model
async def test_a_part_of_the_map_and_filters_hold_for_a_wish_too(client: httpx.AsyncClient, asking: Asking) -> None:
    await some_places(client)
    await switched_on(client, asking)
    shown = await page(client, place="romantic loft", bbox="38,-10,39,-9")
    assert "Swifts" in shown
    assert "Swallow Attic" not in shown
    assert "No place fits all of this" in await page(client, place="romantic loft in Lisbon", price_max="1")


@needs_the_model
async def test_while_descriptions_cannot_be_compared_the_page_says_so_and_shows_the_rest(
    client: httpx.AsyncClient, asking: Asking
) -> None:
    await some_places(client)
    rt = await switched_on(client, asking)
    gone = Asking(rt.settings.data_dir / "gone")
    gone.socket.mkdir()  # nobody can listen there
    likeness = Likening(rt, gone)
    likeness.on = True
    rt.ports.likeness = likeness
    shown = await page(client, place="romantic loft in Lisbon")
    assert "We cannot compare descriptions with “romantic loft” for a moment" in shown
    assert "Flat 0" in shown
