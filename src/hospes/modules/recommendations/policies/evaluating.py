"""How well each way of suggesting would have done: it learns from what came before a day and is asked what came after.

Asked are people known before that day who turned to places they had not been to. A place counts once, whether it was
looked at or booked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hospes.modules.recommendations.contracts import Traits
from hospes.modules.recommendations.policies.counting import past_of
from hospes.modules.recommendations.policies.learning import Learner, Rows, Scores, Weights, best
from hospes.modules.recommendations.policies.measuring import ndcg_at, recall_at

KS = (10, 20)


@dataclass(frozen=True, slots=True)
class Acts:
    """What people did, one row each: person and place as numbers from 0, when in days, and whether it was a booking."""

    person: NDArray[np.int32]
    item: NDArray[np.int32]
    at: NDArray[np.float64]
    booked: NDArray[np.bool_]

    def rows(self, chosen: NDArray[Any]) -> "Acts":
        """Those alone."""
        return Acts(self.person[chosen], self.item[chosen], self.at[chosen], self.booked[chosen])

    def shuffled(self, seed: int) -> "Acts":
        """The same places as often, at the same times, but by anybody: what people like can no longer be told."""
        return Acts(np.random.default_rng(seed).permutation(self.person), self.item, self.at, self.booked)


@dataclass(frozen=True, slots=True)
class Measured:
    """Averages over `people`: recall and NDCG by k."""

    people: int
    recall: Mapping[int, float]
    ndcg: Mapping[int, float]


def evaluate(
    traits: Traits,
    city: NDArray[np.int32],
    acts: Acts,
    *,
    split: float,
    asked: int = 1_000,
    seed: int = 1,
    weights: Weights | None = None,
    vectors: NDArray[np.float32] | None = None,
) -> dict[str, Measured]:
    """By the name of each way; `split` is the day. At most `asked` people are asked, drawn by `seed`.
    `vectors` of what each place says, of length one or 0: then it is measured too what they add to likeness."""
    before, after = acts.rows(acts.at < split), acts.rows(acts.at >= split)
    past = past_of(before.person, before.item, before.at, before.booked, items=len(traits), now=split)
    learner = Learner(traits, city, past, weights=weights or Weights())
    wanted = _wanted(learner, after)
    people = sorted(wanted)
    if len(people) > asked:
        people = sorted(np.random.default_rng(seed).choice(people, asked, replace=False).tolist())
    return {name: _measure(learner, way, people, wanted) for name, way in _ways(learner, vectors).items()}


def _wanted(learner: Learner, after: Acts) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for person, item in zip(after.person.tolist(), after.item.tolist(), strict=True):
        if person in learner.history and item not in learner.history[person][0]:
            found.setdefault(person, set()).add(item)
    return found


def _ways(learner: Learner, vectors: NDArray[np.float32] | None) -> dict[str, Callable[[int, Rows], Scores]]:
    ways: dict[str, Callable[[int, Rows], Scores]] = {
        "popularity": lambda _, rows: learner.by_popularity(rows),
        "popularity in their cities": learner.by_popularity_there,
        "likeness": learner.by_likeness,
        "together": learner.by_together,
    }
    if vectors is not None:
        ways["likeness, descriptions"] = lambda who, rows: learner.by_likeness_and_sayings(who, rows, vectors)
    if learner.factors is not None:
        ways["factors"] = learner.by_factors
    return {**ways, "hybrid": learner.hybrid}


def _measure(
    learner: Learner, way: Callable[[int, Rows], Scores], people: Sequence[int], wanted: Mapping[int, set[int]]
) -> Measured:
    every, most = np.arange(learner.past.items), max(KS)
    ranked = {person: best(every, way(person, every), learner.history[person][0], most) for person in people}
    count = max(len(people), 1)
    return Measured(
        len(people),
        {k: sum(recall_at(ranked[each], wanted[each], k) for each in people) / count for k in KS},
        {k: sum(ndcg_at(ranked[each], wanted[each], k) for each in people) / count for k in KS},
    )
