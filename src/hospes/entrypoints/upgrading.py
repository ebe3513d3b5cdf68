"""Brings an installation to the newest release: its schema, and what SQL alone cannot do."""

import asyncio

import psycopg

from hospes.modules.identity.use_cases.seal_accounts import seal_accounts
from hospes.platform.db import Database
from hospes.platform.migrating import migrate
from hospes.platform.sealing import keyring_of
from hospes.platform.settings import Settings


def upgrade(settings: Settings) -> int:
    """Run what is missing and answer how many people were sealed; may be broken off and repeated."""
    migrate(settings.database_url)
    return seal_what_is_readable(settings)


def seal_what_is_readable(settings: Settings) -> int:
    """Seal the people an older release kept readable, and write their tables anew: nothing of them is left in files."""
    with psycopg.connect(settings.database_url, autocommit=True) as conn:
        row = conn.execute("SELECT EXISTS (SELECT FROM identity.unsealed_account)").fetchone()
        if not row or not row[0]:
            return 0
        sealed = asyncio.run(_seal(settings))
        conn.execute("VACUUM (FULL) identity.unsealed_account")
        conn.execute("VACUUM (FULL, ANALYZE) identity.user_account")
    return sealed


async def _seal(settings: Settings) -> int:
    db = Database(settings.database_url, max_write=2, max_read=1, keyring=keyring_of(settings))
    await db.open()
    try:
        return await seal_accounts(db)
    finally:
        await db.close()
