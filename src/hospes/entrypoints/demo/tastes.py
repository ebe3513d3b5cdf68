"""What made-up people look at in a demo world, for trying out and measuring recommendations.

Everybody has a taste: a price they like, a kind, a few amenities, and a style. Every place has a style too, which is
written nowhere: only from what people with one style look at can it be told. They look round one to three cities,
mostly at what they like, at what is well known, and now and then at anything. How much each of these counts is made up
(the numbers below), so what is measured here says that the machinery works, not how people are.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hospes.entrypoints.demo.rows import World
from hospes.modules.catalog.contracts import AMENITY_BIT, KINDS
from hospes.modules.recommendations.contracts import Traits
from hospes.modules.recommendations.policies.evaluating import Acts
from hospes.modules.search.policies.reference_rates import cents

STYLES = 6
DAYS = 120.0
STYLE, PRICE, KIND, AMENITIES, KNOWN, CHANCE = 1.8, 1.2, 0.8, 0.6, 0.8, 1.0
BOOKS = 0.06


@dataclass(frozen=True, slots=True)
class Places:
    """Of a made-up world: ids of the properties, what they are like, and the city of each as a number."""

    ids: list[Any]
    traits: Traits
    city: NDArray[np.int32]


def places_of(world: World) -> Places:
    """Each property with the cheapest of its resources."""
    rates = {row[0]: (row[1], row[2]) for row in world.rate}
    kinds = {str(info.code): number for number, info in enumerate(KINDS)}
    cheapest: dict[Any, Any] = {}
    for row in world.resource:
        if row[0] in rates:
            price = cents(rates[row[0]][1], rates[row[0]][0])
            if row[1] not in cheapest or price < cheapest[row[1]][0]:
                cheapest[row[1]] = (price, row)
    rows = [row for row in world.property if row[0] in cheapest]
    resources = [cheapest[row[0]][1] for row in rows]
    cities: dict[Any, int] = {}
    bits = [
        sum(1 << AMENITY_BIT[code] for code in {*row[13], *room[11]} if code in AMENITY_BIT)
        for row, room in zip(rows, resources, strict=True)
    ]
    traits = Traits(
        np.array([row[7] for row in rows], np.float64),
        np.array([row[8] for row in rows], np.float64),
        np.array([kinds[str(room[2])] for room in resources], np.uint8),
        np.array(bits, np.uint64),
        np.array([cheapest[row[0]][0] for row in rows], np.int64),
        np.array([float(room[17] or 0) for room in resources], np.float32),
        np.array([room[7] for room in resources], np.uint16),
    )
    return Places(
        [row[0] for row in rows],
        traits,
        np.array([cities.setdefault((row[5], row[6]), len(cities)) for row in rows], np.int32),
    )


def busiest(places: Places, cities: int) -> Places:
    """The cities with most places alone, their numbers anew from 0."""
    largest = np.argsort(-np.bincount(places.city), kind="stable")[:cities]
    kept = np.flatnonzero(np.isin(places.city, largest))
    _, city = np.unique(places.city[kept], return_inverse=True)
    return Places([places.ids[row] for row in kept], places.traits.take(kept), city.astype(np.int32))


def look_around(traits: Traits, city: NDArray[np.int32], *, people: int, seed: int) -> Acts:
    """What `people` do in `DAYS` days, ordered by time."""
    random = np.random.default_rng(seed)
    known = random.zipf(1.6, len(traits)).clip(
        1, 60
    )  # how well known a place is has nothing to do with what it is like
    style = random.integers(0, STYLES, len(traits))
    shares = np.bincount(city).astype(float)
    in_city = [np.flatnonzero(city == number) for number in range(len(shares))]
    found: list[tuple[int, int, float, bool]] = []
    for person in range(people):
        liking = _liking(traits, style, known, random)
        for where in random.choice(len(shares), random.integers(1, 4), replace=False, p=shares / shares.sum()):
            rows = in_city[where]
            start, count = random.uniform(0, DAYS - 7), 2 + random.geometric(0.18)
            wish = liking[rows] + random.gumbel(0, CHANCE, len(rows))
            for item in rows[np.argsort(-wish)[:count]]:
                found += [(person, int(item), start + random.exponential(12.0), bool(random.random() < BOOKS))]
    kept = sorted((act for act in found if act[2] < DAYS), key=lambda act: act[2])
    columns = list(zip(*kept, strict=True))
    return Acts(
        np.array(columns[0], np.int32),
        np.array(columns[1], np.int32),
        np.array(columns[2], np.float64),
        np.array(columns[3], np.bool_),
    )


def _liking(
    traits: Traits, style: NDArray[Any], known: NDArray[Any], random: np.random.Generator
) -> NDArray[np.float64]:
    """How much somebody new likes each place, what is written of it and what is not."""
    price = np.log(np.maximum(traits.euro_cents, 100)) - np.log(random.lognormal(np.log(9_000), 0.5))
    amenities = np.uint64(random.integers(0, 2**32) & random.integers(0, 2**32))
    shared = np.bitwise_count(traits.amenities & amenities) / max(int(np.bitwise_count(amenities)), 1)
    kind = traits.kind[random.integers(0, len(traits))]
    found: NDArray[np.float64] = (
        STYLE * (style == random.integers(0, STYLES))
        + PRICE * np.exp(-0.5 * (price / 0.5) ** 2)
        + KIND * (traits.kind == kind)
        + AMENITIES * shared
        + KNOWN * np.log(known)
    )
    return found
