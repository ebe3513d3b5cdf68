"""What host and admin do alike with a coupon."""

from dataclasses import replace
from datetime import datetime

from hospes.modules.catalog import facade as catalog
from hospes.modules.promotions import facade
from hospes.modules.promotions.contracts import Coupon
from hospes.modules.promotions.errors import PromotionInvalid
from hospes.modules.promotions.schemas import CouponIn
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.versions import expected_version


async def changed(tx: WriteTx, before: Coupon, body: CouponIn, if_match: str | None, *, now: datetime) -> Coupon:
    """The coupon with all of it but its code, owner and bearer as the body says."""
    values = body.values(now) | ({} if body.starts_at else {"starts_at": before.starts_at})
    version = expected_version(if_match)
    draft = replace(before, **values, version=before.version if version is None else version)
    await check_scope(tx, draft)
    return await facade.put_coupon(tx, draft, new=False, now=now)


async def check_scope(tx: ReadTx, coupon: Coupon) -> None:
    """Raises `PromotionInvalid` for a property that is not of the coupon's business."""
    if coupon.property_id is None or coupon.business_id is None:
        return
    resources = await catalog.resources_of_business(tx, coupon.business_id)
    if coupon.property_id not in {each.property_id for each in resources}:
        raise PromotionInvalid(fields={"property_id": "This is not a place of the business."})
