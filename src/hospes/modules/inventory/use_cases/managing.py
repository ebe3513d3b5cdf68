"""Who may change how a resource is sold."""

from uuid import UUID

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Mode, Sellable
from hospes.modules.inventory.errors import WrongMode
from hospes.platform.caller import Caller
from hospes.platform.db import ReadTx


async def get_managed(
    tx: ReadTx,
    caller: Caller,
    resource_id: UUID,
    mode: Mode,
    permission: catalog.Permission = catalog.Permission.LISTINGS,
) -> Sellable:
    """The caller's own resource, sold in this mode; `permission` is what their part there must include.

    Raises `ResourceNotFound`, `BusinessNotFound`, `NotYourPart`, `WrongMode`.
    """
    sellable = await catalog.get_sellable(tx, resource_id)
    await catalog.ensure_manages(tx, caller, sellable.business_id, permission)
    if sellable.mode is not mode:
        raise WrongMode(f"This is sold as {sellable.mode}, not as {mode}.")
    return sellable
