"""Copies a world into an empty database, chunk by chunk, and stores its pictures."""

import json
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, sql

from hospes.entrypoints.demo import pictures
from hospes.entrypoints.demo.rows import COLUMNS, SEALED, Row, World
from hospes.entrypoints.demo.world import Builder
from hospes.modules.catalog.contracts import AMENITY_BIT, thumb_key
from hospes.modules.identity.contracts import Person
from hospes.modules.identity.passwords import hash_password
from hospes.modules.identity.sealed import seal_person
from hospes.platform.sealing import Keyring, keyring_of
from hospes.platform.settings import Settings
from hospes.platform.storage import Storage

CHUNK = 2_000
# Every host of the demo has shown who they are, long enough ago that no picture is kept.
_SEEN = """
INSERT INTO identity.identity_check (id, user_id, kind, country, expires_on, status, asked_at, decided_at, reviewed_by,
                                     files_until)
SELECT gen_random_uuid(), b.owner_id, 'passport', 'FR', %(now)s::date + 1500, 'approved', b.created_at, b.created_at,
       %(admin)s, b.created_at
  FROM catalog.business AS b WHERE b.owner_id <> %(admin)s
"""


async def load_world(
    settings: Settings, storage: Storage, *, listings: int, seed: int, now: datetime, advance: Callable[[int], None]
) -> dict[str, UUID]:
    """Fill the database; answers the ids of the demo accounts by role and of the demo host's resources by what they
    are. `advance` is told how many listings are in."""
    password = secrets.token_urlsafe(9)
    builder = Builder(seed, now.date(), now, await hash_password(password), frozenset(AMENITY_BIT))
    for kind in pictures.kinds():
        for variant in range(pictures.VARIANTS):
            key, body = f"demo/{kind}-{variant}.svg", pictures.scene(kind, variant).encode()
            await storage.put(key, body)
            await storage.put(thumb_key(key), body)
    async with await AsyncConnection.connect(settings.database_url) as conn:
        keyring = keyring_of(settings)
        people, ids = builder.people()
        await _copy(conn, people, keyring)
        portfolio, mine = builder.portfolio(ids["host"])
        await _copy(conn, portfolio, keyring)
        while builder.listings < listings:
            await _copy(conn, builder.chunk(min(CHUNK, listings - builder.listings)), keyring)
            advance(builder.listings)
        await conn.execute(_SEEN, {"admin": ids["admin"], "now": now})
        await conn.commit()
        await conn.set_autocommit(True)
        await conn.execute("ANALYZE")
    file = settings.data_dir / "demo.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps({"password": password, "seed": seed, "listings": builder.listings}))
    return {**ids, **mine}


def _sealed(row: Row, keyring: Keyring) -> Row:
    user_id, email, password_hash, first, last, born_on, *at = row
    sealed = seal_person(keyring, user_id, Person(email, first, last, born_on=born_on))
    return (user_id, *sealed, password_hash, at[0], *at)


async def _copy(conn: AsyncConnection[Any], world: World, keyring: Keyring) -> None:
    for name, rows in world.tables():
        if not rows:
            continue
        table, columns = SEALED.get(name) or COLUMNS[name]
        schema, _, relation = table.partition(".")
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(schema, relation), sql.SQL(",").join(sql.Identifier(c) for c in columns.split(","))
        )
        async with conn.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                await copy.write_row(_sealed(row, keyring) if name in SEALED else row)
