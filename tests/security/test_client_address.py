"""Nobody chooses the address they are counted by: forwarded headers count from trusted proxies only."""

import re
from ipaddress import ip_network
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.types import Scope

import hospes
from hospes.platform.addresses import believe_proxies, client_address, counted_as

OURS = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
VICTIM = "203.0.113.9"


def a_request(peer: str, *headers: tuple[str, str], trusted: bool = True, header: str = "x-forwarded-for") -> Request:
    scope: Scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "scheme": "http",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
        "client": (peer, 4711),
        "server": ("test", 80),
    }
    believe_proxies(scope, OURS if trusted else (), header)
    return Request(scope)


def test_without_trusted_proxies_whatever_is_forwarded_counts_for_nothing() -> None:
    for name in ("x-forwarded-for", "forwarded", "x-real-ip", "client-ip", "x-forwarded-proto"):
        for value in (VICTIM, f"for={VICTIM};proto=https", "https"):
            request = a_request("198.51.100.1", (name, value), trusted=False)
            assert (client_address(request), request.url.scheme) == ("198.51.100.1", "http")


def test_a_stranger_who_is_connected_to_us_directly_is_not_believed() -> None:
    request = a_request("198.51.100.1", ("x-forwarded-for", VICTIM), ("x-forwarded-proto", "https"))
    assert (client_address(request), request.url.scheme) == ("198.51.100.1", "http")


def test_a_trusted_proxy_is_believed() -> None:
    """The control of the refusals above: the same header from a proxy of ours moves the address."""
    request = a_request("10.0.0.1", ("x-forwarded-for", VICTIM), ("x-forwarded-proto", "https"))
    assert (client_address(request), request.url.scheme) == (VICTIM, "https")


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        (f"{VICTIM}, 198.51.100.1", "198.51.100.1"),
        (f"{VICTIM}, 198.51.100.1, 10.0.0.7", "198.51.100.1"),
        (f"10.0.0.9, {VICTIM}, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.8, 10.0.0.7", "10.0.0.8"),
        ("198.51.100.1:5577", "198.51.100.1"),
        ("[2001:db8::7]:5577", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
        (f"{VICTIM}, nonsense", "10.0.0.1"),
        (f"{VICTIM}, unknown, 10.0.0.7", "10.0.0.7"),
        ("", "10.0.0.1"),
        (f"{VICTIM}, ", "10.0.0.1"),
        ("1" * 5000, "10.0.0.1"),
        ("0x7f.1", "10.0.0.1"),
    ],
)
def test_the_client_is_the_right_most_hop_that_is_not_ours(forwarded: str, client: str) -> None:
    assert client_address(a_request("10.0.0.1", ("x-forwarded-for", forwarded))) == client


def test_several_headers_are_one_list() -> None:
    request = a_request("10.0.0.1", ("x-forwarded-for", VICTIM), ("x-forwarded-for", "198.51.100.1"))
    assert client_address(request) == "198.51.100.1"


@pytest.mark.parametrize(
    ("forwarded", "client", "scheme"),
    [
        ("for=198.51.100.1;proto=https", "198.51.100.1", "https"),
        (f"for={VICTIM}, for=198.51.100.1", "198.51.100.1", "http"),
        ('for="[2001:db8::7]:99";proto=https;by=10.0.0.1', "2001:db8::7", "https"),
        (f'for="{VICTIM}, for=1.1.1.1", for=198.51.100.1', "198.51.100.1", "http"),
        (f"for={VICTIM}, for=_hidden", "10.0.0.1", "http"),
        (f"for={VICTIM}, proto=https", "10.0.0.1", "https"),
        ('for="198.51.100.1', "10.0.0.1", "http"),
    ],
)
def test_the_standard_header_is_read_where_it_is_the_one_that_is_set(forwarded: str, client: str, scheme: str) -> None:
    request = a_request("10.0.0.1", ("forwarded", forwarded), header="forwarded")
    assert (client_address(request), request.url.scheme) == (client, scheme)


def test_the_header_that_the_proxy_does_not_set_is_the_clients_and_counts_for_nothing() -> None:
    spoofed = a_request("10.0.0.1", ("forwarded", f"for={VICTIM};proto=https"), ("x-forwarded-for", "198.51.100.1"))
    assert (client_address(spoofed), spoofed.url.scheme) == ("198.51.100.1", "http")
    other = a_request("10.0.0.1", ("x-forwarded-for", VICTIM), ("forwarded", "for=198.51.100.1"), header="forwarded")
    assert client_address(other) == "198.51.100.1"


def test_nobody_counts_as_many_by_the_addresses_of_one_household() -> None:
    assert counted_as("2001:db8:1:2:3:4:5:6") == counted_as("2001:db8:1:2::ffff") == "2001:db8:1:2::/64"
    assert counted_as("2001:db8:1:3::1") != counted_as("2001:db8:1:2::1")
    assert counted_as("::ffff:198.51.100.1") == counted_as("198.51.100.1") == "198.51.100.1"
    assert counted_as("unix socket") == "unknown"


def test_nobody_reads_the_connection_past_the_one_function() -> None:
    root = Path(hospes.__file__).parent
    readers = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if re.search(r"request\.client\b|client\.host|x-forwarded-|x-real-ip", path.read_text(encoding="utf-8"), re.I)
    }
    assert readers <= {"platform/addresses.py", "platform/settings/ways_in.py"}


def test_the_server_believes_no_header_by_itself() -> None:
    text = (Path(hospes.__file__).parent / "entrypoints" / "serving.py").read_text(encoding="utf-8")
    assert "proxy_headers=False" in text
    assert "server_header=False" in text
