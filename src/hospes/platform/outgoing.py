"""Asks addresses that people gave us (calendars), on the public internet only, never within our own network.

A host is looked up once, every address it has must be public, and the connection goes to the address that was checked,
so that a name which answers differently the second time gains nothing. Redirects are checked alike. Time and size are
bounded; nothing of ours (cookies, proxies, credentials in addresses) is sent along.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urljoin

import httpx

SECONDS = 10.0
MAX_REDIRECTS = 3
MAX_URL = 2_000
Resolve = Callable[[str, int], Awaitable[list[str]]]

# What the library counts as global in some releases, or what carries another address inside.
_REFUSED = tuple(
    ip_network(each)
    for each in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "224.0.0.0/3",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")


class AddressRefused(Exception):
    """This address is never asked; the message says why, to a person."""


class NoAnswer(Exception):
    """There was no answer that can be used; the message says why, to a person."""


class TooMuch(NoAnswer):
    """There was more than may be."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: 200 with a body, or 304 without."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def is_public(address: str) -> bool:
    """Whether this is an address anybody could reach; False for those of private, local and special networks, for IPv4
    ones dressed as IPv6, and for anything that is no address."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if found.scope_id is not None or found not in _GLOBAL_UNICAST:
            return False
    if not found.is_global or found.is_multicast or found.is_private:
        return False
    return not any(found in network for network in _REFUSED if network.version == found.version)


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host; empty when there is none."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class Outgoing:
    """Asks by http and https with GET. `allows` decides over addresses (tests allow their own server)."""

    def __init__(self, resolve: Resolve = resolve, allows: Callable[[str], bool] = is_public) -> None:
        self._resolve = resolve
        self._allows = allows

    async def check(self, url: str) -> None:
        """Raises `AddressRefused` unless the address may be asked; looks its host up (10 s)."""
        try:
            async with asyncio.timeout(SECONDS):
                await self._addresses(_parsed(url))
        except TimeoutError as fault:
            raise AddressRefused("This address cannot be found.") from fault

    async def fetch(self, url: str, *, headers: Mapping[str, str], max_bytes: int) -> Answer:
        """The answer, at most so large and within 10 seconds. Raises `AddressRefused` and `NoAnswer`."""
        try:
            async with asyncio.timeout(SECONDS):
                return await self._follow(url, headers, max_bytes)
        except TimeoutError as fault:
            raise NoAnswer("There was no answer within 10 seconds.") from fault
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as fault:
            raise NoAnswer("The address could not be reached.") from fault

    async def _follow(self, url: str, headers: Mapping[str, str], max_bytes: int) -> Answer:
        for _ in range(MAX_REDIRECTS + 1):
            found = await self._ask(_parsed(url), headers, max_bytes)
            if isinstance(found, Answer):
                return found
            url = urljoin(url, found)
        raise NoAnswer(f"The address leads to another more than {MAX_REDIRECTS} times.")

    async def _ask(self, url: httpx.URL, headers: Mapping[str, str], max_bytes: int) -> Answer | str:
        """The answer, or where to ask instead."""
        addresses = await self._addresses(url)
        for place, address in enumerate(addresses, 1):
            try:
                return await _ask_at(address, url, headers, max_bytes)
            except httpx.ConnectError:
                if place == len(addresses):
                    raise
        raise NoAnswer("The address could not be reached.")

    async def _addresses(self, url: httpx.URL) -> list[str]:
        host = url.host.strip("[]")
        addresses = await self._resolve(host, url.port or (443 if url.scheme == "https" else 80))
        if not addresses:
            raise AddressRefused("This address cannot be found.")
        if not all(self._allows(each) for each in addresses):
            raise AddressRefused("This address lies within a network that is not asked.")
        return addresses


async def _ask_at(address: str, url: httpx.URL, headers: Mapping[str, str], max_bytes: int) -> Answer | str:
    transport = httpx.AsyncHTTPTransport(verify=_certificates(), trust_env=False)
    own = {"Host": url.netloc.decode("ascii"), "Accept-Encoding": "identity", "User-Agent": "Hospes"}
    request = httpx.Request(
        "GET",
        url.copy_with(host=address),
        headers={**own, **headers},
        extensions={"sni_hostname": url.raw_host.decode("ascii"), "timeout": httpx.Timeout(SECONDS).as_dict()},
    )
    async with transport:
        response = await transport.handle_async_request(request)
        try:
            return await _read(response, max_bytes)
        finally:
            await response.aclose()


async def _read(response: httpx.Response, max_bytes: int) -> Answer | str:
    if response.status_code in (301, 302, 303, 307, 308) and "Location" in response.headers:
        return response.headers["Location"]
    if response.status_code == 304:
        return Answer(304, response.headers, b"")
    if response.status_code != 200:
        raise NoAnswer(f"The address answered with status {response.status_code}.")
    if response.headers.get("Content-Encoding", "identity").lower() not in ("identity", ""):
        raise NoAnswer("The answer is packed in a way that was not asked for.")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > max_bytes:
            raise TooMuch(f"What is there is larger than {max_bytes // 1_000_000} MB.")
    length = response.headers.get("Content-Length")
    if length is not None and length.isdecimal() and int(length) != len(body):
        raise NoAnswer("The answer broke off.")
    return Answer(200, response.headers, bytes(body))


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
        host = parsed.raw_host.decode("ascii")
    except (httpx.InvalidURL, ValueError, TypeError) as fault:
        raise AddressRefused("This is not an address.") from fault
    if not url.isprintable() or " " in url:
        raise AddressRefused("This is not an address.")
    if len(url) > MAX_URL or parsed.scheme not in ("http", "https") or not host or parsed.userinfo:
        raise AddressRefused("The address must begin with https:// or http://, without a user name.")
    return parsed


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()
