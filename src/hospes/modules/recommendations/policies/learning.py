"""What is learned from what people did: suggestions for each of them, places seen together, what is popular where.

    score = 0.30 factors + 0.35 together + 0.15 likeness + 0.20 popularity

each divided by its largest among the candidates; popularity outside the cities that somebody looked at counts a tenth
(docs/recommendations.md says how the weights were chosen). Without factors, for want of the library or of people, what
they weigh goes to `together`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hospes.modules.recommendations.contracts import Learned, Past, Traits
from hospes.modules.recommendations.policies import factors
from hospes.modules.recommendations.policies.counting import FEWEST_PEOPLE
from hospes.modules.recommendations.policies.likeness import likeness
from hospes.modules.recommendations.policies.together import Pairs, seen_together

Scores = NDArray[np.float64]
Rows = NDArray[np.int64]
SUGGESTED, POPULAR = 24, 40
LATEST = 8  # of a person's places that say what they like
OF_A_CITY = 3_000
ELSEWHERE = 0.1
EVERYTHING = 4_000  # with no more places than this every one is a candidate


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts."""

    factors: float = 0.30
    together: float = 0.35
    likeness: float = 0.15
    popularity: float = 0.20


@dataclass
class Learner:
    """One training: the places, what people did, and what follows. `city` is a number for each place."""

    traits: Traits
    city: NDArray[np.int32]
    past: Past
    fewest: int = FEWEST_PEOPLE
    weights: Weights = field(default_factory=Weights)
    with_factors: bool = True

    @cached_property
    def together(self) -> Pairs:
        """What the same people looked at."""
        return seen_together(self.past, fewest=self.fewest)

    @cached_property
    def factors(self) -> factors.Factors | None:
        """Of people and places; None without the library or with too few people."""
        return factors.factorise(self.past) if self.with_factors else None

    @cached_property
    def popularity(self) -> Scores:
        """What all people's acts with a place count for; 0 where fewer than `fewest` people did anything."""
        reach = np.bincount(self.past.item, minlength=self.past.items)
        weight = np.bincount(self.past.item, self.past.weight, self.past.items)
        found: Scores = np.where(reach >= self.fewest, weight, 0.0)
        return found

    @cached_property
    def history(self) -> Mapping[int, tuple[Rows, Scores]]:
        """Of each person their places, the latest first, and what they count for."""
        order = np.lexsort((-self.past.at, self.past.person))
        person = self.past.person[order]
        starts = np.flatnonzero(np.diff(person, prepend=-1))
        return {
            int(person[a]): (self.past.item[order[a:b]].astype(np.int64), self.past.weight[order[a:b]].astype(float))
            for a, b in zip(starts, [*starts[1:], len(person)], strict=True)
        }

    @cached_property
    def in_city(self) -> Mapping[int, Rows]:
        """The places of each city, the most popular first, `OF_A_CITY` at most."""
        order = np.lexsort((np.arange(len(self.city)), -self.popularity, self.city))
        city = self.city[order]
        starts = np.flatnonzero(np.diff(city, prepend=-1))
        ends = np.append(starts[1:], len(city))
        return {int(city[a]): order[a : min(b, a + OF_A_CITY)] for a, b in zip(starts, ends, strict=True)}

    def learn(self) -> Learned:
        """Everything that is kept of a training."""
        suggested = {person: self.suggest(person) for person in self.history}
        popular = {
            city: rows[self.popularity[rows] > 0][:POPULAR].tolist()
            for city, rows in self.in_city.items()
            if self.popularity[rows[0]] > 0
        }
        weight = {city: float(self.popularity[self.in_city[city]].sum()) for city in popular}
        return Learned(
            {person: found for person, found in suggested.items() if found},
            self.together,
            popular,
            weight,
            self.factors is not None,
        )

    def suggest(self, person: int, most: int = SUGGESTED) -> list[int]:
        """The best places for a person that they have not been to, the best first."""
        candidates = self.candidates(person)
        return best(candidates, self.hybrid(person, candidates), self.history[person][0], most)

    def candidates(self, person: int) -> Rows:
        """What is looked at more closely: everything, or the cities they looked at, what others looked at too and what
        the factors say."""
        if self.past.items <= EVERYTHING:
            return np.arange(self.past.items)
        mine, _ = self.history[person]
        parts = [self.in_city[int(city)] for city in np.unique(self.city[mine[:LATEST]])]
        parts += [np.array(self.together.get(int(item), ((), ()))[0], np.int64) for item in mine[:LATEST]]
        if self.factors is not None:
            parts.append(self.factors.best_of(person))
        return np.unique(np.concatenate(parts))

    # Each answers a score for every candidate, the larger the better; 0 where there is nothing to say.

    def hybrid(self, person: int, candidates: Rows) -> Scores:
        """All of it, weighed."""
        weigh, by_factors = self.weights, self.by_factors(person, candidates)
        none = self.factors is None
        found: Scores = (
            (0.0 if none else weigh.factors) * unit(by_factors)
            + (weigh.together + (weigh.factors if none else 0.0)) * unit(self.by_together(person, candidates))
            + weigh.likeness * unit(self.by_likeness(person, candidates))
            + weigh.popularity * unit(self._popularity_for(person, candidates))
        )
        return found

    def by_factors(self, person: int, candidates: Rows) -> Scores:
        """What people like them turned to."""
        if self.factors is None:
            return np.zeros(len(candidates))
        return np.maximum(self.factors.scores(person, candidates), 0.0)

    def by_together(self, person: int, candidates: Rows) -> Scores:
        """What was looked at along with what they looked at."""
        close = np.zeros(self.past.items)
        for item, weight in self._latest(person):
            others, scores = self.together.get(item, ((), ()))
            close[list(others)] += weight * np.array(scores)
        return close[candidates]

    def by_likeness(self, person: int, candidates: Rows) -> Scores:
        """What is like what they looked at."""
        others = self.traits.take(candidates)
        found = np.zeros(len(candidates))
        for item, weight in self._latest(person):
            found += weight * likeness(self.traits, item, others)
        return found

    def by_likeness_and_sayings(self, person: int, candidates: Rows, vectors: NDArray[np.float32]) -> Scores:
        """The same with what places say, as places like one are found; `vectors`: of each place, of length one or 0."""
        others, said = self.traits.take(candidates), vectors[candidates]
        found = np.zeros(len(candidates))
        for item, weight in self._latest(person):
            found += weight * likeness(self.traits, item, others, (said @ vectors[item]).astype(np.float64))
        return found

    def by_popularity(self, candidates: Rows) -> Scores:
        """The same for everybody."""
        return self.popularity[candidates]

    def by_popularity_there(self, person: int, candidates: Rows) -> Scores:
        """What is popular in the cities they looked at, then everywhere."""
        here = np.isin(self.city[candidates], self.city[self.history[person][0]])
        found: Scores = unit(self.popularity[candidates]) + here
        return found

    def _popularity_for(self, person: int, candidates: Rows) -> Scores:
        here = np.isin(self.city[candidates], self.city[self.history[person][0]])
        found: Scores = np.log1p(self.popularity[candidates]) * np.where(here, 1.0, ELSEWHERE)
        return found

    def _latest(self, person: int) -> list[tuple[int, float]]:
        mine, weights = self.history[person]
        return [(int(item), float(weight)) for item, weight in zip(mine[:LATEST], weights[:LATEST], strict=True)]


def best(candidates: Rows, scores: Scores, known: Sequence[int] | Rows, most: int) -> list[int]:
    """The `most` best candidates with any score that are not `known`; equal ones in the order of their numbers."""
    fresh = (scores > 0) & ~np.isin(candidates, known)
    candidates, scores = candidates[fresh], scores[fresh]
    order = np.lexsort((candidates, -scores))[:most]
    found: list[int] = candidates[order].tolist()
    return found


def unit(scores: Scores) -> Scores:
    """Divided by the largest."""
    top = scores.max(initial=0.0)
    return scores / top if top > 0 else scores


def learn(traits: Traits, city: NDArray[np.int32], past: Past) -> Learned:
    """`Learner.learn`, to be run in a process of its own."""
    return Learner(traits, city, past).learn()
