"""A coupon is made, changed, or forgotten."""

from datetime import datetime
from uuid import UUID

from hospes.modules.catalog.errors import VersionChanged
from hospes.modules.promotions import queries
from hospes.modules.promotions.contracts import Coupon, CouponStatus
from hospes.modules.promotions.errors import CouponCodeTaken, CouponMissing, PromotionInvalid
from hospes.modules.promotions.policies.drafts import checked_coupon
from hospes.modules.promotions.store import coupons
from hospes.platform.db import ReadTx, WriteTx


async def put_coupon(tx: WriteTx, draft: Coupon, *, new: bool = True, now: datetime) -> Coupon:
    """The coupon as it is stored. One that exists keeps its code, owner and bearer; bookings keep what they have.

    Raises `PromotionInvalid`, `CouponCodeTaken`, `VersionChanged` when it is not the version that was read.
    """
    coupon = checked_coupon(draft)
    if new:
        if not await coupons.insert_coupon(tx, coupon, now):
            said = f"There is a coupon {coupon.code} already."
            raise CouponCodeTaken(said, fields={"code": said})
        return coupon
    before = await queries.find_coupon(tx, coupon.id)
    if before is None:
        raise CouponMissing()
    if before.status is CouponStatus.ENDED:
        raise PromotionInvalid("This coupon has ended.", fields={"status": "It has ended and stays so."})
    await coupons.sweep(tx, coupon.id, now)
    if not await coupons.update_coupon(tx, coupon, now):
        used = await queries.find_coupon(tx, coupon.id)
        if used and coupon.global_limit is not None and used.used > coupon.global_limit:
            said = f"It is in use {used.used} times already."
            raise PromotionInvalid(said, fields={"global_limit": said})
        raise VersionChanged("This coupon was changed in the meantime. Reload it and make your change again.")
    found = await queries.find_coupon(tx, coupon.id)
    assert found is not None
    return found


async def end_coupon(tx: WriteTx, coupon: Coupon, *, now: datetime) -> None:
    """Forget a coupon nobody has used; end one that was used."""
    if not await coupons.delete_unused(tx, coupon.id):
        await coupons.set_status(tx, coupon.id, str(CouponStatus.ENDED), now)


async def get_coupon(tx: ReadTx, coupon_id: UUID, *, business_id: UUID | None = None) -> Coupon:
    """The coupon; raises `CouponMissing` for none, or one that is not the business's own."""
    found = await queries.find_coupon(tx, coupon_id)
    if found is None or (business_id is not None and (found.business_id != business_id or found.source != "host")):
        raise CouponMissing()
    return found
