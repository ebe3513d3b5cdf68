"""A PostgreSQL of the system's with PostGIS, as a process of its own: who else could say where something lies."""

import contextlib
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import UUID

import psycopg

from hospes.modules.search.contracts import Query
from hospes.platform.embedded import dies_with_parent
from tests.search.sql_oracle import middle, ring_of

PACKAGE = "postgresql-15-postgis-3"
START_TIMEOUT = 30.0


def postgis_binaries() -> Path | None:
    """The folder of `initdb` and `postgres` of a server that has PostGIS; None where there is none."""
    known = Path("/usr/share/postgresql").glob("*/extension/postgis.control")
    folders = [Path("/usr/lib/postgresql") / each.parents[1].name / "bin" for each in known]
    return next((each for each in sorted(folders, reverse=True) if (each / "postgres").is_file()), None)


@contextlib.contextmanager
def postgis_server(binaries: Path, folder: Path) -> Iterator[psycopg.Connection]:
    """A connection to a fresh database with the extension; everything ends and goes with the block."""
    user = pwd.getpwnam("nobody") if os.getuid() == 0 else None
    for each in (folder, data := folder / "data"):
        each.mkdir(mode=0o700, exist_ok=True)
        if user:
            os.chown(each, user.pw_uid, user.pw_gid)
    ids = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    made = ["-U", "hospes", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
    subprocess.run([str(binaries / "initdb"), "-D", str(data), *made], check=True, capture_output=True, cwd="/", **ids)
    process = subprocess.Popen(
        [str(binaries / "postgres"), "-D", str(data), "-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        preexec_fn=dies_with_parent(signal.SIGINT),
        **ids,
    )
    try:
        with _connection(folder) as conn:
            conn.execute("CREATE EXTENSION postgis")
            yield conn
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def _connection(folder: Path) -> psycopg.Connection:
    deadline = time.monotonic() + START_TIMEOUT
    while True:
        try:
            return psycopg.connect(f"host={folder} user=hospes dbname=postgres", autocommit=True)
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


class PostgisPlaces:
    """PostGIS: circles on the sphere, polygons as on a map; where one crosses itself, by the even-odd rule."""

    def __init__(self, conn: psycopg.Connection, places: Mapping[UUID, tuple[float, float]]) -> None:
        self._conn = conn
        conn.execute("CREATE TABLE IF NOT EXISTS place (id uuid, longitude float8, latitude float8)")
        conn.execute("TRUNCATE place")
        with conn.cursor() as cursor:
            rows = [(each, longitude, latitude) for each, (latitude, longitude) in places.items()]
            cursor.executemany("INSERT INTO place VALUES (%s, %s, %s)", rows)

    def within(self, query: Query) -> set[UUID]:
        """The properties inside the circle and the polygon of a query."""
        ring = ring_of(query)
        shape = f"POLYGON(({','.join(f'{x!r} {y!r}' for x, y in [*ring, ring[0]])}))" if ring else None
        found = self._conn.execute(
            "SELECT p.id FROM place AS p WHERE (%(lat)s::float8 IS NULL OR ST_DWithin(ST_Point(p.longitude, p.latitude)"
            "::geography, ST_Point(%(lon)s, %(lat)s)::geography, %(km)s::float8 * 1000, false))"
            " AND (%(shape)s::text IS NULL OR EXISTS (SELECT FROM (VALUES (-360), (0), (360)) AS turn (degrees)"
            " WHERE ST_Intersects(ST_MakeValid(ST_GeomFromText(%(shape)s)),"
            " ST_Point(p.longitude + turn.degrees, p.latitude))))",
            {**middle(query), "km": query.radius_km, "shape": shape},
        )
        return {row[0] for row in found.fetchall()}
