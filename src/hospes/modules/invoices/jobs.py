"""Scheduled work of invoices."""

from hospes.modules.invoices.use_cases.issue_fees import issue_fees
from hospes.platform.jobs import Periodic
from hospes.platform.runtime import Runtime


async def fees(ctx: Runtime) -> None:
    """Invoice hosts over the fees of the months that are over."""
    await issue_fees(ctx)


PERIODIC = (Periodic("invoices.fees", 1800, fees),)
