"""Where descriptions are compared, what says the like is more alike; without them everything works as before."""

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from math import log2
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import yaml
from numpy.typing import NDArray
from psycopg import AsyncCursor

from hospes.modules.catalog.contracts import AMENITY_BIT, KINDS
from hospes.modules.recommendations.contracts import Traits
from hospes.modules.recommendations.policies.evaluating import Acts, evaluate
from hospes.modules.recommendations.policies.likeness import likeness
from hospes.modules.recommendations.providers.port import Descriptions
from hospes.modules.recommendations.use_cases.similar_stays import similar_stays
from hospes.modules.semantic import facade as semantic
from hospes.modules.semantic import store
from hospes.modules.semantic.asking import Asking
from hospes.modules.semantic.contracts import SIZE, Saying, Written
from hospes.modules.semantic.likening import Likening
from hospes.platform.db import Database
from hospes.platform.ids import new_id
from hospes.platform.runtime import Runtime
from tests.catalog.signed_in import runtime_of
from tests.conftest import NOW
from tests.recommendations.builders import a_crowd, a_place
from tests.recommendations.test_learning import six_places
from tests.semantic.builders import QUESTIONS, needs_the_model

JUDGED: dict[str, Any] = yaml.safe_load((Path(__file__).parents[1] / "semantic" / "similar.yml").read_text())
STAYS = list(JUDGED["traits"])
SHOWN = 8


def judged_traits() -> Traits:
    """Of the stays of similar.yml, all in one street and not rated."""
    kinds = {str(info.code): number for number, info in enumerate(KINDS)}
    told = [JUDGED["traits"][name] for name in STAYS]
    many = len(told)
    return Traits(
        np.full(many, 48.0),
        np.full(many, 2.0),
        np.array([kinds[kind] for kind, *_ in told], np.uint8),
        np.array([sum(1 << AMENITY_BIT[code] for code in amenities) for *_, amenities in told], np.uint64),
        np.array([100 * euros for _, euros, *_ in told], np.int64),
        np.zeros(many, np.float32),
        np.array([guests for _, _, guests, _ in told], np.uint16),
    )


def ndcg(rankings: Sequence[Sequence[str]], asked: Sequence[str]) -> float:
    """With 3 for a good one and 1 for a fair one among the first `SHOWN`, on average over the places asked for."""

    def gained(gains: Sequence[int]) -> float:
        return sum(gain / log2(at + 2) for at, gain in enumerate(gains[:SHOWN]))

    found = []
    for name, ranked in zip(asked, rankings, strict=True):
        gains = dict.fromkeys(JUDGED["likes"][name]["fair"], 1) | dict.fromkeys(JUDGED["likes"][name]["good"], 3)
        ideal = gained(sorted(gains.values(), reverse=True))
        found.append(gained([gains.get(each, 0) for each in ranked]) / ideal)
    return float(np.mean(found))


def ranked(traits: Traits, vectors: NDArray[np.float32] | None, name: str) -> list[str]:
    one = STAYS.index(name)
    scores = likeness(traits, one, traits, None if vectors is None else (vectors @ vectors[one]).astype(np.float64))
    return [STAYS[at] for at in np.argsort(-scores, kind="stable").tolist() if at != one]


@needs_the_model
def test_judged_by_hand_what_is_similar_is_found_better_with_descriptions() -> None:
    vectors = semantic.embed([tuple(QUESTIONS["places"][name]) for name in STAYS])
    traits = judged_traits()
    chosen_by, held_out = STAYS[::2], STAYS[1::2]
    for asked, least in ((chosen_by, 0.53), (held_out, 0.58)):
        without = ndcg([ranked(traits, None, name) for name in asked], asked)
        with_them = ndcg([ranked(traits, vectors, name) for name in asked], asked)
        print(f"\nNDCG@{SHOWN} of {len(asked)}: {without:.3f}, with descriptions {with_them:.3f}")
        assert with_them > least
        assert with_them > 1.1 * without
    noise = np.random.default_rng(1).permutation(vectors)  # the control: descriptions of other places
    assert ndcg([ranked(traits, noise, name) for name in STAYS], STAYS) < 0.47


def test_every_judgement_is_about_another_stay_that_there_is() -> None:
    assert set(JUDGED["likes"]) == set(STAYS)
    for name, likes in JUDGED["likes"].items():
        both = [*likes["good"], *likes["fair"]]
        assert len(set(both)) == len(both) > 0, name
        assert set(both) < set(STAYS) - {name}, name
    assert ndcg([[*each["good"], *each["fair"]] for each in JUDGED["likes"].values()], STAYS) == pytest.approx(1.0)


def test_what_is_measured_tells_descriptions_that_say_something_from_those_that_do_not() -> None:
    random = np.random.default_rng(3)
    style = np.repeat(np.arange(4), 30)
    random.shuffle(style)
    some = six_places()
    traits = Traits(*(np.resize(getattr(some, name), len(style)) for name in Traits.__slots__))
    person = np.repeat(np.arange(80), 10)
    item = np.concatenate([random.choice(np.flatnonzero(style == each % 4), 10, replace=False) for each in range(80)])
    acts = Acts(person.astype(np.int32), item.astype(np.int32), np.tile(np.arange(10.0), 80), np.zeros(800, bool))
    telling = np.eye(4, SIZE, dtype=np.float32)[style]
    city = np.zeros(len(style), np.int32)
    told = evaluate(traits, city, acts, split=5.0, vectors=telling)
    assert told["likeness, descriptions"].recall[20] > 2 * told["likeness"].recall[20]
    nothing = evaluate(traits, city, acts, split=5.0, vectors=np.zeros((len(style), SIZE), np.float32))
    assert nothing["likeness, descriptions"] == nothing["likeness"]
    assert "likeness, descriptions" not in evaluate(traits, city, acts, split=5.0)


async def say(rt: Runtime, places: dict[str, Any], **heading: tuple[float, float]) -> None:
    """As if these places said something that lies in this direction."""
    rows = [
        Written(
            Saying(places[name].property_id, name, "", new_id(), 48.87, 2.36),
            [*direction, *[0.0] * (SIZE - 2)],
        )
        for name, direction in heading.items()
    ]
    async with rt.db.write() as tx:
        await store.put(tx, rows, now=NOW)


async def described(client: httpx.AsyncClient, *names: str) -> tuple[Runtime, dict[str, Any]]:
    """Places that differ in nothing else, and what compares descriptions."""
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        places = {name: await a_place(tx, name=name) for name in names}
    await rt.ports.index.reload()
    return rt, places


async def switch_on(rt: Runtime) -> None:
    likening: Descriptions = Likening(rt, Asking(rt.settings.data_dir / "semantic"))
    rt.ports.likeness = likening
    await rt.ports.likeness.look()


async def similar(rt: Runtime, places: dict[str, Any]) -> list[str]:
    return [card.title for card in await similar_stays(rt, places["Home"].resource_id)]


async def test_of_places_that_differ_in_nothing_else_the_one_that_says_the_like_comes_first(
    client: httpx.AsyncClient,
) -> None:
    rt, places = await described(client, "Home", "Askew", "Other", "Alike", "Silent")
    rt.ports.likeness = None
    before = await similar(rt, places)
    assert before == ["Askew", "Other", "Alike", "Silent"]
    await say(rt, places, Home=(1.0, 0.0), Alike=(0.96, 0.28), Askew=(0.6, 0.8), Other=(-1.0, 0.0))
    assert await similar(rt, places) == before  # the control: nobody asks for it
    await switch_on(rt)
    assert await similar(rt, places) == ["Alike", "Askew", "Other", "Silent"]
    answer = await client.get(f"/api/v1/listings/{places['Home'].resource_id}/similar?limit=1")
    assert [item["title"] for item in answer.json()["items"]] == ["Alike"]
    rt.ports.likeness.on = False
    assert await similar(rt, places) == before


async def test_a_place_that_says_nothing_yet_is_compared_as_before(client: httpx.AsyncClient) -> None:
    rt, places = await described(client, "Home", "One", "Two")
    await say(rt, places, One=(1.0, 0.0))
    await switch_on(rt)
    assert await similar(rt, places) == ["One", "Two"]
    await say(rt, places, Home=(1.0, 0.0), Two=(1.0, 0.0), One=(0.0, 1.0))
    assert await similar(rt, places) == ["Two", "One"]  # the control


async def test_descriptions_cost_no_statement_more(client: httpx.AsyncClient) -> None:
    rt, places = await described(client, "Home", "One", "Two")
    await say(rt, places, Home=(1.0, 0.0), One=(0.0, 1.0), Two=(1.0, 0.0))
    async with rt.db.write() as tx:
        await a_crowd(tx, [places[name].resource_id for name in ("Home", "One")], at=NOW)
        await tx.run(
            "INSERT INTO recommendations.together (property_id, others, scores, made_at) VALUES (%s, %s, %s, %s)",
            (places["Home"].property_id, [places["One"].property_id], [0.5], NOW),
        )
    said: list[str] = []

    class Noting(AsyncCursor[Any]):
        async def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
            said.append(str(query))
            return await super().execute(query, params, **more)

    async with contextlib.AsyncExitStack() as ends:
        db = Database(rt.db.url, max_read=1, keyring=rt.db.keyring)
        await db.open()
        ends.push_async_callback(db.close)
        noted = replace(rt, db=db)
        async with db.read() as tx:
            tx.conn.cursor_factory = Noting
        rt.ports.likeness = None
        assert await similar(noted, places) == ["One", "Two"]
        assert len(said) == 2
        said.clear()
        await switch_on(rt)
        assert await similar(noted, places) == ["Two", "One"]  # 0.50 of what it says is more than 0.3 of 0.5
        assert len(said) == 2
        assert "recommendations.together" in said[0]
        assert "semantic.said" in said[0]
