"""What staff can still do with a booking's money."""

from dataclasses import dataclass
from datetime import datetime

from hospes.modules.booking import queries
from hospes.modules.booking.contracts import Booking, BookingStatus
from hospes.modules.payments import facade as payments
from hospes.modules.payments.contracts import AT_PROPERTY, Payment, PaymentStatus, Purpose
from hospes.modules.promotions import facade as promotions
from hospes.platform.db import WriteTx
from hospes.platform.money import Money

_S = BookingStatus
_GIVES = frozenset({_S.CONFIRMED, _S.IN_PROGRESS, _S.COMPLETED, _S.NO_SHOW})
_TO_COME = (PaymentStatus.SCHEDULED, PaymentStatus.AWAITING_METHOD, PaymentStatus.FAILED)
_PURPOSES = {
    Purpose.FULL: "Payment",
    Purpose.DEPOSIT: "Deposit",
    Purpose.BALANCE: "Balance",
    Purpose.SHARE: "Share",
    Purpose.DAMAGE_DEPOSIT: "Damage deposit",
    Purpose.EXTRA: "Change",
}
_STANDS = {
    PaymentStatus.SCHEDULED: ("due later", "wait"),
    PaymentStatus.AWAITING_METHOD: ("to be paid", "wait"),
    PaymentStatus.PROCESSING: ("under way", "wait"),
    PaymentStatus.NEEDS_ACTION: ("waits for the guest's bank", "wait"),
    PaymentStatus.AUTHORISED: ("reserved", "good"),
    PaymentStatus.SUCCEEDED: ("paid", "good"),
    PaymentStatus.FAILED: ("failed", "bad"),
    PaymentStatus.CANCELLED: ("not taken", "plain"),
    PaymentStatus.PARTLY_REFUNDED: ("partly given back", "ink"),
    PaymentStatus.REFUNDED: ("given back", "ink"),
}
_TAKEN = (PaymentStatus.SUCCEEDED, PaymentStatus.PARTLY_REFUNDED)


@dataclass(frozen=True, slots=True)
class MoneyLeft:
    """`taken`: what was taken of the price and can still go back; `to_come`: what is not paid or only reserved, and is
    lowered first. `most`: what can be given back in all. `at_property`: what is to be paid there. `held`: the damage
    deposit that can still be charged. `seen`: changes whenever one of these or the guest's credit does."""

    taken: Money
    to_come: Money
    most: Money
    at_property: Money
    held: Money | None
    credit: Money
    seen: str


async def money_left(tx: WriteTx, booking: Booking, *, now: datetime) -> MoneyLeft:
    """As it is now; the parts are locked until the transaction ends."""
    paid_for = [booking.id, *await queries.list_paid_changes(tx, booking.id)]
    taken = sum([await payments.refundable_of(tx, each) for each in paid_for])
    parts = await payments.list_parts(tx, paid_for)
    currency = booking.total.currency
    to_come = sum(
        each.amount.amount
        for each in parts
        if each.of_the_price and (each.status in _TO_COME or each.status is PaymentStatus.AUTHORISED)
    )
    most = min(taken + to_come, booking.total.amount) if booking.status in _GIVES else 0
    waits = sum(
        each.amount.amount
        for each in parts
        if each.provider == AT_PROPERTY and each.booking_id == booking.id and each.status is PaymentStatus.SCHEDULED
    )
    credit = (await promotions.coupon_box(tx, booking.guest_id, currency, now)).credit
    versions = ".".join(str(each.version) for each in parts)
    return MoneyLeft(
        Money(taken, currency),
        Money(to_come, currency),
        Money(most, currency),
        Money(waits, currency),
        next((each.amount for each in parts if _is_held(each)), None),
        Money(credit, currency),
        f"{booking.version}-{versions}-{taken}-{credit}",
    )


def part_words(part: Payment) -> tuple[str, str, str]:
    """What a part is for, where it stands, and the tone of that."""
    return (_PURPOSES[part.purpose], *_STANDS[part.status])


def _is_held(part: Payment) -> bool:
    if part.purpose is not Purpose.DAMAGE_DEPOSIT:
        return False
    return part.status is PaymentStatus.AUTHORISED or (part.status in _TAKEN and part.release_at is not None)
