"""What a member may do in the business a page is about: the menu shows nothing that would be refused."""

import re
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from hospes.modules.catalog import facade as catalog
from hospes.platform.caller import Caller
from hospes.platform.runtime import Runtime

_OF_ONE = re.compile(r"/host/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/")
log = structlog.get_logger(__name__)


async def parts_of(rt: Runtime, caller: Caller, path: str) -> frozenset[str] | None:
    """Names of permissions, in the business the path names or in the caller's own; None when it cannot be known, or
    they have none: then the menu is whole."""
    named = _OF_ONE.match(path)
    try:
        async with rt.db.read() as tx:
            found = await catalog.permissions_of(tx, caller, UUID(named[1]) if named else None)
    except (psycopg.OperationalError, PoolTimeout) as fault:
        log.warning("parts_not_known", reason=str(fault))
        return None
    return frozenset(each.name for each in found) or None
