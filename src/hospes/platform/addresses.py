"""Whose address a request comes from. Anybody can write `X-Forwarded-For`; only our own proxies are believed."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from fastapi import Request
from starlette.types import Scope

Address = IPv4Address | IPv6Address
Networks = Sequence[IPv4Network | IPv6Network]
UNKNOWN = "unknown"
_MOST_HOPS = 20
_PAIR = re.compile(r'\s*([A-Za-z]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s";,]+)\s*')


def client_address(request: Request) -> str:
    """The network address of who asks, proxies of ours left out; `unknown` when there is none."""
    return request.client.host if request.client else UNKNOWN


def believe_proxies(scope: Scope, trusted: Networks, header: str) -> None:
    """Put the client's own address, and the scheme it used, into the scope.

    From the right, each hop that is a trusted proxy is believed about the one before it; the first that is not trusted
    is the client. Without trust in the one who is connected to us nothing that was forwarded counts.
    """
    peer = _address(scope["client"][0]) if scope.get("client") else None
    if peer is None:
        return
    client = peer
    if trusted and _is_in(client, trusted):
        values = _values(scope, header.encode())
        hops = _forwarded(values, "for") if header == "forwarded" else [each for v in values for each in v.split(",")]
        for hop in reversed(hops[-_MOST_HOPS:]):
            found = _hop(hop)
            if found is None:
                break
            client = found
            if not _is_in(client, trusted):
                break
        said = _forwarded(values, "proto") if header == "forwarded" else _values(scope, b"x-forwarded-proto")
        scheme = said[-1].rsplit(",", 1)[-1].strip().lower() if said else ""
        if scheme in ("http", "https"):
            scope["scheme"] = scheme
    scope["client"] = (str(client), scope["client"][1] if client == peer else 0)


@lru_cache(maxsize=8192)
def counted_as(address: str) -> str:
    """Who is counted together: an IPv4 address, or the /64 network that one household has of IPv6."""
    found = _address(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found.packed[:8] + b"\0" * 8, 64)))
    return str(found) if found else UNKNOWN


@lru_cache(maxsize=8192)
def _address(text: str) -> Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _is_in(address: Address, networks: Networks) -> bool:
    return any(address in network for network in networks if network.version == address.version)


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _hop(text: str) -> Address | None:
    """`1.2.3.4`, `1.2.3.4:567`, `::1`, `[::1]:567`; None for `unknown`, hidden names and nonsense."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    return _address(text) if len(text) <= 60 else None


def _forwarded(values: Sequence[str], wanted: str) -> list[str]:
    """The values of one parameter of Forwarded (RFC 7239), an empty text for an element without it."""
    return [_pairs(element).get(wanted, "") for value in values for element in _elements(value)]


def _elements(value: str) -> Iterator[str]:
    """Split at the commas that stand outside of quotes."""
    return (found[0] for found in re.finditer(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+', value))


def _pairs(element: str) -> dict[str, str]:
    return {name.lower(): value.strip('"') for name, value in _PAIR.findall(element)}
