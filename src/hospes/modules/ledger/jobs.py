"""Scheduled work of the ledger."""

from hospes.modules.ledger.use_cases.take_checkpoints import take_checkpoints
from hospes.platform.jobs import Periodic
from hospes.platform.runtime import Runtime


async def checkpoints(ctx: Runtime) -> None:
    """Keep balances quick to read."""
    await take_checkpoints(ctx.db)


PERIODIC = (Periodic("ledger.checkpoints", 20, checkpoints),)
