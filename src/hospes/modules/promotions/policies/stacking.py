"""In which order coupons and credit make a price smaller.

Percent borne by the host, percent borne by the platform, fees, amounts, credit last; in a group by code, so that the
order in which codes are typed does not matter. A percentage is of what is left, to the minor unit, rounded half up.
Nothing goes below zero: percent and amount coupons end with the stay, fee coupons with their fee, credit with the
total.
"""

from collections.abc import Sequence

from hospes.modules.promotions.contracts import Bearer, Bill, CouponKind, Discount, Reduction
from hospes.platform.money import Money, share

_RANK = {CouponKind.PERCENT: 0, CouponKind.FEE: 2, CouponKind.AMOUNT: 3}
STAY = "stay"


def reductions(bill: Bill, discounts: Sequence[Discount]) -> tuple[Reduction, ...]:
    """What each coupon takes off, in the order in which they are taken; one with nothing left to take is left out."""
    left = {STAY: max(bill.stay, 0), "service": max(bill.service, 0), "cleaning": max(bill.cleaning, 0)}
    made = []
    for each in sorted(discounts, key=_order):
        target = str(each.fee) if each.kind is CouponKind.FEE else STAY
        amount = min(_worth(each, left[target]), left[target])
        if amount > 0:
            left[target] -= amount
            made.append(Reduction(each, target, amount, *words(each, bill.currency)))
    return tuple(made)


def credit_used(total: int, credit: int) -> int:
    """How much credit is spent on what is left to pay."""
    return max(min(total, credit), 0)


def words(discount: Discount, currency: str | None) -> tuple[str, str]:
    """The line of a price, and its detail: `WELCOME10: 10 % off`, `of the stay`."""
    name = f"{discount.name}. " if discount.name else ""
    if discount.kind is CouponKind.AMOUNT:
        return f"{discount.code}: {Money(discount.amount or 0, currency or 'EUR').text()} off", name.rstrip()
    percent = f"{(discount.percent_bp or 0) / 100:g} %"
    if discount.kind is CouponKind.FEE:
        return f"{discount.code}: {percent} off the {discount.fee} fee", name.rstrip()
    cap = f", at most {Money(discount.cap, currency).text()}" if discount.cap and currency else ""
    return f"{discount.code}: {percent} off", f"{name}Of the stay{cap}"


def _order(discount: Discount) -> tuple[int, str]:
    rank = _RANK[discount.kind]
    if discount.kind is CouponKind.PERCENT and discount.borne_by is Bearer.PLATFORM:
        rank = 1
    return rank, discount.code


def _worth(discount: Discount, left: int) -> int:
    if discount.kind is CouponKind.AMOUNT:
        return discount.amount or 0
    part = share(left, discount.percent_bp or 0)
    return part if discount.cap is None else min(part, discount.cap)
