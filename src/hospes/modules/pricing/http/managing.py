"""Whose resource it is."""

from uuid import UUID

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.errors import BusinessNotFound, ResourceNotFound
from hospes.platform.caller import Caller
from hospes.platform.db import ReadTx


async def ensure_mine(tx: ReadTx, caller: Caller, resource_id: UUID) -> None:
    """Raises `ResourceNotFound` unless the caller manages the resource."""
    sellable = await catalog.get_sellable(tx, resource_id)
    try:
        await catalog.ensure_manages(tx, caller, sellable.business_id, catalog.Permission.LISTINGS)
    except BusinessNotFound:
        raise ResourceNotFound() from None
