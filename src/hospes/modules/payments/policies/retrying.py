"""When a provider is asked again."""

from datetime import datetime, timedelta

BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
)
CALL_LASTS = timedelta(seconds=30)  # a provider that has not answered by then: the answer is unknown
LEASE = timedelta(seconds=60)  # a call that was not recorded by then died with its worker
JOB_LATE = timedelta(seconds=30)  # a recorded attempt nobody took up by then has lost its job
FIRST_LOOK = timedelta(seconds=5)  # a lost answer is looked up soon, for somebody waits; then in growing steps
ACTION_LOOK = timedelta(minutes=1)  # the payer may finish without coming back to us
ACTION_LASTS = timedelta(hours=24)
PENDING_LOOK = timedelta(hours=1)  # a vendor that takes days is asked now and then, should its message not come
PENDING_LASTS = timedelta(days=14)
BALANCE_AGAIN = timedelta(days=1)
LATE_BALANCE = timedelta(days=1)  # to pay a balance of a booking that was reinstated late
BALANCE_REMINDER = timedelta(days=3)  # before a balance is taken
REAUTHORISE_BEFORE = timedelta(hours=24)
REAUTHORISE_AGAIN = timedelta(hours=12)
RELEASE_AFTER = timedelta(days=2)  # after check-out: the host's time to claim damages


def next_try(tries: int, now: datetime) -> datetime | None:
    """When to call again after `tries` steps that led nowhere; None after the fifth retry."""
    return now + BACKOFF[tries - 1] if tries <= len(BACKOFF) else None


def next_look(tries: int, now: datetime) -> datetime | None:
    """When to look for a lost answer after `tries` steps that led nowhere; None when it is time for a person."""
    steps = (FIRST_LOOK, *BACKOFF)
    return now + steps[tries - 1] if tries <= len(steps) else None


def next_balance_try(now: datetime) -> datetime:
    """When a balance that was refused is taken again."""
    return now + BALANCE_AGAIN
