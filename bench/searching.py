"""The search index in this process, over synthetic listings."""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hospes.modules.search.contracts import Listing, Query
from hospes.modules.search.index import SearchIndex

AMENITIES = tuple(f"a{n}" for n in range(20))
CITIES = 400


def listings(count: int, draw: random.Random) -> Iterator[Listing]:
    """Homes around 400 cities, the larger ones with more."""
    middles = [(draw.uniform(-50, 60), draw.uniform(-170, 170)) for _ in range(CITIES)]
    for _ in range(count):
        lat, lon = middles[int(CITIES * draw.random() ** 2)]
        yield Listing(
            resource_id=UUID(int=draw.getrandbits(128)), latitude=lat + draw.gauss(0, 0.08),
            longitude=lon + draw.gauss(0, 0.1), kind="HOME", nightly=True,
            guests=draw.randint(1, 8), pets=draw.random() < 0.3, instant=draw.random() < 0.5,
            amenities=draw.getrandbits(20), rating=draw.uniform(3, 5), rating_count=draw.randint(0, 300),
            currency="EUR", base_amount=draw.randint(3_000, 40_000),
            min_nights=draw.randint(1, 3), max_nights=90, notice_hours=0, horizon_days=365,
            open_words=(draw.getrandbits(512) | draw.getrandbits(512)).to_bytes(64, "little"),
        )  # fmt: skip


def measure(count: int, *, questions: int) -> dict[str, Any]:
    """p50 and p99 with all filters and dates, and bytes a listing."""
    draw, now = random.Random(7), datetime.now(UTC)
    index = SearchIndex(("HOME",), AMENITIES, now.date())
    started = time.perf_counter()
    index.load(listings(count, draw))
    loaded = time.perf_counter() - started
    middles = random.Random(7)
    places = [(middles.uniform(-50, 60), middles.uniform(-170, 170)) for _ in range(CITIES)]
    times, found = [], 0
    for _ in range(questions):
        lat, lon = places[int(CITIES * draw.random() ** 2)]
        first = now.date() + timedelta(days=draw.randint(3, 200))
        query = Query(
            latitude=lat, longitude=lon, radius_km=20, arrival=first,
            departure=first + timedelta(days=draw.randint(1, 5)),
            guests=draw.randint(1, 3), price_min=4_000, price_max=30_000, amenities=(draw.choice(AMENITIES),),
            rating_min=3.5,
        )  # fmt: skip
        started = time.perf_counter()
        found += index.find(query, now=now).total
        times.append(time.perf_counter() - started)
    times.sort()
    return {
        "listings": count, "load_seconds": loaded, "bytes_per_listing": index.columns.nbytes / count,
        "p50_ms": times[len(times) // 2] * 1000, "p99_ms": times[int(len(times) * 0.99)] * 1000, "found": found,
    }  # fmt: skip
