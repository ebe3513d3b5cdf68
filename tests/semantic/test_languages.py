"""A wish that is not in English is said to be so; what has nothing to do with it is never shown as an answer."""

import httpx
import pytest

from hospes.modules.search.naming.wishing import Wish, wish_in, wish_of
from hospes.modules.search.policies.languages import is_english
from hospes.modules.semantic import queries
from hospes.modules.semantic.asking import Asking
from tests.semantic.builders import LISBON, QUESTIONS, a_saying, all_places, needs_the_model
from tests.semantic.test_wished_pages import page, some_places
from tests.semantic.test_wishes import URL, ask, runtime_of, switched_on, titles

IN_OTHER_LANGUAGES = [
    "petite maison au bord de la mer avec cheminée",
    "observer des éléphants sauvages",
    "appartement au calme en plein centre-ville",
    "chambre d'hôtes",
    "maison avec piscine",
    "kleines Haus am Meer mit Kamin",
    "wilde Elefanten beobachten",
    "ruhige Wohnung mitten in der Stadt",
    "Ferienwohnung Meerblick",
    "gemütliche Hütte in den Bergen",
    "Hotel mit Pool",
    "casita junto al mar con chimenea",
    "dormir en un castillo medieval",
    "appartamento vicino al mare",
    "casa com piscina perto da praia",
    "huisje aan zee met open haard",
    "dom nad jeziorem z sauną",
    "deniz kenarında sessiz ev",
    "уютный домик у моря с камином",
    "посмотреть на диких слонов",
    "بيت صغير على شاطئ البحر مع مدفأة",
    "مشاهدة الفيلة البرية",
    "海边有壁炉的安静小屋",
    "看野生大象",
    "海辺の静かな家",
    "바닷가 조용한 집",
]
IN_ENGLISH = [
    *(each["ask"] for each in QUESTIONS["questions"]), *(text for _, text in QUESTIONS["places"].values()),
    "café", "cozy café", "pied-à-terre with parking", "en suite", "casa rural", "chateau with vineyards", "B&B", "wifi",
    "boutique hotel de luxe", "I am allergic to cats", "quite cotage by teh sea", "al fresco dining", "van life",
    "riad", "pour over coffee", "e-bike", "rum tasting", "a view of Île de la Cité", "😀", "24",
    "sin city loft", "la dolce vita",
]  # fmt: skip


@pytest.mark.parametrize("text", IN_OTHER_LANGUAGES)
def test_a_wish_in_another_language_is_told_from_english(text: str) -> None:
    assert not is_english(text)
    assert wish_in(None, text) == Wish(text, None, english=False)


@pytest.mark.parametrize("text", IN_ENGLISH, ids=range(len(IN_ENGLISH)))
def test_english_is_not_taken_for_another_language(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize(
    ("text", "what", "place"),
    [
        ("loft romantique à Lisbonne", "loft romantique", "Lisbon"),
        ("appartement à Paris avec balcon", "appartement avec balcon", "Paris"),
        ("romantisches Loft in Lissabon", "romantisches Loft", "Lisbon"),
        ("Haus nahe Lübeck mit Hund", "Haus mit Hund", "Lübeck"),
        ("casa rural con piscina en Sevilla", "casa rural con piscina", "Sevilla"),
        ("شقة هادئة في لشبونة", "شقة هادئة", "Lisbon"),
        # Nouns with capitals are no towns of that name.
        ("gemütliche Hütte in den Bergen", "gemütliche Hütte in den Bergen", None),
        ("Hotel mit Pool", "Hotel mit Pool", None),
    ],
)
def test_a_place_in_it_is_understood_all_the_same(text: str, what: str, place: str | None) -> None:
    wish = wish_of(None, text)
    assert (wish.what, wish.place.name if wish.place else None, wish.english) == (what, place, False)


@needs_the_model
async def test_the_api_refuses_what_it_would_answer_with_nonsense(client: httpx.AsyncClient, asking: Asking) -> None:
    async with runtime_of(client).db.write() as tx:
        await all_places(tx)
    rt = await switched_on(client, asking)
    asked = ("wilde Elefanten beobachten", "посмотреть на диких слонов", "مشاهدة الفيلة البرية", "看野生大象")
    for text in asked:
        answer = await client.get(URL, params={"q": text})
        assert (answer.status_code, answer.json()["code"]) == (422, "semantic_english_only")
        assert [each["field"] for each in answer.json()["errors"]] == ["q"]
        vector = await asking.question(text)
        async with rt.db.read() as tx:
            (first, *_) = await queries.nearest(tx, vector, box=None, most=1)
            row = await tx.find("SELECT name FROM catalog.property WHERE id = %s", (first,))
        assert row is not None
        assert row["name"] != "Acacia Tented Camp"  # the control: the nearest is something else altogether
    answer = await client.get(URL, params={"q": "wilde Elefanten beobachten", "place": "Paris"})
    assert answer.status_code == 422
    assert titles(await ask(client, "watch wild elephants"))[0] == "Acacia Tented Camp"


@needs_the_model
async def test_the_page_says_so_beside_the_field_and_shows_nothing_as_an_answer(
    client: httpx.AsyncClient, asking: Asking
) -> None:
    await some_places(client)
    await switched_on(client, asking)
    for text in ("kleines Haus am Meer mit Kamin", "уютный домик у моря с камином", "海边有壁炉的安静小屋"):
        shown = await page(client, place=text)
        assert f"We know no place called “{text}”, and descriptions are compared in English only." in shown
        assert '<li class="result"' not in shown
        assert f'value="{text}"' in shown
        told = (await client.get("/api/v1/search/suggestions", params={"q": text})).json()
        assert told["descriptions"] is None


@needs_the_model
async def test_what_lies_at_the_place_in_it_is_shown_and_said_not_to_be_an_answer(
    client: httpx.AsyncClient, asking: Asking
) -> None:
    await some_places(client)
    async with runtime_of(client).db.write() as tx:
        await a_saying(tx, "Azulejo", "Ein Loft für zwei.", **LISBON)
    await switched_on(client, asking)
    for text in ("loft romantique à Lisbonne", "romantisches Loft in Lissabon", "شقة هادئة في لشبونة"):
        shown = await page(client, place=text)
        assert "Descriptions are compared in English only, so we left out" in shown
        assert "These are all places around <strong>Lisbon</strong>" in shown
        assert shown.count('<li class="result"') == 5
        assert "come closest to" not in shown
        assert "Closest to your words" not in shown
        assert '<meta name="robots" content="noindex, follow">' in shown
    shown = await page(client, place="kleines Haus am Meer mit Kamin", bbox="38,-10,39,-9")
    assert "so we left out <strong>“kleines Haus am Meer mit Kamin”</strong>. These are all places." in shown
    assert shown.count('<li class="result"') == 5
