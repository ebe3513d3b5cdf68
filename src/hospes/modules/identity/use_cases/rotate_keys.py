"""Turn the keys over: every person's data key is wrapped by the current key."""

from uuid import UUID

from hospes.modules.identity.sealed import place
from hospes.modules.identity.store import accounts
from hospes.platform.db import Database

BATCH = 500


async def rotate_keys(db: Database) -> int:
    """How many data keys were wrapped anew; commits batch by batch, so it may be broken off and repeated.

    Raises `SealBroken` when a row is under a key that is not in the ring. The facts themselves stay as they are.
    """
    done, after, current = 0, None, db.keyring.current
    while True:
        async with db.write() as tx:
            old = await accounts.list_under_old_keys(tx, current, after=after, limit=BATCH)
            if not old:
                return done
            await accounts.replace_data_keys(
                tx, current, [(user_id, tx.keyring.rewrap(key, place(user_id, "data_key"))) for user_id, key in old]
            )
        done, after = done + len(old), _last(old)


def _last(rows: list[tuple[UUID, bytes]]) -> UUID:
    return rows[-1][0]
