"""Everything that training looks at, as numbers."""

from array import array
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from hospes.modules.catalog.contracts import AMENITY_BIT, KINDS
from hospes.modules.recommendations import queries
from hospes.modules.recommendations.contracts import Past, Traits
from hospes.modules.recommendations.policies.counting import KEEP, weights
from hospes.modules.search import facade as search
from hospes.platform.db import ReadTx, Row

KIND_NUMBER = {str(info.code): number for number, info in enumerate(KINDS)}
DAY = 86_400.0
LATEST_OF_A_PERSON = 200  # a program that looks at everything must not weigh more than people


@dataclass(frozen=True, slots=True)
class Gathered:
    """Live places with their traits and the number of their city, and the past of people with them, as of `at`."""

    at: datetime
    places: list[UUID]
    traits: Traits
    city: NDArray[np.int32]
    cities: list[tuple[str, str]]
    people: list[UUID]
    past: Past


async def gather(tx: ReadTx, *, now: datetime) -> Gathered:
    """Of the last 180 days; some 60 bytes for each person and place they did something with."""
    rows = [row async for batch in queries.places(tx) for row in batch]
    numbers = {row["id"]: number for number, row in enumerate(rows)}
    cities: dict[tuple[str, str], int] = {}
    city = np.array([cities.setdefault((row["city"], row["country"]), len(cities)) for row in rows], np.int32)
    people: list[UUID] = []
    columns = {
        name: array(code) for name, code in zip(("person", "item", "views", "kept", "booked"), "iiiii", strict=True)
    }
    at = array("d")
    async for batch in queries.acts(tx, since=(now - KEEP).date()):
        for row in _few_of_each(batch, numbers):
            if not people or people[-1] != row["person"]:
                people.append(row["person"])
            columns["person"].append(len(people) - 1)
            columns["item"].append(numbers[row["property_id"]])
            columns["views"].append(row["views"])
            columns["kept"].append(row["kept"])
            columns["booked"].append(row["booked"])
            at.append(row["at"])
    told = {name: np.array(values, np.int32) for name, values in columns.items()}
    last = np.array(at, np.float64) / DAY
    weight = weights(told["views"], told["kept"], told["booked"], now.timestamp() / DAY - last)
    past = Past(len(people), len(rows), told["person"], told["item"], weight, last)
    return Gathered(now, [row["id"] for row in rows], _traits(rows), city, list(cities), people, past)


def _few_of_each(batch: list[Row], numbers: dict[UUID, int]) -> list[Row]:
    """Of places that are on sale; of each person the latest `LATEST_OF_A_PERSON`."""
    live = [row for row in batch if row["property_id"] in numbers]
    live.sort(key=lambda row: (row["person"], -row["at"], row["property_id"]))
    kept: list[Row] = []
    first = 0
    for place, row in enumerate(live):
        if row["person"] != live[first]["person"]:
            first = place
        if place - first < LATEST_OF_A_PERSON:
            kept.append(row)
    return kept


def _traits(rows: list[Row]) -> Traits:
    bits = [sum(1 << AMENITY_BIT[code] for code in set(row["amenities"]) if code in AMENITY_BIT) for row in rows]
    return Traits(
        np.array([row["latitude"] for row in rows], np.float64),
        np.array([row["longitude"] for row in rows], np.float64),
        np.array([KIND_NUMBER[row["kind"]] for row in rows], np.uint8),
        np.array(bits, np.uint64),
        np.array([search.euro_cents(row["base_amount"], row["currency"]) for row in rows], np.int64),
        np.array([float(row["rating_avg"] or 0) for row in rows], np.float32),
        np.array([row["max_guests"] for row in rows], np.uint16),
    )
