"""How long things wait."""

from datetime import datetime, timedelta

HOLD_FOR = timedelta(minutes=15)
PAY_WITHIN = timedelta(minutes=15)
DECIDE_WITHIN = timedelta(hours=24)
PAY_AFTER_ACCEPTANCE = timedelta(hours=24)
OFFER_FOR = timedelta(minutes=30)
PAY_SERIES_WITHIN = timedelta(hours=1)
PAYMENT_AT_WORK = timedelta(minutes=30)
KEPT_FOR_PAYMENT = timedelta(hours=12)
MAX_HOLDS = 5


def pay_by(now: datetime) -> datetime:
    """Until when an instant booking waits for its payment."""
    return now + PAY_WITHIN


def decide_by(now: datetime, check_in_at: datetime) -> datetime:
    """Until when the host may answer: a day, but no later than check-in; never less than an hour."""
    return max(min(now + DECIDE_WITHIN, check_in_at), now + timedelta(hours=1))


def pay_change_by(now: datetime, *, by_guest: bool) -> datetime:
    """Until when a change waits for its payment: at once by the guest who asks, within a day when staff ask them."""
    return now + (PAY_WITHIN if by_guest else PAY_AFTER_ACCEPTANCE)


def pay_accepted_by(now: datetime, check_in_at: datetime) -> datetime:
    """Until when an accepted request waits for its payment: a day, but no later than check-in; never under an hour."""
    return max(min(now + PAY_AFTER_ACCEPTANCE, check_in_at), now + timedelta(hours=1))


def kept_until(retry_at: datetime, created_at: datetime, check_in_at: datetime) -> datetime:
    """Until when a place is kept for a payment that is tried again at `retry_at`: a little longer than that, but no
    later than half a day after booking, and no later than check-in."""
    return min(retry_at + PAY_WITHIN, created_at + KEPT_FOR_PAYMENT, check_in_at)
