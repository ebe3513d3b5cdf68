"""Real PostgreSQL and Valkey for the whole run; a clone of the migrated template for each test that commits."""

import gc
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psycopg
import pytest

from hospes.entrypoints.app import create_app
from hospes.entrypoints.wiring import open_runtime
from hospes.platform.db import Database, WriteTx
from hospes.platform.embedded import servers
from hospes.platform.migrating import migrate
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Auth, RateLimit, Security, Settings
from tests.builders.keys import KEYRING, PII
from tests.builders.places import lend_places

ENOUGH = 4 * 2**30
NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
_names = itertools.count()
_closed = itertools.count(1)


@dataclass
class FixedClock:
    """A clock that stands until it is set."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class Servers:
    """Where the servers of this run are; `template` is the migrated database."""

    postgres: str
    valkey: str
    folder: Path

    def url(self, database: str) -> str:
        return self.postgres.rsplit("/", 1)[0] + "/" + database


@pytest.fixture(scope="session")
def running() -> Iterator[Servers]:
    with tempfile.TemporaryDirectory(prefix="hospes-test-", dir=_quickest()) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with servers(folder, durable=False) as (postgres, valkey):
            migrate(postgres)
            yield Servers(postgres, valkey, folder)


def _quickest() -> Path | None:
    """In memory where there is enough: a thousand clones of a database are a million files."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or shutil.disk_usage(memory).free < ENOUGH:
        return None
    return memory


@pytest.fixture(scope="session")
def database_url(running: Servers) -> str:
    return running.postgres


@pytest.fixture
def clone_url(running: Servers) -> Iterator[str]:
    """A fresh migrated database, dropped afterwards."""
    name = f"clone_{next(_names)}"
    with psycopg.connect(running.url("postgres"), autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name} TEMPLATE hospes STRATEGY FILE_COPY")
        yield running.url(name)
        conn.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def db(clone_url: str) -> AsyncIterator[Database]:
    database = Database(clone_url, max_write=20, keyring=KEYRING)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def tx(database_url: str) -> AsyncIterator[WriteTx]:
    """A write transaction that is rolled back."""
    from psycopg import AsyncConnection
    from psycopg.rows import dict_row

    conn = await AsyncConnection.connect(database_url, row_factory=dict_row, options="-c timezone=UTC")
    yield WriteTx(conn, KEYRING)
    await conn.rollback()
    await conn.close()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def settings(clone_url: str, running: Servers, tmp_path: Path) -> Settings:
    lend_places(tmp_path)
    return Settings(
        database_url=clone_url,
        redis_url=running.valkey,
        data_dir=tmp_path,
        modules=tuple(filter(None, os.environ.get("HOSPES_MODULES", "").split(","))),
        auth=Auth(secret="a secret of forty-eight characters for the tests", **PII),
        security=Security(rateLimit=RateLimit(factor=1_000)),  # one address does what thousands would
    )


@pytest.fixture
async def runtime(settings: Settings, clock: FixedClock) -> AsyncIterator[Runtime]:
    async with open_runtime(settings, clock=clock) as rt:
        await rt.valkey.flushdb()
        yield rt


@pytest.fixture
async def client(settings: Settings, clock: FixedClock) -> AsyncIterator[httpx.AsyncClient]:
    """The application over ASGI on a database of its own; `client.app` is the application."""
    app = create_app(settings, clock=clock)
    async with app.router.lifespan_context(app):
        await app.state.runtime.valkey.flushdb()
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
            opened.app = app  # type: ignore[attr-defined]
            yield opened
    if next(_closed) % 25 == 0:
        gc.unfreeze()  # what each application froze at its start would pile up, some 5 MB a test
        gc.collect()
