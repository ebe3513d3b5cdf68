"""What people have chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from hospes.modules.identity.sealed import open_key, place
from hospes.platform.db import ReadTx


@dataclass(frozen=True, slots=True)
class Preferences:
    """`notifications`: topic → channel → wanted, where somebody has said so; `travel` in the shape of its schema.

    Version 0 is of somebody who has chosen nothing yet.
    """

    version: int = 0
    notifications: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    travel: Mapping[str, Any] = field(default_factory=dict)


async def find_preferences(tx: ReadTx, user_id: UUID) -> Preferences:
    """Theirs; those of nobody are as at the beginning."""
    row = await tx.find(
        "SELECT p.version, p.notifications, p.travel, u.data_key FROM identity.preferences AS p"
        " JOIN identity.user_account AS u ON u.id = p.user_id WHERE p.user_id = %s",
        (user_id,),
    )
    if row is None:
        return Preferences()
    said = {}
    if row["travel"] is not None and row["data_key"] is not None:
        said = orjson.loads(
            open_key(tx.keyring, user_id, row["data_key"]).unseal(row["travel"], place(user_id, "travel"))
        )
    return Preferences(row["version"], row["notifications"], said)


async def find_notifications(tx: ReadTx, user_id: UUID) -> Mapping[str, Mapping[str, bool]]:
    """Topic → channel → wanted, where they have said so."""
    row = await tx.find("SELECT notifications FROM identity.preferences WHERE user_id = %s", (user_id,))
    return row["notifications"] if row else {}
