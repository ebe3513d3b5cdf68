"""Lock what owners have and what is wanted instead, in the one order everybody locks in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from hospes.modules.inventory import queries, store
from hospes.modules.inventory.contracts import Claim, ClaimKind, Wanted
from hospes.modules.inventory.queries.room_plans import list_rooms_of
from hospes.platform.db import WriteTx


@dataclass(slots=True)
class _Hull:
    """All nights of a counted resource from the first to the last that matters."""

    first: date
    departure: date
    capacity: int


async def prepare_exchange(tx: WriteTx, owner_ids: Sequence[UUID], wanted: Sequence[Wanted]) -> list[Claim]:
    """The owners' live claims, which may now be released and claimed otherwise in this transaction without deadlocks.

    Letting go first and claiming afterwards would lock against the order in which rivals claim.
    """
    claims = [claim for each in owner_ids for claim in await queries.list_claims_of(tx, each)]
    units = {unit for each in wanted if each.diaries for unit in each.unit_ids}
    units.update(each.unit_id for each in claims if each.unit_id and units)
    resources = {*(each.resource_id for each in claims), *(each.resource_id for each in wanted)}
    keys = {str(each) for each in resources} | {f"diary {unit}" for unit in units}
    await store.lock_keys(tx, sorted(keys))
    for resource_id, hull in sorted(_hulls(claims, wanted).items()):
        await store.lock_nights(tx, resource_id, hull.first, hull.departure - timedelta(days=1), hull.capacity)
    counted = [each.id for each in claims if _has_rooms(each)]
    rooms = await list_rooms_of(tx, counted) if counted else {}
    return [replace(each, rooms=rooms[each.id]) if each.id in rooms else each for each in claims]


def _has_rooms(claim: Claim) -> bool:
    return claim.unit_id is None and claim.departure_id is None and claim.kind is not ClaimKind.HOLD


def _hulls(claims: Sequence[Claim], wanted: Sequence[Wanted]) -> dict[UUID, _Hull]:
    hulls: dict[UUID, _Hull] = {}
    counted = [each for each in claims if each.unit_id is None and each.departure_id is None]
    spans = [(each.resource_id, each.first_night, each.departure, 0) for each in counted]
    spans += [(each.resource_id, *each.nights, each.capacity) for each in wanted if each.pooled and each.nights]
    for resource_id, first, departure, capacity in spans:
        hull = hulls.setdefault(resource_id, _Hull(first, departure, capacity))
        hull.first, hull.departure = min(hull.first, first), max(hull.departure, departure)
        hull.capacity = max(hull.capacity, capacity)
    return hulls
