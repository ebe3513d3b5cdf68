"""Reads listings from the database as a batch: all of them in turn, or those that may have changed."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

import numpy as np

from hospes.modules.catalog.contracts import AMENITY_BIT
from hospes.modules.search.contracts import Listing, Mode
from hospes.modules.search.contracts.listing import BARE
from hospes.modules.search.index.batches import WORDS, Batch, Coded, Ids, Numbers, coded, uuid_of
from hospes.modules.search.keeping.free_nights import open_nights, places_of
from hospes.modules.search.keeping.timetables import by_time
from hospes.modules.search.policies.wall_clock import WallClock
from hospes.modules.search.queries import batches
from hospes.modules.search.queries.tariffs import restrictions_in, tariff_in
from hospes.modules.search.tables.faces import Packed
from hospes.modules.search.tables.own_prices import OwnNights
from hospes.platform.db import Database, ReadTx

T = TypeVar("T")
NIGHTS = WORDS * 64
Batches = AsyncGenerator[Batch, None]
_MODES = {mode.name.lower(): mode for mode in Mode}


async def read_all(db: Database, *, today: date, now: datetime, size: int = batches.BATCH) -> Batches:
    """Every live listing, at most `size` at a time; the next batch is on its way while one is being looked at."""
    async with db.read() as tx:
        everything = batches.everything(tx, size=size, today=today, nights=NIGHTS, now=now)
        async with aclosing(_one_ahead(everything)) as ahead:
            async for raw in ahead:
                batch = await asyncio.to_thread(batch_from, raw)
                if others := _not_by_night(batch):
                    async with db.read() as beside:
                        await _add_times(beside, batch, others, now)
                yield batch


async def read_these(db: Database, ids: Sequence[UUID], *, today: date, now: datetime) -> Batch:
    """Those of these listings that are live. One statement, and those of `by_time`."""
    async with db.read() as tx:
        batch = batch_from(await batches.these(tx, ids, today=today, nights=NIGHTS, now=now))
        await _add_times(tx, batch, _not_by_night(batch), now)
    return batch


async def _one_ahead(source: AsyncIterator[T]) -> AsyncGenerator[T, None]:
    """The same, each asked for before the one before it is needed no more."""
    coming = asyncio.ensure_future(_next(source))
    try:
        while (there := await coming) is not None:
            coming = asyncio.ensure_future(_next(source))
            await asyncio.sleep(0)  # now it has been asked for
            yield there
    finally:
        coming.cancel()
        await asyncio.wait([coming])


async def _next(source: AsyncIterator[T]) -> T | None:
    return await anext(source, None)


def _not_by_night(batch: Batch) -> dict[int, Listing]:
    return {place: _listing(batch, place) for place in np.flatnonzero(batch.mode != Mode.NIGHTLY).tolist()}


async def _add_times(tx: ReadTx, batch: Batch, others: dict[int, Listing], now: datetime) -> None:
    """What is sold by the hour and by departure; a departure says itself how many it takes."""
    if others:
        await by_time(tx, list(others.values()), now=now)
        batch.special |= others
        batch.guests[list(others)] = [each.guests for each in others.values()]


def batch_from(raw: batches.Raw) -> Batch:
    """What a statement has read, without the hours and departures."""
    ids: Ids = raw["id"]
    modes = coded(raw["mode"])
    mode = np.array([_MODES[each] for each in modes.values], np.uint8)[modes.codes]
    words, units_of = open_nights(raw, ids, mode == Mode.NIGHTLY, raw["units"])
    numbers = {name: raw[name].astype(np.int64) for name in _NUMBERS}
    tariff, limit = _terms(raw, ids)
    batch = Batch(
        ids=ids, properties=raw["property"], latitude=raw["latitude"].astype(np.float64),
        longitude=raw["longitude"].astype(np.float64), kind=coded(raw["kind"]), mode=mode, pets=raw["pets"],
        instant=raw["instant"], amenities=np.array([_bits(each) for each in raw["amenities"]], np.uint64),
        rating=raw["rating"].astype(np.float64), currency=coded(raw["currency"]), clock=_clocks(raw), tariff=tariff,
        limit=limit, words=words, own=_own(raw, ids), faces=Packed.lines(raw["faces"], len(ids)), special={}, **numbers,
    )  # fmt: skip
    for place, units in units_of.items():
        batch.special[place] = _listing(batch, place, unit_words=units)
    return batch


_NUMBERS = (
    "guests", "rating_count", "base", "min_nights", "max_nights", "notice", "horizon", "cleaning", "service",
)  # fmt: skip


def _listing(batch: Batch, place: int, **more: Any) -> Listing:
    """One of the batch, for a table beside the columns."""
    clock, mode = batch.clock.at(place), Mode(int(batch.mode[place]))
    return Listing(
        resource_id=uuid_of(batch.ids[place]), latitude=float(batch.latitude[place]),
        longitude=float(batch.longitude[place]), kind=batch.kind.at(place), guests=int(batch.guests[place]),
        pets=bool(batch.pets[place]), instant=bool(batch.instant[place]), amenities=int(batch.amenities[place]),
        rating=float(batch.rating[place]), rating_count=int(batch.rating_count[place]),
        currency=batch.currency.at(place), base_amount=int(batch.base[place]),
        min_nights=int(batch.min_nights[place]), max_nights=int(batch.max_nights[place]),
        notice_hours=int(batch.notice[place]), horizon_days=int(batch.horizon[place]), nightly=mode is Mode.NIGHTLY,
        open_words=batch.words[place].tobytes(), zone=clock.zone, check_in_from=clock.check_in_from,
        property_id=uuid_of(batch.properties[place]), mode=mode, **more,
    )  # fmt: skip


def _clocks(raw: Mapping[str, Any]) -> Coded[WallClock]:
    found = coded(zip(raw["zone"], raw["check_in"].tolist(), strict=True))
    return Coded([WallClock(zone, _time(microseconds)) for zone, microseconds in found.values], found.codes)


_MIDNIGHT = datetime(1970, 1, 1)  # noqa: DTZ001 (a wall clock)


def _time(microseconds: int) -> time:
    return (_MIDNIGHT + timedelta(microseconds=microseconds)).time()


def _own(raw: Mapping[str, Any], ids: Ids) -> OwnNights:
    owners = places_of(ids, raw["own_of"]).repeat(raw["own_count"])
    live = owners >= 0
    return OwnNights(owners[live], raw["own_night"][live].astype(np.int64), raw["own_amount"][live].astype(np.int64))


def _terms(raw: Mapping[str, Any], ids: Ids) -> tuple[Coded[Any], Coded[Any]]:
    """Taxes and rules, and restrictions; most listings have none."""
    places = places_of(ids, raw["term_of"])
    tariffs = coded([("[]", None), *zip(raw["term_taxes"], raw["term_rules"], strict=True)])
    limits = coded([None, *raw["term_restrictions"]])
    return (
        Coded([BARE, *(tariff_in(*each) for each in tariffs.values[1:])], _spread(tariffs.codes, places, len(ids))),
        Coded([restrictions_in(each) for each in limits.values], _spread(limits.codes, places, len(ids))),
    )


def _spread(codes: Numbers, places: Numbers, size: int) -> Numbers:
    """The codes (after the first) at these places, 0 elsewhere."""
    found = np.zeros(size, np.int64)
    found[places] = codes[1:]
    return found


@lru_cache(maxsize=65_536)
def _bits(codes: str) -> int:
    """Of amenities with commas between them; many listings have the same."""
    bits = 0
    for code in codes.split(","):
        bits |= _BIT.get(code, 0)
    return bits


_BIT = {code: 1 << bit for code, bit in AMENITY_BIT.items()}
