"""What somebody wants, and where: a place counts by its whole name, and a name alone is no wish."""

import httpx
import pytest

from hospes.modules.search.keeping.follow import LiveIndex
from hospes.modules.search.naming import wishing
from hospes.modules.search.naming.live import LiveNames
from hospes.modules.search.naming.wishing import wish_in, wish_of
from hospes.modules.semantic.asking import Asking
from hospes.modules.semantic.likening import Likening
from hospes.modules.semantic.use_cases.write_places import write_places
from hospes.platform.runtime import Runtime
from tests.semantic.builders import LISBON, QUESTIONS, a_saying, all_places, needs_the_model

URL = "/api/v1/search/semantic"


@pytest.mark.parametrize(
    ("text", "what", "place"),
    [
        ("romantic loft in Lisbon", "romantic loft", "Lisbon"),
        ("romantic loft in lisbon", "romantic loft", "Lisbon"),
        ("in Lisbon a romantic loft", "in Lisbon a romantic loft", None),  # nothing stands before it
        ("romantic loft in Lisbon with a view", "romantic loft with a view", "Lisbon"),
        ("cabin with sauna near Rovaniemi", "cabin with sauna", "Rovaniemi"),
        ("flat with balcony, New York City", "flat with balcony", "New York City"),
        ("quiet room Porto", "quiet room", "Porto"),
        ("old mill in portugal", "old mill", "Portugal"),
        ("quiet cottage by the sea with a fireplace", "quiet cottage by the sea with a fireplace", None),
        ("somewhere nice", "somewhere nice", None),
        ("room with a bath", "room with a bath", None),
        ("good place for reading", "good place for reading", None),
        ("house in the woods", "house in the woods", None),
        ("😀 😀 party house", "😀 😀 party house", None),
        ("лофт в центре", "лофт в центре", None),
    ],
)
async def test_a_wish_is_told_from_where(client: httpx.AsyncClient, text: str, what: str, place: str | None) -> None:
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        await a_saying(tx, "One", "A house.", **LISBON)
    await rt.ports.names.reload()
    wish = wish_of(rt.ports.names, text)
    assert (wish.what, wish.place.name if wish.place else None) == (what, place)


@pytest.mark.parametrize(
    "text", ["Lisbon", "lisbon portugal", "Lisbn", "hotel in Lisbon", "LIS", "Casa Azul", "near paris", "", "?!"]
)
async def test_the_name_of_a_place_or_a_property_is_no_wish(client: httpx.AsyncClient, text: str) -> None:
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        await a_saying(tx, "Casa Azul", "A house.", **LISBON)
    await rt.ports.names.reload()
    assert isinstance(rt.ports.names, LiveNames)
    assert wish_in(rt.ports.names, text) is None
    assert wish_in(rt.ports.names, "romantic house in Lisbon") == wishing.wish_of(
        rt.ports.names, "romantic house in Lisbon"
    )  # the control


@pytest.mark.parametrize(
    "text", ["quiet", "romantic", "beach house", "tiny house", "near the beach", "cosy flat", "pet friendly", "castle"]
)
def test_a_few_plain_words_are_a_wish_and_no_town_of_nearly_that_name(text: str) -> None:
    assert wish_in(None, text) == wishing.Wish(text, None)


def runtime_of(client: httpx.AsyncClient) -> Runtime:
    found: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    return found


async def switched_on(client: httpx.AsyncClient, asking: Asking) -> Runtime:
    """The application with everything embedded, by the process that all tests share."""
    rt = runtime_of(client)
    await write_places(rt, asking)
    assert isinstance(rt.ports.index, LiveIndex)
    await rt.ports.index.reload()
    await rt.ports.names.reload()
    likeness = Likening(rt, asking)
    await likeness.look()
    rt.ports.likeness = likeness
    return rt


async def ask(client: httpx.AsyncClient, q: str, **params: object) -> dict[str, object]:
    response = await client.get(URL, params={"q": q, **params})
    assert response.status_code == 200, response.text
    found: dict[str, object] = response.json()
    return found


def titles(found: dict[str, object]) -> list[str]:
    return [item["title"] for item in found["items"]]  # type: ignore[attr-defined]


async def test_without_the_extra_or_without_places_it_is_not_there(client: httpx.AsyncClient) -> None:
    answer = await client.get(URL, params={"q": "quiet house"})
    assert (answer.status_code, answer.json()["code"]) == (404, "semantic_off")
    runtime_of(client).ports.likeness = None
    answer = await client.get(URL, params={"q": "quiet house"})
    assert (answer.status_code, answer.json()["code"]) == (404, "semantic_off")


@needs_the_model
async def test_places_are_found_by_what_they_say_and_are_free_priced_and_filtered_as_in_a_search(
    client: httpx.AsyncClient, asking: Asking
) -> None:
    async with runtime_of(client).db.write() as tx:
        await all_places(tx)
    rt = await switched_on(client, asking)
    found = await ask(client, "watch wild elephants")
    assert titles(found)[0] == "Acacia Tented Camp"
    assert 0 < found["total"] < len(QUESTIONS["places"])  # what is hardly alike is left out
    assert found["understood"] == {"wish": "watch wild elephants", "place": None}
    dates = {"check_in": "2026-07-01", "check_out": "2026-07-04"}
    dated = await ask(client, "watch wild elephants", **dates, place="Paris", limit=60)
    plain = (await client.get("/api/v1/search", params={**dates, "limit": 60})).json()
    prices = {item["title"]: item["total"] for item in plain["items"]}
    shown = [item for item in dated["items"] if item["title"] in prices]  # type: ignore[attr-defined]
    assert len(shown) >= 50
    assert [item["total"] for item in shown] == [prices[item["title"]] for item in shown]
    async with rt.db.write() as tx:
        await tx.conn.execute(b"UPDATE catalog.resource SET max_guests = 2 WHERE property_id = (SELECT id FROM"
                              b" catalog.property WHERE name = 'Acacia Tented Camp')")  # fmt: skip
    await rt.ports.index.reload()
    assert "Acacia Tented Camp" not in titles(await ask(client, "watch wild elephants", adults=3, limit=60))
    assert titles(await ask(client, "watch wild elephants", adults=2))[0] == "Acacia Tented Camp"
    assert (await ask(client, "watch wild elephants", price_max=1))["total"] == 0


@needs_the_model
async def test_what_is_no_longer_on_sale_is_not_found_though_its_vector_is_still_there(
    client: httpx.AsyncClient, asking: Asking
) -> None:
    async with runtime_of(client).db.write() as tx:
        await all_places(tx)
    rt = await switched_on(client, asking)
    assert titles(await ask(client, "toothache"))[0] == "Dental Practice at the Bridge"
    async with rt.db.write() as tx:
        await tx.conn.execute(b"UPDATE catalog.property SET status = 'suspended' WHERE name LIKE 'Dental%'")
    await rt.ports.index.reload()
    assert "Dental Practice at the Bridge" not in titles(await ask(client, "toothache", limit=60))


@needs_the_model
async def test_within_a_place_what_lies_there_is_found_however_much_more_alike_others_are(
    client: httpx.AsyncClient, asking: Asking
) -> None:
    async with runtime_of(client).db.write() as tx:
        await all_places(tx)
        for number in range(3):
            await a_saying(tx, f"Flat {number}", "A flat above a shop, with a kitchen.", **LISBON)
        await a_saying(tx, "Attic", "An attic for lovers, with candles.", **LISBON)
    await switched_on(client, asking)
    found = await ask(client, "watch wild elephants in Lisbon")
    assert found["understood"] == {"wish": "watch wild elephants", "place": "Lisbon"}
    assert sorted(titles(found)) == ["Attic", "Flat 0", "Flat 1", "Flat 2"]
    assert titles(await ask(client, "romantic loft in lisbon"))[0] == "Attic"
    assert titles(await ask(client, "romantic loft", place="Lisbon"))[0] == "Attic"
    assert titles(await ask(client, "romantic loft", lat=38.7, lon=-9.1, radius_km=30))[0] == "Attic"
    assert titles(await ask(client, "romantic loft", bbox="38,-10,39,-9"))[0] == "Attic"


@needs_the_model
@pytest.mark.parametrize(
    ("q", "also"),
    [
        ("", {}), ("   ", {}), ("x" * 10_000, {}), ("a\x00b", {}), ("house", {"cursor": "abc"}),
        ("house", {"limit": 61}),
        ("house", {"colour": "red"}), ("house", {"check_in": "2026-07-04", "check_out": "2026-07-01"}),
        ("house", {"place": "Xqzzyv Wbblfk"}),
    ],
)  # fmt: skip
async def test_nonsense_is_refused_with_a_sentence(
    client: httpx.AsyncClient, asking: Asking, q: str, also: dict[str, object]
) -> None:
    async with runtime_of(client).db.write() as tx:
        await a_saying(tx, "One", "A house.")
    await switched_on(client, asking)
    answer = await client.get(URL, params={"q": q, **also})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert titles(await ask(client, "a house")) == ["One"]  # the control
    assert titles(await ask(client, "😀")) == []


@needs_the_model
async def test_while_the_embedder_does_not_answer_it_is_said_so(client: httpx.AsyncClient, asking: Asking) -> None:
    async with runtime_of(client).db.write() as tx:
        await a_saying(tx, "One", "A house.")
    rt = await switched_on(client, asking)
    gone = Asking(rt.settings.data_dir / "gone")
    gone.socket.mkdir()  # nobody can listen there
    likeness = Likening(rt, gone)
    likeness.on = True
    rt.ports.likeness = likeness
    answer = await client.get(URL, params={"q": "house"})
    assert (answer.status_code, answer.json()["code"]) == (503, "semantic_unavailable")
    assert int(answer.headers["retry-after"]) > 0
