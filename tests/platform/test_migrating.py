"""A database is brought to the newest schema once, and knows that it is there."""

import itertools
from collections.abc import Iterator

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from hospes.platform import migrating
from tests.conftest import Servers

_names = itertools.count()


@pytest.fixture
def empty_url(running: Servers) -> Iterator[str]:
    name = f"empty_{next(_names)}"
    with psycopg.connect(running.url("postgres"), autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name}")
        yield running.url(name)
        conn.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_migrating_an_empty_database_leaves_nothing_pending_and_can_be_repeated(empty_url: str) -> None:
    assert migrating.pending(empty_url)
    migrating.migrate(empty_url)
    assert not migrating.pending(empty_url)
    migrating.migrate(empty_url)
    with psycopg.connect(empty_url) as conn:
        schemas = {row[0] for row in conn.execute("SELECT nspname FROM pg_namespace")}
        conn.execute("UPDATE schema_version SET version_num = 'older'")
    assert {"platform", "identity", "catalog", "inventory", "pricing", "payments", "booking"} <= schemas
    assert migrating.pending(empty_url)


def test_the_newest_migration_is_the_one_alembic_calls_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrating.MIGRATIONS))
    assert migrating._newest() == ScriptDirectory.from_config(config).get_current_head()
