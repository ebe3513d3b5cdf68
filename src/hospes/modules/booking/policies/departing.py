"""Leaving before the agreed day. What the nights given back are worth, and what of it comes back.

They are worth their share of the nights' price with its adjustments, service fee and percent taxes, and their share of
the taxes per person; cleaning is done all the same. After check-in the accepted terms give nothing back, so that all of
it is kept, unless staff give it back in full. Shares round down. What was paid with credit comes back as credit, in
the same share as what was paid with money.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from hospes.modules.booking.contracts import Booking, Departing, Giving, Mode, Price, PriceLine, Terms
from hospes.modules.booking.errors import ChangeRefused
from hospes.modules.booking.policies.cancellation import FULL
from hospes.modules.booking.policies.changing import credit_share, kept_line, share_back, with_lines
from hospes.modules.booking.policies.discounting import credit_in, with_credit_at
from hospes.modules.booking.policies.restrictions import instant, today_in
from hospes.modules.inventory.contracts import ClaimAsk

GIVEN_BACK = "nights:given_back"


def departing(booking: Booking, leaves: date, *, giving: Giving | None, now: datetime) -> Departing:
    """What leaving on that day gives back; raises `ChangeRefused` unless it is a coming day of the stay."""
    if booking.mode is not Mode.NIGHTLY:
        raise ChangeRefused("This is not booked by the night.")
    if leaves < max(today_in(booking.terms.zone, now), booking.arrival + timedelta(days=1)):
        said = "Nights that have passed, and the first one, cannot be given back."
        raise ChangeRefused(said, fields={"departure": said})
    if leaves >= booking.departure:
        said = f"The stay ends on {booking.departure.isoformat()} anyway."
        raise ChangeRefused(said, fields={"departure": said})
    value = _value(booking.terms.price, leaves)
    back = min(value * share_back(booking, giving, now) // FULL, booking.total.amount + credit_in(booking.terms.price))
    credit = credit_share(booking.terms.price, back)
    reason = "The house gives back what the nights cost." if giving is Giving.FULL else _by_terms(back, value)
    return Departing(
        first_night=leaves,
        departure=booking.departure,
        nights=(booking.departure - leaves).days,
        currency=booking.total.currency,
        value=value,
        refund=back - credit,
        kept=value - back,
        reason=reason,
        credit=credit,
    )


def shortened(booking: Booking, leaving: Departing) -> Booking:
    """The booking until that day; its total is what has been paid and not given back."""
    terms, nights = booking.terms, f"{leaving.nights} night{'s' if leaving.nights > 1 else ''}"
    given = PriceLine(GIVEN_BACK, f"{nights} given back", 1, -leaving.value, -leaving.value)
    price = with_lines(terms.price, given, *([kept_line(leaving.kept)] if leaving.kept else []))
    price = with_credit_at(price, credit_in(price) - leaving.credit) if leaving.credit else price
    price = replace(price, nights=tuple(each for each in price.nights if each[0] < leaving.first_night))
    total = replace(booking.total, amount=price.total)
    return replace(
        booking,
        departure=leaving.first_night,
        check_out_at=instant(terms.zone, leaving.first_night, time.fromisoformat(terms.check_out_until)),
        total=total,
        terms=until(replace(terms, price=price), leaving.first_night),
    )


def until(terms: Terms, departure: date) -> Terms:
    """The same, claiming nights up to that day only."""
    items = tuple(
        replace(
            item,
            asks=tuple(replace(ask, departure=departure) if isinstance(ask, ClaimAsk) else ask for ask in item.asks),
        )
        for item in terms.items
    )
    return replace(terms, items=items)


def _value(price: Price, leaves: date) -> int:
    whole = sum(amount for _, amount in price.nights)
    given = sum(amount for night, amount in price.nights if night >= leaves)
    count, gone = len(price.nights), sum(1 for night, _ in price.nights if night >= leaves)
    lodging = sum(line.amount for line in price.lines if line.of_the_stay)
    once = sum(line.amount for line in price.lines if line.code == "cleaning")
    worth = 0
    for line in price.lines:
        if line.of_the_stay or line.code == "service" or line.code.startswith(("discount:stay:", "discount:service:")):
            worth += line.amount * given
        elif line.code.startswith("tax:") and lodging + once:
            worth += line.amount * lodging * given // (lodging + once)
        elif line.code.startswith("person_tax:") and count:
            worth += line.amount * gone * whole // count
    return max(worth // whole, 0) if whole else 0


def _by_terms(refund: int, value: int) -> str:
    if not value or refund == value:
        return "What the nights cost comes back."
    return "The stay has begun, so by the accepted terms nothing comes back."
