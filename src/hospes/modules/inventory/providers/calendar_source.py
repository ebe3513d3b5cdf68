"""Where calendars come from: a port, and the one that asks the internet without ever reaching into our own network."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from urllib.parse import urljoin

import httpx

from hospes.modules.inventory.errors import FeedAddressRefused, FeedUnreadable
from hospes.modules.inventory.policies.addresses import is_public
from hospes.modules.inventory.providers.ical_lines import MAX_BYTES

SECONDS = 10.0
MAX_REDIRECTS = 3
MAX_URL = 2_000
MAX_TAG = 500
Resolve = Callable[[str, int], Awaitable[list[str]]]


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


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host; empty when there is none."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class InternetCalendars:
    """Asks by http and https. A host is looked up once, every address must be public, and the connection goes to the
    address that was checked, so that a name which answers differently the second time gains nothing. Redirects are
    checked alike. `allows` decides over addresses (tests allow their own server)."""

    def __init__(self, resolve: Resolve = resolve, allows: Callable[[str], bool] = is_public) -> None:
        self._resolve = resolve
        self._allows = allows

    async def check(self, url: str) -> None:
        """Raises `FeedAddressRefused` unless the address may be asked; looks its host up (10 s)."""
        try:
            async with asyncio.timeout(SECONDS):
                await self._addresses(_parsed(url))
        except TimeoutError as fault:
            raise _refused("This address cannot be found.") from fault

    async def fetch(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """At most 5 MB within 10 seconds."""
        tags = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in tags.items() if value}
        try:
            async with asyncio.timeout(SECONDS):
                return await self._follow(url, headers)
        except TimeoutError as fault:
            raise FeedUnreadable("There was no answer within 10 seconds.") from fault
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as fault:
            raise FeedUnreadable("The address could not be reached.") from fault

    async def _follow(self, url: str, headers: dict[str, str]) -> Fetched:
        for _ in range(MAX_REDIRECTS + 1):
            found = await self._ask(_parsed(url), headers)
            if isinstance(found, Fetched):
                return found
            url = urljoin(url, found)
        raise FeedUnreadable(f"The address leads to another more than {MAX_REDIRECTS} times.")

    async def _ask(self, url: httpx.URL, headers: dict[str, str]) -> Fetched | str:
        """The answer, or where to ask instead."""
        addresses = await self._addresses(url)
        for place, address in enumerate(addresses, 1):
            try:
                return await self._ask_at(address, url, headers)
            except httpx.ConnectError:
                if place == len(addresses):
                    raise
        raise FeedUnreadable("The address could not be reached.")

    async def _ask_at(self, address: str, url: httpx.URL, headers: dict[str, str]) -> Fetched | str:
        transport = httpx.AsyncHTTPTransport(verify=_certificates(), trust_env=False)
        request = httpx.Request(
            "GET",
            url.copy_with(host=address),
            headers={
                "Host": url.netloc.decode("ascii"),
                "Accept": "text/calendar, text/plain;q=0.5",
                "Accept-Encoding": "identity",
                "User-Agent": "Hospes",
                **headers,
            },
            extensions={"sni_hostname": url.raw_host.decode("ascii"), "timeout": httpx.Timeout(SECONDS).as_dict()},
        )
        async with transport:
            response = await transport.handle_async_request(request)
            try:
                return await _read(response)
            finally:
                await response.aclose()

    async def _addresses(self, url: httpx.URL) -> list[str]:
        host = url.host.strip("[]")
        addresses = await self._resolve(host, url.port or (443 if url.scheme == "https" else 80))
        if not addresses:
            raise _refused("This address cannot be found.")
        if not all(self._allows(each) for each in addresses):
            raise _refused("This address lies within a network that is not asked.")
        return addresses


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
        host = parsed.raw_host.decode("ascii")
    except (httpx.InvalidURL, ValueError, TypeError) as fault:
        raise _refused("This is not an address.") from fault
    if not url.isprintable() or " " in url:
        raise _refused("This is not an address.")
    if len(url) > MAX_URL or parsed.scheme not in ("http", "https") or not host or parsed.userinfo:
        raise _refused("The address must begin with https:// or http://, without a user name.")
    return parsed


async def _read(response: httpx.Response) -> Fetched | str:
    if response.status_code in (301, 302, 303, 307, 308) and "Location" in response.headers:
        return response.headers["Location"]
    if response.status_code == 304:
        return Fetched(None)
    if response.status_code != 200:
        raise FeedUnreadable(f"The address answered with status {response.status_code}.")
    if response.headers.get("Content-Encoding", "identity").lower() not in ("identity", ""):
        raise FeedUnreadable("The answer is packed in a way that was not asked for.")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MAX_BYTES:
            raise FeedUnreadable("The calendar is larger than 5 MB.")
    length = response.headers.get("Content-Length")
    if length is not None and length.isdecimal() and int(length) != len(body):
        raise FeedUnreadable("The answer broke off.")
    return Fetched(bytes(body), _tag(response, "ETag"), _tag(response, "Last-Modified"))


def _tag(response: httpx.Response, name: str) -> str | None:
    value: str | None = response.headers.get(name)
    return value if value and len(value) <= MAX_TAG and value.isprintable() else None


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def calendar_source() -> CalendarSource:
    """The source the product uses."""
    return InternetCalendars()


def _refused(sentence: str) -> FeedAddressRefused:
    return FeedAddressRefused(sentence, fields={"url": sentence})
