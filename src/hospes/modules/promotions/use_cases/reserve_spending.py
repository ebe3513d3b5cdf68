"""Take the uses of coupons and the credit that a price counts on."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hospes.modules.promotions import queries
from hospes.modules.promotions.contracts import CouponStatus, Discount
from hospes.modules.promotions.errors import (
    CouponAlreadyUsed,
    CouponExpired,
    CouponFirstBookingOnly,
    CouponUsedUp,
    CreditChanged,
)
from hospes.modules.promotions.policies.checking import because
from hospes.modules.promotions.store import coupons, credits
from hospes.modules.promotions.use_cases.post_credit import post_spent
from hospes.platform.db import WriteTx
from hospes.platform.money import Money

Uses = Sequence[tuple[Discount, int]]


async def reserve_spending(
    tx: WriteTx,
    *,
    owner_id: UUID,
    user_id: UUID,
    uses: Uses,
    credit: Money,
    until: datetime | None,
    now: datetime,
) -> None:
    """Reserve until some time, or redeem and spend at once (None). `uses`: each discount and what it takes off.

    Of many who want the last use one gets it; raises `CouponUsedUp`, `CouponAlreadyUsed`, `CouponFirstBookingOnly` or
    `CreditChanged` for the others. Uses that have run out are swept here, so that no sweeper is waited for.
    """
    for discount, amount in sorted(uses, key=lambda each: each[0].coupon_id):
        await _take(tx, discount, user_id, now)
        if discount.first_booking_only:
            await coupons.let_own_first_go(tx, user_id, now)
        if not await coupons.insert_use(
            tx,
            discount,
            Money(amount, credit.currency),
            user_id=user_id,
            owner_id=owner_id,
            until=until,
            now=now,
        ):
            raise because(CouponFirstBookingOnly, discount.code, "is for your first booking, and you are making one.")
    if credit.amount:
        await _take_credit(tx, owner_id, user_id, credit, until, now)


async def _take(tx: WriteTx, discount: Discount, user_id: UUID, now: datetime) -> None:
    coupon_id, code = discount.coupon_id, discount.code
    if not await coupons.take(tx, coupon_id):
        await coupons.sweep(tx, coupon_id, now)
        if not await coupons.take(tx, coupon_id):
            found = await queries.find_coupon(tx, coupon_id)
            if found is None or found.status is not CouponStatus.ACTIVE:
                raise because(CouponExpired, code, "cannot be used any more.")
            raise because(CouponUsedUp, code, "has been used up.")
    if not await coupons.take_of_user(tx, coupon_id, user_id):
        await coupons.sweep(tx, coupon_id, now)
        if not await coupons.take_of_user(tx, coupon_id, user_id):
            raise because(CouponAlreadyUsed, code, "has been used by you already.")


async def _take_credit(
    tx: WriteTx, owner_id: UUID, user_id: UUID, credit: Money, until: datetime | None, now: datetime
) -> None:
    await credits.release_stale(tx, user_id, now)
    missing = credit.amount
    for lot in await credits.lots_to_spend(tx, user_id, credit.currency, now):
        part = min(missing, lot.left_over)
        if part and await credits.take_from_lot(tx, lot.id, part):
            use_id = await credits.insert_use(tx, lot, part, owner_id=owner_id, until=until, now=now)
            missing -= part
            if until is None:
                await post_spent(tx, use_id, user_id, Money(part, credit.currency), about=owner_id, now=now)
    if missing:
        said = "Your credit has changed meanwhile. Please look at the price again."
        raise CreditChanged(said, fields={"use_credit": said})
