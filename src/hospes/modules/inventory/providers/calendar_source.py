"""Where calendars come from: a port, and the one that asks the internet without ever reaching into our own network."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from hospes.modules.inventory.errors import FeedAddressRefused, FeedUnreadable
from hospes.modules.inventory.providers.ical_lines import MAX_BYTES
from hospes.platform.outgoing import AddressRefused, NoAnswer, Outgoing, Resolve, TooMuch, is_public, resolve

MAX_TAG = 500


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer; `body` is None when nothing has changed since the tags that were sent."""

    body: bytes | None
    etag: str | None = None
    last_modified: str | None = None


class CalendarSource(Protocol):
    """Anything that answers the bytes at an address."""

    async def check(self, url: str) -> None:
        """Raises `FeedAddressRefused` for an address that is never asked."""

    async def fetch(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """The answer; raises `FeedUnreadable` or `FeedAddressRefused`."""


class InternetCalendars:
    """Asks by http and https, guarded as `platform.outgoing` says."""

    def __init__(self, resolve: Resolve = resolve, allows: Callable[[str], bool] = is_public) -> None:
        self._outgoing = Outgoing(resolve, allows)

    async def check(self, url: str) -> None:
        """Raises `FeedAddressRefused` unless the address may be asked; looks its host up (10 s)."""
        with _told():
            await self._outgoing.check(url)

    async def fetch(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """At most 5 MB within 10 seconds."""
        tags = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in tags.items() if value}
        with _told():
            found = await self._outgoing.fetch(
                url, headers={"Accept": "text/calendar, text/plain;q=0.5", **headers}, max_bytes=MAX_BYTES
            )
        if found.status == 304:
            return Fetched(None)
        return Fetched(found.body, _tag(found.headers, "ETag"), _tag(found.headers, "Last-Modified"))


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except AddressRefused as fault:
        raise FeedAddressRefused(str(fault), fields={"url": str(fault)}) from fault
    except TooMuch as fault:
        raise FeedUnreadable(f"The calendar is larger than {MAX_BYTES // 1_000_000} MB.") from fault
    except NoAnswer as fault:
        raise FeedUnreadable(str(fault)) from fault


def _tag(headers: Mapping[str, str], name: str) -> str | None:
    value = headers.get(name)
    return value if value and len(value) <= MAX_TAG and value.isprintable() else None
