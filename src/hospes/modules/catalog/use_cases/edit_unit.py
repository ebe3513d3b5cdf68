"""Rename a unit, or take it out of use and back."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from hospes.modules.catalog import events, locking, queries, store
from hospes.modules.catalog.contracts import Unit
from hospes.modules.catalog.errors import DraftInvalid, UnitInUse, UnitNameTaken, UnitNotFound
from hospes.modules.catalog.policies.drafts import faults_of_unit_names
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.outbox import publish

Span = tuple[date, date]
SoldWith = Callable[[ReadTx, UUID, UUID, datetime], Awaitable[Sequence[Span]]]


async def edit_unit(
    tx: WriteTx,
    sold_with: SoldWith | None = None,
    *,
    user_id: UUID,
    resource_id: UUID,
    unit_id: UUID,
    name: str | None = None,
    active: bool | None = None,
    now: datetime,
) -> Unit:
    """The unit with another name or activity.

    `sold_with` answers the spans [first, end) in which what is sold needs this unit: while there are any it stays in
    use (`UnitInUse`). Raises also `UnitNameTaken`, `UnitNotFound`.
    """
    await locking.my_resource(tx, user_id, resource_id)
    units = await queries.list_units(tx, resource_id)
    before = next((unit for unit in units if unit.id == unit_id), None)
    if before is None:
        raise UnitNotFound()
    after = replace(
        before, name=before.name if name is None else name, active=before.active if active is None else active
    )
    if faults := faults_of_unit_names((after.name,)):
        raise DraftInvalid(fields=faults)
    if before.active and not after.active and sold_with is not None:
        _refuse_if_sold(before, await sold_with(tx, resource_id, unit_id, now))
    if not await store.update_unit(tx, after):
        raise UnitNameTaken(fields={"name": "Another unit has this name."})
    if after.active != before.active:
        capacity = sum(unit.active for unit in units) + (1 if after.active else -1)
        await publish(tx, events.RESOURCE_UNITS_CHANGED, resource_id, events.units_data(resource_id, capacity), now=now)
    return after


def _refuse_if_sold(unit: Unit, spans: Sequence[Span]) -> None:
    if spans:
        days = ", ".join(f"{first.isoformat()} to {end.isoformat()}" for first, end in spans[:3])
        more = f" and {len(spans) - 3} more" if len(spans) > 3 else ""
        said = f"{unit.name} is needed for what is sold: {days}{more}. Move or cancel this first."
        raise UnitInUse(
            said,
            fields={"active": said},
            taken=[{"from": first.isoformat(), "to": end.isoformat()} for first, end in spans],
        )
