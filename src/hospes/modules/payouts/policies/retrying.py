"""When a provider is asked again about a payout."""

from datetime import datetime, timedelta

STEPS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6))
LEASE = timedelta(seconds=60)  # a call that was not recorded by then died with its worker


def next_step(tries: int, now: datetime) -> datetime:
    """After `tries` steps that led nowhere; every six hours in the end: the money is somebody's."""
    return now + STEPS[min(max(tries, 1), len(STEPS)) - 1]
