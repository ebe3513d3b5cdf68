"""Calendars as other sites write them, and a source that answers what a test says."""

from datetime import date, timedelta

from hospes.modules.inventory.errors import FeedUnreadable
from hospes.modules.inventory.providers.calendar_source import Fetched


def ics(*events: str) -> bytes:
    """A whole calendar with these events."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Other site//EN", *events, "END:VCALENDAR", ""]
    return "\r\n".join(lines).encode()


def event(*lines: str, uid: str = "one@other") -> str:
    """An event with these lines."""
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT"])


def stay(first: date, nights: int, *, uid: str = "one@other", summary: str = "Reserved") -> str:
    """An all-day event of so many nights."""
    end = first + timedelta(days=nights)
    return event(f"DTSTART;VALUE=DATE:{first:%Y%m%d}", f"DTEND;VALUE=DATE:{end:%Y%m%d}", f"SUMMARY:{summary}", uid=uid)


class ScriptedSource:
    """A calendar source that answers `says`: bytes, None for "nothing has changed", or a refusal to raise."""

    def __init__(self, says: bytes | FeedUnreadable | None = None, etag: str | None = None) -> None:
        self.says = says
        self.etag = etag
        self.asked: list[tuple[str, str | None]] = []

    async def check(self, url: str) -> None:
        """Every address is fine."""

    async def fetch(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        self.asked.append((url, etag))
        if isinstance(self.says, FeedUnreadable):
            raise self.says
        return Fetched(self.says, self.etag)
