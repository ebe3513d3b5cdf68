"""How many letters may leave within which time, and how to say when the next one may."""

from collections.abc import Sequence
from datetime import datetime, timedelta

Limits = Sequence[tuple[timedelta, int]]
_UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


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
    unit, name = next(each for each in _UNITS if seconds >= each[0] or each[0] == 1)
    count = -(-seconds // unit)
    return f"{count} {name}{'' if count == 1 else 's'}"
