"""When a message that could not be delivered is tried again."""

from datetime import datetime, timedelta

WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
LEASE = timedelta(minutes=5)  # how long a worker has for one try; a worker that died is taken over afterwards


def next_try(tries: int, now: datetime) -> datetime | None:
    """After so many tries in vain; None gives up."""
    return now + WAITS[tries - 1] if 0 < tries <= len(WAITS) else None
