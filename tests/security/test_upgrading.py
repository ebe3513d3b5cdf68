"""A database of a release that kept people readable is sealed on the way up, and its files hold nothing readable."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config

from hospes.entrypoints.upgrading import seal_what_is_readable, upgrade
from hospes.modules.identity.queries import accounts as people
from hospes.platform.db import Database
from hospes.platform.migrating import MIGRATIONS
from hospes.platform.settings import Auth, Settings
from tests.builders.keys import KEYRING, PII
from tests.conftest import NOW, Servers
from tests.security.scan import found_in_database

PEOPLE = 3


@pytest.fixture
def old(running: Servers, tmp_path: Path) -> Iterator[Settings]:
    """A database as it was, with people in it."""
    with psycopg.connect(running.url("postgres"), autocommit=True) as conn:
        conn.execute("CREATE DATABASE before_sealing")
        url = running.url("before_sealing")
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["url"] = url
        command.upgrade(config, "0003")
        with psycopg.connect(url) as filled:
            for number in range(PEOPLE):
                filled.execute(
                    "INSERT INTO identity.user_account (id, email, password_hash, first_name, last_name, phone,"
                    " born_on, city, bio, created_at, updated_at) VALUES (gen_random_uuid(), %s, 'x', 'Zsofia',"
                    " 'Quillfeather', '+34612345678', '1990-05-31', 'Quarrington', 'I count', %s, %s)",
                    (f"Zsofia{number}@example.com", NOW, NOW),
                )
        yield Settings(database_url=url, data_dir=tmp_path, auth=Auth(**PII))
        conn.execute("DROP DATABASE before_sealing WITH (FORCE)")


async def test_people_of_an_older_release_are_sealed_on_the_way_up(old: Settings) -> None:
    async with await psycopg.AsyncConnection.connect(old.database_url) as conn:
        assert await found_in_database(conn, ["zsofia"], schemas=["identity"]) != []
    assert await asyncio.to_thread(upgrade, old) == PEOPLE
    assert await asyncio.to_thread(seal_what_is_readable, old) == 0
    async with await psycopg.AsyncConnection.connect(old.database_url) as conn:
        assert await found_in_database(conn, ["zsofia", "quillfeather", "612345678", "quarrington"]) == []
    db = Database(old.database_url, max_write=1, max_read=1, keyring=KEYRING)
    await db.open()
    try:
        async with db.read() as tx:
            one = await people.find_by_email(tx, "zsofia1@EXAMPLE.com")
            born = await people.list_people(tx, after=None, limit=9, role=None, country=None, birthday=(5, 31))
    finally:
        await db.close()
    assert one is not None
    assert (one.email, one.name, one.city) == ("Zsofia1@example.com", "Zsofia Quillfeather", "Quarrington")
    assert len(born) == PEOPLE
