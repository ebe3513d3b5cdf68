"""The most alike are found, also within a place where few of them lie; and far better than by matching words."""

from collections.abc import Sequence
from uuid import UUID

import numpy as np
import pytest

from hospes.modules.semantic import queries
from hospes.modules.semantic.asking import Asking
from hospes.modules.semantic.contracts import MODEL
from hospes.modules.semantic.likening import Likening
from hospes.modules.semantic.use_cases.write_places import write_places
from hospes.platform.db import Database, ReadTx
from hospes.platform.runtime import Runtime
from tests.semantic.builders import QUESTIONS, all_places, needs_the_model
from tests.semantic.measuring import by_words, measured

MANY, THERE = 6_000, 120  # vectors in the world, and of them in the place asked for
TOWN = (38.0, -10.0, 39.0, -9.0)
ASKED, BEST = 25, 10


async def recall(tx: ReadTx, vectors: np.ndarray, ids: Sequence[UUID], inside: np.ndarray, *, onward: bool) -> float:
    """Of the ten most alike in the town how many are found, on average over questions."""
    random = np.random.default_rng(5)
    shares = []
    for _ in range(ASKED):
        question = normed(vectors[random.integers(len(ids))] + 0.08 * random.standard_normal(384))
        exact = np.flatnonzero(inside)[np.argsort(-(vectors[inside] @ question))[:BEST]]
        found = await queries.nearest(tx, question.tolist(), box=TOWN, most=200, onward=onward)
        shares.append(len({ids[at] for at in exact} & set(found[:BEST])) / BEST)
    return float(np.mean(shares))


def normed(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


async def test_within_a_place_the_best_are_found_only_when_the_graph_is_followed_until_there_are_enough(
    db: Database,
) -> None:
    random = np.random.default_rng(4)
    themes = normed(random.standard_normal((40, 384)))  # as texts are about things, vectors lie in heaps
    vectors = normed(themes[random.integers(40, size=MANY)] + 0.06 * random.standard_normal((MANY, 384)))
    ids = [UUID(int=number + 1) for number in range(MANY)]
    inside = np.zeros(MANY, bool)
    inside[random.choice(MANY, THERE, replace=False)] = True
    async with (
        db.write() as tx,
        tx.conn.cursor().copy(
            b"COPY semantic.said (property_id, model, said, vector, latitude, longitude, written_at) FROM STDIN"
        ) as copy,
    ):
        for number in range(MANY):
            place = (38.7, -9.1) if inside[number] else (52.5, 13.4)
            text = queries.as_text(vectors[number].tolist())
            await copy.write_row((ids[number], MODEL, ids[number], text, *place, "2026-06-01"))
    async with db.write() as tx:
        await tx.conn.execute(b"ANALYZE semantic.said")
    async with db.read() as tx:
        await tx.conn.execute(b"SET LOCAL enable_seqscan = off")  # as in a large world, where it would be dearer
        await tx.conn.execute(b"SET LOCAL enable_sort = off")
        followed = await recall(tx, vectors, ids, inside, onward=True)
        stopped = await recall(tx, vectors, ids, inside, onward=False)
        print(f"\nrecall in the town {followed:.2f}, without following {stopped:.2f}")
        assert followed >= 0.95
        assert stopped < 0.6  # the control
        few = [ids[at] for at in np.flatnonzero(inside)]
        question = normed(vectors[7] + 0.08 * random.standard_normal(384))
        each = await queries.nearest_of(tx, question.tolist(), few, most=BEST)
        assert each == [ids[at] for at in np.flatnonzero(inside)[np.argsort(-(vectors[inside] @ question))[:BEST]]]


@needs_the_model
async def test_questions_in_peoples_own_words_are_answered_far_better_than_by_matching_words(
    runtime: Runtime, asking: Asking
) -> None:
    async with runtime.db.write() as tx:
        places = await all_places(tx)
    await write_places(runtime, asking)
    names = {key: short for short, key in places.items()}
    meaning, words = [], []
    async with runtime.db.read() as tx:
        for each in QUESTIONS["questions"]:
            vector = await asking.question(each["ask"])
            near = await queries.nearest(tx, vector, box=None, most=200)
            assert near[:10] == (await queries.nearest_of(tx, vector, list(names), most=10))
            meaning.append([names[key] for key in near])
            words.append([names[key] for key in await by_words(tx, each["ask"])])
    of_meaning, of_words = measured(meaning), measured(words)
    print(f"\nby meaning {of_meaning}\nby words   {of_words}")
    assert of_meaning["NDCG@10"] > 0.77
    assert of_meaning["recall@10"] > 0.94
    assert of_words["NDCG@10"] < 0.55
    assert of_words["recall@10"] < 0.65


def test_measuring_knows_a_perfect_answer_from_a_useless_one() -> None:
    perfect = [[*each["good"], *each.get("fair", [])] for each in QUESTIONS["questions"]]
    assert measured(perfect) == pytest.approx({"first": 1.0, "recall@5": 1.0, "recall@10": 1.0, "NDCG@10": 1.0})
    assert set(measured([[] for _ in perfect]).values()) == {0.0}


@needs_the_model
async def test_what_has_nothing_to_do_with_any_place_finds_nothing(runtime: Runtime, asking: Asking) -> None:
    async with runtime.db.write() as tx:
        places = await all_places(tx)
    await write_places(runtime, asking)
    likening = Likening(runtime, asking)
    for nonsense in ("quantum chromodynamics lagrangian", "SELECT * FROM users", "how do I reset my password"):
        vector = await asking.question(nonsense)
        async with runtime.db.read() as tx:
            anything = await queries.nearest(tx, vector, box=None, most=200)
        assert len(anything) == len(places)  # the control: something is always the nearest
        assert await likening.nearest(nonsense, most=200) == []
        assert await likening.nearest(nonsense, among=anything, most=200) == []


@needs_the_model
async def test_no_good_answer_is_left_out_for_being_hardly_alike(runtime: Runtime, asking: Asking) -> None:
    async with runtime.db.write() as tx:
        names = {key: short for short, key in (await all_places(tx)).items()}
    await write_places(runtime, asking)
    likening = Likening(runtime, asking)
    for each in QUESTIONS["questions"]:
        found = {names[key] for key in await likening.nearest(each["ask"], most=200)}
        assert set(each["good"]) <= found, each["ask"]
        assert found < set(names.values())
