"""How long an invitation is good, and how many leave: nobody's mailbox is filled by businesses they do not know."""

from collections.abc import Sequence
from datetime import datetime, timedelta

LASTS = timedelta(days=7)
FORGOTTEN_AFTER = timedelta(days=7)
MOST_OPEN = 30
BY_BUSINESS = ((timedelta(hours=1), 10), (timedelta(days=1), 20))
TO_ADDRESS = ((timedelta(minutes=1), 1), (timedelta(days=1), 3), (timedelta(days=7), 6))
LONGEST_LIMIT = timedelta(days=7)
LINK_LENGTH = 43

Limits = Sequence[tuple[timedelta, int]]


def seconds_to_wait(sent_at: Sequence[datetime], now: datetime, limits: Limits) -> int:
    """Until one more may be sent, from the times of the earlier ones; 0 when it may be now."""
    waits = [0.0]
    for window, most in limits:
        inside = sorted(at for at in sent_at if at > now - window)
        if len(inside) >= most:
            waits.append((inside[-most] + window - now).total_seconds())
    return -int(-max(waits) // 1)


def said_wait(seconds: int) -> str:
    """`40 seconds`, `12 minutes`, `3 hours`, `2 days`."""
    for unit, name in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= unit:
            count = -(-seconds // unit)
            return f"{count} {name}{'' if count == 1 else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def is_link(text: str) -> bool:
    """Whether this could be one of our links at all."""
    return len(text) == LINK_LENGTH and text.isascii()
