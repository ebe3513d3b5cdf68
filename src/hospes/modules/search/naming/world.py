"""What the world of a database calls its properties and the places they lie in: read, and told in arrays."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import log10
from typing import Any

from hospes.modules.search.keeping.container import Pieces
from hospes.modules.search.keeping.snapshot import Generations, Kind, folder_of
from hospes.modules.search.naming.changed import AROUND_KM
from hospes.modules.search.naming.destinations import Destinations, destinations_from, destinations_of
from hospes.modules.search.naming.shelf import Draft, Entry, Shelf, shelf_from, shelf_of
from hospes.modules.search.policies.repairing import Stand
from hospes.modules.search.queries import names
from hospes.modules.search.queries.standing import where_it_stands
from hospes.platform.db import Database, ReadTx, Row
from hospes.platform.settings import Settings

NEIGHBOURHOOD_KM = 2.0
NEIGHBOURHOOD = 3.5  # the weight of one without listings
PROPERTY = 2.5  # the weight of one without ratings; a city of 15,000 has 4.2


@dataclass(frozen=True, slots=True)
class Counted:
    """Cities and their parts with live listings; `popular`: the cities with the most, for the home page."""

    destinations: Destinations
    areas: Shelf
    popular: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """`properties`: live ones, in order of their ids."""

    properties: Shelf
    counted: Counted


def no_names() -> Names:
    """Nothing has a name."""
    return Names(Draft().shelf("property", AROUND_KM), counted_of([]))


async def read_names(db: Database, *, now: datetime) -> tuple[Names, Stand]:
    """Of everything that is live, and the stand of the database that all of it is at least as young as."""
    stand, draft = await where_it_stands(db, at=now), Draft()
    async with db.read() as tx:
        async for rows in names.live_names(tx):
            await asyncio.to_thread(_put, draft, rows)
    properties = await asyncio.to_thread(draft.shelf, "property", AROUND_KM)
    async with db.read() as tx:
        counted = await read_counted(tx, popular=tuple(await names.popular_cities(tx)))
    return Names(properties, counted), stand


async def read_counted(tx: ReadTx, *, popular: tuple[Row, ...]) -> Counted:
    """Count the listings of cities and their neighbourhoods; reads all of them."""
    return await asyncio.to_thread(counted_of, await names.counted_places(tx), popular)


def counted_of(rows: Iterable[Mapping[str, Any]], popular: tuple[Row, ...] = ()) -> Counted:
    """From rows of city, country, neighbourhood ("" for none), listings and their middle."""
    told = list(rows)
    areas = shelf_of("neighbourhood", NEIGHBOURHOOD_KM, (_area(row) for row in told if row["neighbourhood"]))
    cities: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in told:
        cities.setdefault((row["city"], row["country"]), []).append(row)
    return Counted(destinations_of(_together(parts) for parts in cities.values()), areas, popular)


def entry_of(row: Row) -> Entry:
    """From a row of `names.live_names`."""
    return Entry(
        row["name"], row["city"], row["country"], row["latitude"], row["longitude"],
        PROPERTY + 0.4 * log10(1 + row["ratings"]), row["id"], row["resource_id"],
    )  # fmt: skip


def names_files(settings: Settings) -> Generations[Names]:
    """Where this installation keeps its names on this host."""
    return Generations(folder_of(settings), NAMES)


def _put(draft: Draft, rows: list[Row]) -> None:
    for row in rows:
        draft.add(entry_of(row))


def _area(row: Mapping[str, Any]) -> Entry:
    weight = NEIGHBOURHOOD + 0.5 * log10(1 + row["listings"])
    return Entry(row["neighbourhood"], row["city"], row["country"], row["latitude"], row["longitude"], weight)


def _together(parts: list[Mapping[str, Any]]) -> dict[str, Any]:
    """A city from the rows of its parts."""
    listings = sum(row["listings"] for row in parts)
    middle = {side: sum(row[side] * row["listings"] for row in parts) / listings for side in ("latitude", "longitude")}
    return {"city": parts[0]["city"], "country": parts[0]["country"], "listings": listings, **middle}


def _pack(held: Names) -> Pieces:
    counted = held.counted
    return {
        "properties": (held.properties.arrays(), {}),
        "areas": (counted.areas.arrays(), {}),
        "destinations": (counted.destinations.arrays(), {}),
        "popular": ({}, {"cities": counted.popular}),
    }


def _unpack(pieces: Mapping[str, Any]) -> Names:
    arrays = {name: pieces[name][0] for name in ("properties", "areas", "destinations")}
    counted = Counted(
        destinations_from(arrays["destinations"]), shelf_from("neighbourhood", NEIGHBOURHOOD_KM, arrays["areas"]),
        tuple(pieces["popular"][1]["cities"]),
    )  # fmt: skip
    return Names(shelf_from("property", AROUND_KM, arrays["properties"]), counted)


NAMES: Kind[Names] = Kind("names", _pack, _unpack)
