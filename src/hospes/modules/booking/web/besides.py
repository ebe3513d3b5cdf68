"""What a listing's page quotes besides the wish: a coupon, and the total in the currency the visitor wants to see."""

from dataclasses import replace
from datetime import datetime

from fastapi import Request

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Quote, Wish
from hospes.modules.ledger.contracts import Display
from hospes.modules.promotions import errors as refusals
from hospes.modules.promotions import facade as promotions
from hospes.platform.caller import find_caller
from hospes.platform.db import ReadTx
from hospes.platform.errors import HospesError, Invalid

COUPON = "coupon"
REFUSED = (
    refusals.CouponNotFound,
    refusals.CouponExpired,
    refusals.CouponNotYet,
    refusals.CouponNotForThis,
    refusals.CouponFirstBookingOnly,
    refusals.CouponMinimum,
    refusals.CouponUsedUp,
    refusals.CouponAlreadyUsed,
    refusals.CouponNotCombinable,
    refusals.CouponOtherCurrency,
    refusals.CouponNeedsAccount,
    refusals.TooManyCodes,
)


def coupon_in(text: object) -> str:
    """A code as it was typed; none for what is none."""
    return text.strip().upper()[:60] if isinstance(text, str) else ""


async def quoted(tx: ReadTx, request: Request, wish: Wish, coupon: str, *, now: datetime) -> tuple[Quote, str]:
    """The quote, and why the coupon takes nothing off; raises what `quote_wish` raises of the wish itself."""
    display: Display | None = getattr(request.state, "display", None)
    wish, caller = replace(wish, display=display), find_caller(request)
    why = ""
    if coupon:
        try:
            async with promotions.watched(request, [coupon]):
                with_coupon = replace(wish, coupons=(coupon,))
                guest_id = caller.user_id if caller else None
                return await facade.quote_wish(tx, with_coupon, guest_id=guest_id, now=now), ""
        except REFUSED as refusal:
            why = refusal.detail
    return await facade.quote_wish(tx, wish, now=now), why


def beside_the_coupon(refusal: HospesError) -> HospesError:
    """A refusal of a coupon with its sentence at the field; any other as it is."""
    return Invalid(refusal.detail, fields={COUPON: refusal.detail}) if isinstance(refusal, REFUSED) else refusal
