"""Totals of long accounts are written down every so many postings, so that a balance adds up only the few since."""

from hospes.modules.ledger import store
from hospes.platform.db import Database

EVERY = 64  # postings of one account; what a balance has to add up at most, and those of the last minute


async def take_checkpoints(db: Database) -> int:
    """Go as far as is certain: up to the postings before which no transaction is under way. Answers how many were
    written; of several at once one works."""
    async with db.write() as tx:
        seen = await store.lock_progress(tx)
        if seen is None:
            return 0
        if seen.pending is None or seen.impossible:
            await store.mark_pending(tx, await store.last_posting(tx))
            return 0
        if not seen.reached:
            return 0
        made = await store.insert_checkpoints(tx, seen.final, seen.pending, every=EVERY)
        await store.finish_pending(tx)
        await store.mark_pending(tx, await store.last_posting(tx))
        return made
