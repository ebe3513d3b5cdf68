"""What other modules may ask of wishlists: which hearts are filled."""

from collections.abc import Sequence
from uuid import UUID

import psycopg
import structlog
from fastapi import Request
from psycopg_pool import PoolTimeout

from hospes.modules.wishlists import queries
from hospes.platform.caller import find_caller
from hospes.platform.db import ReadTx
from hospes.platform.runtime import runtime

log = structlog.get_logger(__name__)


async def saved_among(tx: ReadTx, user_id: UUID, resource_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of these listings that are on a list of this person; one statement."""
    return await queries.list_saved(tx, user_id, resource_ids)


async def saved_here(request: Request, resource_ids: Sequence[UUID]) -> frozenset[UUID] | None:
    """The same for whoever asks for a page: nothing, and no statement, for a visitor; None where there are no lists, or
    they are out of reach, so that the page shows no hearts."""
    rt, caller = runtime(request), find_caller(request)
    if not offered(request):
        return None
    if caller is None or not resource_ids:
        return frozenset()
    try:
        async with rt.db.read() as tx:
            return await saved_among(tx, caller.user_id, resource_ids)
    except (psycopg.OperationalError, PoolTimeout) as fault:
        log.warning("saved_out_of_reach", reason=str(fault))
        return None


def offered(request: Request) -> bool:
    """Whether this installation has lists."""
    modules = runtime(request).settings.modules
    return not modules or "wishlists" in modules
