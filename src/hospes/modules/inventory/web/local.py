"""Days and times as the wall at the property shows them."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from hospes.modules.inventory.policies.windows import instant


def today_at(zone: str, now: datetime) -> date:
    """The date there."""
    return now.astimezone(ZoneInfo(zone)).date()


def instant_at(zone: str, day: date, at: time) -> datetime:
    """The instant of a time on the wall; one that a clock change skips is the first after the gap."""
    return datetime.fromtimestamp(instant(zone, day, at), UTC)


def read_day(text: str) -> date | None:
    """A day a browser has sent, or None."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


def read_time(text: str) -> time | None:
    """A time a browser has sent, or None."""
    try:
        return time.fromisoformat(text.strip()).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None
