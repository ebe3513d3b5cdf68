"""How long codes and links are good, and how often they are sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hospes.modules.identity.contracts import Purpose

MOST_TRIES = 5
CODE_LASTS = timedelta(minutes=10)
LINK_LASTS: dict[Purpose, timedelta] = {
    Purpose.VERIFY_EMAIL: timedelta(hours=24),
    Purpose.CHANGE_EMAIL: timedelta(hours=24),
    Purpose.RESET_PASSWORD: timedelta(hours=1),
    Purpose.UNDO_EMAIL: timedelta(days=7),
    Purpose.UNDO_PHONE: timedelta(days=7),
}
# What goes to addresses that nobody has proven yet: a stranger's mailbox or number could be among them.
UNPROVEN = (Purpose.VERIFY_EMAIL, Purpose.VERIFY_PHONE, Purpose.CHANGE_EMAIL, Purpose.CHANGE_PHONE)
SEND_LIMITS = ((timedelta(minutes=1), 1), (timedelta(hours=1), 5), (timedelta(days=1), 10))
TARGET_LIMITS = ((timedelta(hours=1), 10), (timedelta(days=1), 20))
LONGEST_LIMIT = timedelta(days=1)


def seconds_to_wait(
    sent_at: Sequence[datetime], now: datetime, limits: Sequence[tuple[timedelta, int]] = SEND_LIMITS
) -> int:
    """Until one more may be sent, from the times of the earlier ones; 0 when it may be now."""
    waits = [0.0]
    for window, most in limits:
        inside = sorted(at for at in sent_at if at > now - window)
        if len(inside) >= most:
            waits.append((inside[-most] + window - now).total_seconds())
    return -int(-max(waits) // 1)


def said_wait(seconds: int) -> str:
    """`40 seconds`, `12 minutes`, `3 hours`."""
    for unit, name in ((3600, "hour"), (60, "minute"), (1, "second")):
        count = -(-seconds // unit)
        if seconds >= unit or unit == 1:
            return f"{count} {name}{'' if count == 1 else 's'}"
    return "a moment"
