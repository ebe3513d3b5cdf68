"""A price as coupons see it, and with the lines they make. What they make can be taken off again."""

from collections.abc import Sequence
from dataclasses import replace

from hospes.modules.booking.contracts import Price, PriceLine
from hospes.modules.promotions.contracts import Bearer, Bill, Reduction

DISCOUNT, DISCOUNT_TAX, CREDIT = "discount", "discount_tax", "credit"


def bill_of(price: Price, nights: int) -> Bill:
    """What coupons look at, of a price without any."""

    def of(*codes: str) -> int:
        return sum(line.amount for line in price.lines if line.code in codes)

    stay = sum(line.amount for line in price.lines if line.of_the_stay)
    return Bill(price.currency, stay, of("service"), of("cleaning"), price.total, nights)


def plain(price: Price) -> Price:
    """The price without coupons and credit."""
    lines = tuple(line for line in price.lines if not line.kind)
    return replace(price, lines=lines, total=sum(line.amount for line in lines))


def discounted(price: Price, made: Sequence[Reduction]) -> Price:
    """A line for each coupon, and the percent taxes of what a host's coupon takes off: nobody pays a tax on a price
    that nobody pays. What the platform bears leaves the host's price, and so its taxes, as they are."""
    lines = [
        PriceLine(
            code=f"discount:{each.target}:{each.discount.code}",
            label=each.label,
            quantity=1,
            unit_amount=-each.amount,
            amount=-each.amount,
            detail=each.detail,
            kind=DISCOUNT,
            borne_by=str(each.discount.borne_by),
        )
        for each in made
    ]
    by_host = sum(each.amount for each in made if each.discount.borne_by is Bearer.HOST and each.target != "service")
    lines += _less_tax(price, by_host)
    return replace(price, lines=(*price.lines, *lines), total=price.total + sum(line.amount for line in lines))


def with_credit(price: Price, credit: int) -> Price:
    """A last line for the credit that is spent, if any."""
    if not credit:
        return price
    line = PriceLine("credit", "Your credit", 1, -credit, -credit, kind=CREDIT, borne_by=str(Bearer.PLATFORM))
    return replace(price, lines=(*price.lines, line), total=price.total - credit)


def with_credit_at(price: Price, credit: int) -> Price:
    """The same with so much credit spent (minor units), instead of what it has."""
    rest = tuple(line for line in price.lines if line.kind != CREDIT)
    return with_credit(replace(price, lines=rest, total=sum(line.amount for line in rest)), credit)


def credit_in(price: Price) -> int:
    """How much credit a price counts on."""
    return -sum(line.amount for line in price.lines if line.kind == CREDIT)


def taken_off(price: Price) -> dict[str, int]:
    """What each coupon takes off, by its code."""
    return {line.code.rsplit(":", 1)[1]: -line.amount for line in price.lines if line.kind == DISCOUNT}


def _less_tax(price: Price, by_host: int) -> list[PriceLine]:
    base = sum(line.amount for line in price.lines if line.of_the_stay or line.code == "cleaning")
    if not by_host or base <= 0:
        return []
    made = []
    for line in price.lines:
        if not line.code.startswith("tax:"):
            continue
        less = (2 * line.amount * by_host + base) // (2 * base)
        within = (2 * line.included * by_host + base) // (2 * base)
        if less or within:
            label = f"{line.label}, less for the discount"
            one = PriceLine(line.code, label, 1, -less or -within, -less, included=-within)
            made.append(replace(one, kind=DISCOUNT_TAX, borne_by=str(Bearer.HOST)))
    return made
