"""Calendars are asked for on the public internet only, whatever names, redirects and answers do."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from hospes.modules.inventory.errors import FeedAddressRefused, FeedUnreadable
from hospes.modules.inventory.providers.calendar_source import InternetCalendars
from hospes.platform.outgoing import is_public

HERE = "127.0.0.1"


@dataclass
class Site:
    """A real HTTP server on this machine; `answers` makes the raw answer to a request's text."""

    answers: Callable[[str], bytes]
    port: int = 0
    heard: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heard.append(request)
        try:
            writer.write(self.answers(request))
            await writer.drain()
        except ConnectionError:
            pass
        writer.close()

    def url(self, host: str = "calendar.example", path: str = "/feed.ics") -> str:
        return f"http://{host}:{self.port}{path}"


def answer(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
    return "\r\n".join(head).encode() + body


@asynccontextmanager
async def a_site(answers: Callable[[str], bytes]) -> AsyncIterator[Site]:
    site = Site(answers)
    server = await asyncio.start_server(site.serve, HERE, 0)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()
        await server.wait_closed()


def source(*addresses: str, allowed: str = HERE) -> InternetCalendars:
    """Every name leads to these addresses; `allowed` counts as public."""

    async def resolve(host: str, port: int) -> list[str]:
        return list(addresses or (HERE,))

    return InternetCalendars(resolve, allows=lambda address: address == allowed or is_public(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0.1.2.3"),
        *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.0.170", "198.18.0.1", "192.0.2.1", "203.0.113.9"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1"),
        *("::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:db8::1", "2001::1", "::127.0.0.1", "fec0::1"),
        *("", "localhost", "127.1", "2130706433", "0x7f.1"),
    ],
)
def test_everything_else_is_not(address: str) -> None:
    assert not is_public(address)


async def test_the_answer_comes_with_its_tags_and_the_name_that_was_asked() -> None:
    async with a_site(lambda _: answer(b"BEGIN", "200 OK", 'ETag: "7"', "Last-Modified: Mon")) as site:
        found = await source().fetch(site.url())
        assert (found.body, found.etag, found.last_modified) == (b"BEGIN", '"7"', "Mon")
        assert f"host: calendar.example:{site.port}\r\n" in site.heard[0].lower()
        assert "accept-encoding: identity\r\n" in site.heard[0].lower()


async def test_nothing_changed_is_an_answer_too() -> None:
    async with a_site(lambda _: answer(b"", "304 Not Modified")) as site:
        found = await source().fetch(site.url(), etag='"7"', last_modified="Mon")
        assert found.body is None
        assert 'if-none-match: "7"' in site.heard[0].lower()
        assert "if-modified-since: mon" in site.heard[0].lower()


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/passwd", "ftp://calendar.example/a.ics", "gopher://calendar.example", "//calendar.example", ""),
        *("http://", "https://name:secret@calendar.example/", "http://[::1", "http://a b/", "javascript:alert(1)"),
        "https://calendar.example/" + "a" * 2_000,
    ],
)
async def test_an_address_that_is_none_of_the_web_is_refused(url: str) -> None:
    for asking in (source().check, source().fetch):
        with pytest.raises(FeedAddressRefused):
            await asking(url)


async def test_a_name_that_leads_inside_is_refused_without_a_connection() -> None:
    async with a_site(lambda _: answer(b"secret")) as site:
        inside = InternetCalendars()
        for host in (HERE, "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "127.1", "0"):
            for asking in (inside.check, inside.fetch):
                with pytest.raises(FeedAddressRefused):
                    await asking(site.url(host))
        assert site.heard == []


async def test_one_address_inside_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(FeedAddressRefused):
        await source("93.184.216.34", "10.0.0.1").fetch("http://calendar.example/")


async def test_a_name_that_answers_differently_the_second_time_gains_nothing() -> None:
    answers = iter([[HERE], ["10.0.0.1"], ["10.0.0.1"]])
    asked = []

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    async with a_site(lambda _: answer(b"mine")) as site:
        calendars = InternetCalendars(rebinding, allows=lambda address: address == HERE)
        assert (await calendars.fetch(site.url())).body == b"mine"
    assert asked == ["calendar.example"]


async def test_a_redirect_is_followed_and_checked_like_the_first_address() -> None:
    def answers(request: str) -> bytes:
        to = "/there" if request.startswith("GET /feed.ics") else "http://169.254.169.254/latest/meta-data"
        return answer(b"found") if "GET /there" in request else answer(b"", "302 Found", f"Location: {to}")

    async def resolve(host: str, port: int) -> list[str]:
        return [host if host[0].isdigit() else HERE]

    async with a_site(answers) as site:
        calendars = InternetCalendars(resolve, allows=lambda address: address == HERE)
        assert (await calendars.fetch(site.url())).body == b"found"
        with pytest.raises(FeedAddressRefused, match="within a network"):
            await calendars.fetch(site.url(path="/elsewhere"))
        assert len(site.heard) == 3


async def test_redirects_end_after_three() -> None:
    async with a_site(lambda _: answer(b"", "301 Moved", "Location: /again")) as site:
        with pytest.raises(FeedUnreadable, match="more than 3 times"):
            await source().fetch(site.url())
        assert len(site.heard) == 4


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (answer(b"no", "404 Not Found"), "status 404"),
        (answer(b"no", "500 Oh"), "status 500"),
        (answer(b"x" * 5_000_001), "larger than 5 MB"),
        (answer(b"x", "200 OK", "Content-Encoding: gzip"), "not asked for"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nonly this", "could not be reached"),
        (b"SSH-2.0-OpenSSH\r\n", "could not be reached"),
        (b"", "could not be reached"),
    ],
)
async def test_a_bad_answer_is_told(said: bytes, why: str) -> None:
    async with a_site(lambda _: said) as site:
        with pytest.raises(FeedUnreadable, match=why):
            await source().fetch(site.url())


async def test_a_name_nobody_knows_and_a_port_nobody_listens_at_are_told() -> None:
    async def nobody(host: str, port: int) -> list[str]:
        return []

    with pytest.raises(FeedAddressRefused, match="cannot be found"):
        await InternetCalendars(nobody).fetch("http://nowhere.example/")
    async with a_site(lambda _: b"") as site:
        pass
    with pytest.raises(FeedUnreadable, match="could not be reached"):
        await source().fetch(site.url())
