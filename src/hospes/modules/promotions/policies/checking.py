"""Whether a coupon may be used for a price, by whom; each refusal is a sentence that names the code."""

from collections.abc import Sequence
from datetime import datetime

from hospes.modules.promotions.contracts import Asking, Bill, Coupon, CouponStatus, Fee
from hospes.modules.promotions.errors import (
    CouponAlreadyUsed,
    CouponExpired,
    CouponMinimum,
    CouponNeedsAccount,
    CouponNotCombinable,
    CouponNotForThis,
    CouponNotFound,
    CouponNotYet,
    CouponOtherCurrency,
    CouponUsedUp,
)
from hospes.platform.errors import HospesError
from hospes.platform.money import Money

MOST_CODES = 5


def normalised(codes: Sequence[str]) -> list[str]:
    """Upper case, without spaces around, each once, in the order typed."""
    return list(dict.fromkeys(each.strip().upper() for each in codes if each.strip()))


def check_coupon(coupon: Coupon, asking: Asking, *, used: int, user_used: int, now: datetime) -> None:
    """Raises why this coupon cannot be used. `used` and `user_used` leave out what has run out."""
    code = coupon.code.upper()
    if coupon.user_id is not None and coupon.user_id != asking.user_id:
        if asking.user_id is None:
            raise because(CouponNeedsAccount, code, "is for somebody who is signed in: sign in first.")
        raise CouponNotFound(f"There is no coupon {code}.", fields={"coupons": f"There is no coupon {code}."})
    _check_time(coupon, code, now)
    _check_scope(coupon, code, asking)
    _check_worth(coupon, code, asking.bill)
    if coupon.global_limit is not None and used >= coupon.global_limit:
        raise because(CouponUsedUp, code, "has been used up.")
    if coupon.per_user_limit is not None and user_used >= coupon.per_user_limit:
        often = "already" if coupon.per_user_limit == 1 else f"{coupon.per_user_limit} times already"
        raise because(CouponAlreadyUsed, code, f"has been used by you {often}.")


def check_together(coupons: Sequence[Coupon]) -> None:
    """Raises `CouponNotCombinable` for what must stand alone."""
    if len(coupons) < 2:
        return
    for each in coupons:
        if not each.combinable:
            raise because(CouponNotCombinable, each.code.upper(), "cannot be combined with another coupon.")
    if sum(1 for each in coupons if each.first_booking_only) > 1:
        raise because(
            CouponNotCombinable,
            coupons[-1].code.upper(),
            "cannot be combined: one coupon for a first booking is enough.",
        )


def _check_time(coupon: Coupon, code: str, now: datetime) -> None:
    if coupon.status is CouponStatus.ENDED or (coupon.ends_at is not None and coupon.ends_at <= now):
        raise because(CouponExpired, code, "has run out.")
    if coupon.status is CouponStatus.PAUSED:
        raise because(CouponNotYet, code, "is paused.")
    if coupon.starts_at > now:
        raise because(CouponNotYet, code, f"begins on {coupon.starts_at.day} {coupon.starts_at:%B %Y}.")


def _check_scope(coupon: Coupon, code: str, asking: Asking) -> None:
    if coupon.business_id is not None and coupon.business_id != asking.business_id:
        raise because(CouponNotForThis, code, "is for another host's places.")
    if coupon.property_id is not None and coupon.property_id != asking.property_id:
        raise because(CouponNotForThis, code, "is for another place.")
    if coupon.resource_kind is not None and coupon.resource_kind != asking.resource_kind:
        kind = coupon.resource_kind.replace("_", " ").lower()
        raise because(CouponNotForThis, code, f"is for another kind of booking ({kind}).")
    if coupon.currency is not None and coupon.currency != asking.bill.currency:
        raise because(CouponOtherCurrency, code, f"is for prices in {coupon.currency}.")


def _check_worth(coupon: Coupon, code: str, bill: Bill) -> None:
    if coupon.minimum_total is not None and bill.total < coupon.minimum_total:
        least = Money(coupon.minimum_total, bill.currency).text()
        raise because(CouponMinimum, code, f"is for bookings of {least} or more.")
    if coupon.minimum_nights is not None and bill.nights < coupon.minimum_nights:
        raise because(CouponMinimum, code, f"is for stays of {coupon.minimum_nights} nights or more.")
    fee = {Fee.SERVICE: bill.service, Fee.CLEANING: bill.cleaning}.get(coupon.fee) if coupon.fee else bill.stay
    if not fee:
        what = f"a {coupon.fee} fee" if coupon.fee else "anything to pay for the stay"
        raise because(CouponNotForThis, code, f"takes nothing off here: this price has not {what}.")


def because(kind: type[HospesError], code: str, sentence: str) -> HospesError:
    """A refusal whose sentence begins with the code."""
    said = f"{code} {sentence}"
    return kind(said, fields={"coupons": said})
