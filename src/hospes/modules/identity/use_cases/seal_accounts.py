"""Seal what older releases kept readable."""

from hospes.modules.identity.sealed import seal_person
from hospes.modules.identity.store import accounts
from hospes.platform.db import Database

BATCH = 500


async def seal_accounts(db: Database) -> int:
    """How many people were sealed; commits batch by batch, so it may be broken off and repeated."""
    done = 0
    while True:
        async with db.write() as tx:
            waiting = await accounts.list_unsealed(tx, BATCH)
            if not waiting:
                return done
            sealed = [(user_id, seal_person(tx.keyring, user_id, person)) for user_id, person in waiting]
            await accounts.replace_unsealed(tx, sealed)
        done += len(waiting)
