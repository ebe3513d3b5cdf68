"""Lock what several wishes may claim in one transaction, before the first of them is claimed."""

from collections.abc import Iterable
from uuid import UUID

from hospes.modules.booking.contracts import Mode, Nights, Wish
from hospes.modules.catalog import facade as catalog
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import Wanted
from hospes.platform.db import ReadTx, WriteTx


async def lock_wishes(tx: WriteTx, wishes: Iterable[Wish]) -> None:
    """Each claim by itself locks in order; one after the other they would not. The guest's own holds come before this.

    Raises `ResourceNotFound`.
    """
    wanted = [
        await wanted_for(tx, resource_id, wish)
        for wish in wishes
        for resource_id in (wish.resource_id, *(extra.resource_id for extra in wish.extras))
    ]
    await inventory.prepare_exchange(tx, (), wanted)


async def wanted_for(tx: ReadTx, resource_id: UUID, wish: Wish) -> Wanted:
    """What a wish may claim of one of its resources, roughly; raises `ResourceNotFound`."""
    sellable = await catalog.get_sellable(tx, resource_id)
    return Wanted(
        resource_id=sellable.resource_id,
        unit_ids=sellable.unit_ids,
        pooled=sellable.pooled,
        capacity=sellable.capacity,
        nights=(wish.when.arrival, wish.when.departure) if isinstance(wish.when, Nights) else None,
        diaries=sellable.mode is Mode.TIMED,
    )
