"""What may be used for a price: coupons that are good, and credit."""

from collections.abc import Sequence
from datetime import datetime

from hospes.modules.promotions import queries
from hospes.modules.promotions.contracts import Asking, Coupon, Discount, Spending
from hospes.modules.promotions.errors import CouponFirstBookingOnly, CouponNotCombinable, CouponNotFound
from hospes.modules.promotions.policies.checking import (
    MOST_CODES,
    because,
    check_coupon,
    check_together,
    normalised,
)
from hospes.platform.db import ReadTx


async def find_spending(
    tx: ReadTx, asking: Asking, *, codes: Sequence[str], use_credit: bool, now: datetime
) -> Spending:
    """The coupons' discounts and the credit in the price's currency; raises why a coupon cannot be used.

    Without a user nothing is known of earlier bookings and uses: nothing is refused for them, and there is no credit.
    """
    wanted = normalised(codes)
    discounts = await _discounts(tx, asking, wanted, now) if wanted else ()
    credit = 0
    if use_credit and asking.user_id is not None:
        credit = await queries.credit_of(tx, asking.user_id, asking.bill.currency, now)
    return Spending(discounts, credit)


async def _discounts(tx: ReadTx, asking: Asking, wanted: Sequence[str], now: datetime) -> tuple[Discount, ...]:
    if len(wanted) > MOST_CODES:
        said = f"At most {MOST_CODES} coupons can be used at once."
        raise CouponNotCombinable(said, fields={"coupons": said})
    found = await queries.find_by_codes(tx, wanted, asking.user_id, now)
    known = {coupon.code.upper(): (coupon, used, own) for coupon, used, own in found}
    chosen: list[Coupon] = []
    for code in wanted:
        if code not in known:
            said = f"There is no coupon {code[:40]}."
            raise CouponNotFound(said, fields={"coupons": said})
        coupon, used, own = known[code]
        check_coupon(coupon, asking, used=used, user_used=own, now=now)
        if coupon.first_booking_only and asking.user_id is not None and await asking.has_booked():
            raise because(CouponFirstBookingOnly, code, "is for your first booking.")
        chosen.append(coupon)
    check_together(chosen)
    return tuple(each.discount for each in chosen)
