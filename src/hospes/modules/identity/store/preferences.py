"""Keeping what people choose."""

from datetime import datetime
from uuid import UUID

import orjson
from psycopg.types.json import Jsonb

from hospes.modules.identity.queries.preferences import Preferences
from hospes.modules.identity.sealed import open_key, place
from hospes.platform.db import WriteTx


async def write_preferences(tx: WriteTx, user_id: UUID, kept: Preferences, *, seen_version: int, now: datetime) -> bool:
    """False when they are no longer in the version that was seen, or their person is gone."""
    row = await tx.find(
        "SELECT data_key FROM identity.user_account WHERE id = %s AND data_key IS NOT NULL FOR NO KEY UPDATE",
        (user_id,),
    )
    if row is None:
        return False
    key = open_key(tx.keyring, user_id, row["data_key"])
    done = await tx.run(
        """
        INSERT INTO identity.preferences AS p (user_id, version, notifications, travel, updated_at)
        VALUES (%(user)s, 1, %(notifications)s, %(travel)s, %(now)s)
        ON CONFLICT (user_id) DO UPDATE
           SET version = p.version + 1, notifications = EXCLUDED.notifications, travel = EXCLUDED.travel,
               updated_at = EXCLUDED.updated_at
         WHERE p.version = %(seen)s::integer
        """,
        {
            "user": user_id,
            "notifications": Jsonb({topic: dict(said) for topic, said in kept.notifications.items()}),
            "travel": key.seal(orjson.dumps(dict(kept.travel)), place(user_id, "travel")) if kept.travel else None,
            "seen": seen_version,
            "now": now,
        },
    )
    return done == 1


async def write_locale(
    tx: WriteTx, user_id: UUID, language: str, zone: str, currency: str | None, now: datetime
) -> None:
    """These stand in the account itself: whatever is shown or sent needs them."""
    await tx.run(
        "UPDATE identity.user_account SET language = %(language)s, zone = %(zone)s, currency = %(currency)s,"
        " updated_at = %(now)s, version = version + 1 WHERE id = %(user)s"
        " AND (language, zone, currency) IS DISTINCT FROM (%(language)s, %(zone)s, %(currency)s::text)",
        {"language": language, "zone": zone, "currency": currency, "user": user_id, "now": now},
    )
