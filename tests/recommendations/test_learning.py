"""What is learned from people beats what is popular where people have tastes, and does not where they have none."""

import subprocess
import sys
from datetime import UTC, datetime

import numpy as np
import pytest
from typer.testing import CliRunner

from hospes.entrypoints.demo.tastes import Places, busiest, look_around, places_of
from hospes.entrypoints.demo.world import Builder
from hospes.entrypoints.recommending import app
from hospes.modules.catalog.contracts import AMENITY_BIT
from hospes.modules.recommendations.contracts import Past, Traits
from hospes.modules.recommendations.policies.counting import past_of, weights
from hospes.modules.recommendations.policies.evaluating import Acts, evaluate
from hospes.modules.recommendations.policies.learning import Learner, learn
from hospes.modules.recommendations.policies.likeness import likeness
from hospes.modules.recommendations.policies.measuring import ndcg_at, recall_at
from hospes.modules.recommendations.policies.together import seen_together

SPLIT = 90.0


@pytest.fixture(scope="module")
def places() -> Places:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    builder = Builder(4, now.date(), now, "x", frozenset(AMENITY_BIT))
    builder.people()
    return busiest(places_of(builder.chunk(2_500)), 8)


@pytest.fixture(scope="module")
def acts(places: Places) -> Acts:
    return look_around(places.traits, places.city, people=1_200, seed=4)


def a_past(*rows: tuple[int, int], items: int = 6) -> Past:
    people, things = np.array([a for a, _ in rows]), np.array([b for _, b in rows])
    return past_of(people, things, np.arange(len(rows), dtype=float), np.zeros(len(rows), bool), items=items, now=9.0)


def six_places(**given: list[float]) -> Traits:
    told = {
        "latitude": [48.0] * 6, "longitude": [2.0] * 6, "kind": [0] * 6, "amenities": [0b1111] * 6,
        "euro_cents": [10_000] * 6, "rating": [4.5] * 6, "guests": [4] * 6, **given,
    }  # fmt: skip
    kinds = (np.float64, np.float64, np.uint8, np.uint64, np.int64, np.float32, np.uint16)
    return Traits(*(np.array(told[name], kind) for name, kind in zip(Traits.__slots__, kinds, strict=True)))


def test_of_people_with_tastes_the_mixture_knows_more_than_popularity(places: Places, acts: Acts) -> None:
    found = evaluate(places.traits, places.city, acts, split=SPLIT, asked=250)
    hybrid, there, world = found["hybrid"], found["popularity in their cities"], found["popularity"]
    assert hybrid.people == 250
    for k in (10, 20):
        assert hybrid.recall[k] > 1.5 * world.recall[k]
        assert hybrid.ndcg[k] > 1.5 * world.ndcg[k]
        assert hybrid.recall[k] > 1.02 * there.recall[k]
        assert hybrid.ndcg[k] > 1.02 * there.ndcg[k]


def test_of_people_without_tastes_it_knows_nothing(places: Places, acts: Acts) -> None:
    """The control: the same places as often, but by anybody."""
    found = evaluate(places.traits, places.city, acts.shuffled(1), split=SPLIT, asked=250)
    assert found["hybrid"].ndcg[10] < 1.1 * found["popularity"].ndcg[10] + 0.002
    assert found["hybrid"].recall[20] < 1.1 * found["popularity"].recall[20] + 0.005


def test_without_the_library_there_are_suggestions_too(places: Places, acts: Acts) -> None:
    before = acts.rows(acts.at < SPLIT)
    past = past_of(before.person, before.item, before.at, before.booked, items=len(places.traits), now=SPLIT)
    learner = Learner(places.traits, places.city, past, with_factors=False)
    assert learner.factors is None
    known = learner.history[3][0].tolist()
    found = learner.suggest(3)
    assert len(found) == 24
    assert set(found) & set(known) == set()


def test_learning_twice_finds_the_same(places: Places, acts: Acts) -> None:
    few = acts.rows(acts.person < 60)
    past = past_of(few.person, few.item, few.at, few.booked, items=len(places.traits), now=120.0)
    one, two = (learn(places.traits, places.city, past) for _ in range(2))
    assert one.factors
    assert (one.suggested, one.together, one.popular) == (two.suggested, two.together, two.popular)


def test_places_that_three_people_looked_at_are_together_and_those_of_two_are_not() -> None:
    past = a_past((0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1), (0, 2), (1, 2), (3, 5))
    assert {one: others for one, (others, _) in seen_together(past).items()} == {0: [1], 1: [0]}
    assert seen_together(past, fewest=2)[2][0] == [0, 1]  # control


def test_what_two_people_did_is_popular_with_nobody() -> None:
    past = a_past((0, 0), (1, 0), (2, 0), (0, 3), (1, 3))
    learned = learn(six_places(), np.array([0, 0, 0, 1, 1, 1], np.int32), past)
    assert learned.popular == {0: [0]}


def test_a_booking_counts_more_than_looking_and_all_of_it_fades() -> None:
    found = weights(np.array([1, 1, 200, 1]), np.array([0, 0, 0, 1]), np.array([0, 1, 0, 0]), np.array([0, 0, 0, 45]))
    assert found.tolist() == [1.0, 9.0, 3.0, 2.5]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("kind", [0, 0, 3, 3, 3, 3]),
        ("amenities", [15, 15, 8, 8, 8, 8]),
        ("euro_cents", [10_000, 11_000, 40_000, 40_000, 40_000, 1]),
        ("guests", [4, 5, 1, 1, 16, 16]),
        ("rating", [4.0, 5.0, 2.0, 2.0, 2.0, 2.0]),
        ("latitude", [48.0, 48.01, 49.0, 49.0, 49.0, 49.0]),
    ],
)
def test_what_is_more_like_it_scores_higher(name: str, values: list[float]) -> None:
    traits = six_places(**{name: values})
    scores = likeness(traits, 0, traits)
    assert scores[1] > scores[2:].max()
    assert (scores > 0).all()
    assert (scores <= 1).all()


def test_recall_and_ndcg_of_a_ranking_by_hand() -> None:
    assert recall_at([1, 2, 3, 4], {2, 9}, 3) == 0.5
    assert recall_at([1, 2], {1, 2, 3, 4}, 2) == 1.0
    assert ndcg_at([7, 2], {2}, 2) == pytest.approx(0.6309, abs=1e-4)
    assert ndcg_at([2, 7], {2}, 2) == 1.0
    assert recall_at([1], set(), 1) == ndcg_at([1], set(), 1) == 0.0


def test_where_requests_are_answered_the_heavy_libraries_are_not_loaded() -> None:
    said = (
        "import sys; from hospes.entrypoints import wiring; list(wiring.routers()); wiring.tasks();"
        " print(sorted({'implicit', 'scipy', 'threadpoolctl', 'tqdm'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_command_line_measures_a_world() -> None:
    shown = CliRunner().invoke(app, ["evaluate", "--listings", "300", "--cities", "3", "--people", "80"])
    assert shown.exit_code == 0, shown.output
    assert "80 people" in shown.output
    assert "hybrid" in shown.output
    assert "NDCG@20" in shown.output
