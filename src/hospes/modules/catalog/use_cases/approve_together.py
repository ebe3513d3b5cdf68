"""A new host's business and first place, approved in one step."""

from datetime import datetime
from uuid import UUID

from hospes.modules.catalog import queries
from hospes.modules.catalog.contracts import BusinessStatus, Property
from hospes.modules.catalog.errors import PropertyNotFound
from hospes.modules.catalog.states import BusinessAction, PropertyAction
from hospes.modules.catalog.use_cases.move_business import move_business
from hospes.modules.catalog.use_cases.review_property import review_property
from hospes.platform.db import WriteTx


async def approve_together(
    tx: WriteTx, *, property_id: UUID, admin_id: UUID, note: str = "", now: datetime
) -> Property:
    """The place, approved; its business is verified too unless it is already. Both or neither."""
    place = await queries.find_property(tx, property_id)
    if place is None:
        raise PropertyNotFound()
    business = await queries.find_business(tx, place.business_id)
    if business is not None and business.status is not BusinessStatus.ACTIVE:
        await move_business(
            tx,
            business_id=place.business_id,
            action=BusinessAction.ACTIVATE,
            member_id=None,
            admin_id=admin_id,
            note=note,
            expected=business.version,
            now=now,
        )
    return await review_property(
        tx, property_id=property_id, action=PropertyAction.APPROVE, admin_id=admin_id, note=note, now=now
    )
