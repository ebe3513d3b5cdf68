"""Suggestions for what people type: the names of this process, and PostgreSQL's pg_trgm on the same names."""

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import psycopg

from hospes.modules.search.naming import places
from hospes.modules.search.naming.gazetteer import Gazetteer, kept_in, open_gazetteer
from hospes.modules.search.naming.matching import read
from hospes.modules.search.naming.ranking import Asker
from hospes.modules.search.naming.shelf import Entry, Shelf, shelf_of
from hospes.modules.search.naming.sources import CITY
from hospes.modules.search.naming.suggesting import suggestions
from hospes.platform.embedded import servers

Results = dict[str, Any]
FIRST = ("Sunny", "Quiet", "Charming", "Cosy", "Modern", "Rustic", "Grand", "Little", "Old", "Blue", "White", "Golden",
         "Royal", "Hidden", "Secret", "Bright", "Elegant", "Historic", "Garden", "Riverside")  # fmt: skip
SECOND = ("Loft", "Studio", "Apartment", "House", "Villa", "Cottage", "Hotel", "Suites", "Rooms", "Terrace", "Palace",
          "Inn", "Lodge", "Guesthouse", "Penthouse", "Cabin", "Retreat", "Residence")  # fmt: skip
THIRD = ("River", "Park", "Station", "Castle", "Market", "Harbour", "Beach", "Cathedral", "Museum", "University",
         "Bridge", "Tower", "Opera", "Square", "Lake", "Forest", "Hill", "Old Town")  # fmt: skip
CITIES = 3_000


def entries(book: Gazetteer, count: int) -> Iterator[Entry]:
    """Properties in the 3,000 largest cities, the larger ones with more."""
    draw = random.Random(11)
    cities = sorted((number for number in range(len(book.kind)) if book.kind[number] == CITY),
                    key=lambda number: (-float(book.weight[number]), number))[:CITIES]  # fmt: skip
    for _ in range(count):
        city = cities[int(CITIES * draw.random() ** 2)]
        name = (
            f"{draw.choice(FIRST)} {draw.choice(SECOND)} {draw.choice(THIRD)} {book.title(city)} {draw.randint(1, 99)}"
        )
        yield Entry(
            name, book.title(city), book.country_codes[book.country[city]], float(book.latitude[city]),
            float(book.longitude[city]), 2.5 + draw.random(), UUID(int=draw.getrandbits(128)),
            UUID(int=draw.getrandbits(128)),
        )  # fmt: skip


def typed(book: Gazetteer, shelf: Shelf, count: int) -> list[str]:
    """As people type: beginnings and whole names of cities and properties in any language, one in three with a slip, one
    in eight words in another order, with a country, or nonsense."""
    draw = random.Random(12)
    asks: list[str] = []
    lexicons = (book.lexicon, book.lexicon, shelf.lexicon)
    while len(asks) < count:
        lexicon = draw.choice(lexicons)
        name = lexicon.spelt(draw.randrange(len(lexicon))).decode()
        if draw.random() < 0.6:
            name = name[: draw.randint(2, max(len(name), 2))]
        if draw.random() < 0.33 and len(name) > 3:
            name = slip(name, draw)
        if draw.random() < 0.06:
            name = " ".join(reversed(name.split()))
        if draw.random() < 0.06:
            name = draw.choice((f"{name}, {draw.choice(book.country_names)}", "".join(draw.sample("qwxzkvj", 6))))
        asks.append(name)
    return asks


def slip(name: str, draw: random.Random) -> str:
    """A letter more, less, or other, or two swapped."""
    at = draw.randrange(1, len(name) - 1)
    letter = draw.choice("aeinrst")
    return draw.choice((
        name[:at] + name[at + 1 :], name[:at] + letter + name[at:], name[:at] + letter + name[at + 1 :],
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    ))  # fmt: skip


class _Offers:
    """A shelf, as the names of a process."""

    def __init__(self, shelf: Shelf) -> None:
        self.suggest = shelf.suggest

    def areas(self, *_: Any, **__: Any) -> Iterator[Any]:
        """None."""
        return iter(())


def measure(folder: Path, *, properties: int = 100_000, asked: int = 2_000) -> Results:
    """p50 and p99 of both in milliseconds, how often both find what was meant, and the memory of this one."""
    folder.mkdir()
    if not kept_in(folder).exists():
        subprocess.run(
            [sys.executable, "-m", "hospes.modules.search.naming.gazetteer", str(kept_in(folder))], check=True
        )
    before = _private()
    asyncio.run(places.open_places(folder))
    book = asyncio.run(open_gazetteer(folder))
    opened = _private()
    started = time.perf_counter()
    shelf = shelf_of("property", 5.0, entries(book, properties))
    shelved = time.perf_counter() - started
    asks = typed(book, shelf, asked)
    offers: Any = _Offers(shelf)
    own = _times(asks, lambda text: suggestions(offers, text, asker=Asker(), limit=8))
    return {
        "properties": properties, "names": len(book.lexicon) + len(shelf.lexicon), "asked": asked, "own": own,
        "shelf_seconds": shelved, "gazetteer_mb": book.nbytes / 2**20, "gazetteer_private_mb": opened - before,
        "shelf_mb": shelf.nbytes / 2**20, "private_mb": _private() - before, "trigrams": _trigrams(folder, book, shelf, asks),
    }  # fmt: skip


def _times(asks: list[str], ask: Callable[[str], Any]) -> Results:
    for text in asks[:50]:
        ask(text)
    times, worked, found = [], [], 0
    for text in asks:
        started, busy = time.perf_counter(), time.thread_time()
        found += bool(ask(text))
        worked.append(time.thread_time() - busy)
        times.append(time.perf_counter() - started)
    times.sort()
    worked.sort()
    return {
        "p50_ms": times[len(times) // 2] * 1000, "p99_ms": times[int(len(times) * 0.99)] * 1000,
        "most_ms": times[-1] * 1000, "found": found, "processor_p50_ms": worked[len(worked) // 2] * 1000,
        "processor_p99_ms": worked[int(len(worked) * 0.99)] * 1000,
    }  # fmt: skip


def _trigrams(folder: Path, book: Gazetteer, shelf: Shelf, asks: list[str]) -> Results:
    """The same folded names in one table with a GiST index of trigrams, nearest first, on a prepared statement."""
    with servers(folder / "postgres") as (database, _), psycopg.connect(database, autocommit=True) as conn:
        conn.execute("CREATE EXTENSION pg_trgm")
        conn.execute("CREATE TABLE spelt (name text NOT NULL, weight real NOT NULL)")
        with conn.cursor() as cursor, cursor.copy("COPY spelt FROM STDIN") as copy:
            for lexicon, known in ((book.lexicon, book.weight), (shelf.lexicon, shelf.known.weight)):
                for number in range(len(lexicon)):
                    copy.write_row((lexicon.spelt(number).decode(), float(known[lexicon.of[number]])))
        started = time.perf_counter()
        conn.execute("CREATE INDEX spelt_by_trigram ON spelt USING gist (name gist_trgm_ops(siglen=64))")
        conn.execute("CREATE INDEX spelt_by_beginning ON spelt (name text_pattern_ops)")
        conn.execute("VACUUM ANALYZE spelt")
        indexed = time.perf_counter() - started
        near = "SELECT name FROM spelt WHERE %(q)s <%% name ORDER BY %(q)s <<-> name, weight DESC LIMIT 8"
        begins = "SELECT name FROM spelt WHERE name LIKE %(like)s ORDER BY weight DESC LIMIT 8"

        def ask(text: str) -> list[Any]:
            said = read(text)
            if said is None:
                return []
            first = conn.execute(begins, {"like": f"{said.line}%"}, prepare=False).fetchall()
            return first if len(first) == 8 else conn.execute(near, {"q": said.line}, prepare=True).fetchall()

        some = asks[: max(len(asks) // 10, 50)]  # a tenth: it takes its time
        return {"asked": len(some), "index_seconds": indexed, **_times(some, ask)}


def _private() -> float:
    return float(psutil.Process().memory_full_info().uss) / 2**20


def rows(found: Results) -> list[tuple[str, str, str, bool | None]]:
    """For the table."""
    own, other = found["own"], found["trigrams"]
    return [
        (f"suggestions, {found['names']:,} names, in process", f"p50 {own['p50_ms']:.2f}, p99 {own['p99_ms']:.2f} ms",
         "p99 < 5 ms", own["p99_ms"] < 5),
        ("  of a processor", f"p50 {own['processor_p50_ms']:.2f}, p99 {own['processor_p99_ms']:.2f} ms", "", None),
        ("  the longest", f"{own['most_ms']:.1f} ms; {own['found']} of {found['asked']} found something", "", None),
        ("  the same by pg_trgm", f"p50 {other['p50_ms']:.1f}, p99 {other['p99_ms']:.1f} ms"
         f"; {other['found']} of {other['asked']}", "", None),
        ("  memory", f"{found['gazetteer_mb']:.0f} MB shared, {found['private_mb']:.0f} MB private", "< 60 MB",
         found["private_mb"] < 60),
    ]  # fmt: skip
