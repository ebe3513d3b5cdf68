"""Writes small files in MaxMind's format (MaxMind DB File Format Specification 2.0): what tests look addresses up in.

A binary search tree over the bits of an address (records of 24 bits), sixteen zero bytes, the data, and the metadata
behind their marker."""

from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from struct import pack
from typing import Any

MARKER = b"\xab\xcd\xefMaxMind.com"
POINTER, TEXT, DOUBLE, UINT16, UINT32, MAP, UINT64, ARRAY = 1, 2, 3, 5, 6, 7, 9, 11
Node = list[Any]


def city(latitude: Any, longitude: Any, name: str = "", country: str = "", radius: Any = None) -> dict[str, Any]:
    """What GeoLite2-City says of a network."""
    found: dict[str, Any] = {"location": {"latitude": latitude, "longitude": longitude}}
    if radius is not None:
        found["location"]["accuracy_radius"] = radius
    if name:
        found["city"] = {"names": {"en": name}}
    if country:
        found["country"] = {"iso_code": country}
    return found


def write_database(path: Path, networks: Mapping[str, Any], *, version: int = 6) -> Path:
    """A file that says this of these networks; IPv4 ones lie at ::/96 of a file of version 6."""
    root: Node = [None, None]
    for text, said in networks.items():
        network = ip_network(text)
        lead = 96 if version == 6 and network.version == 4 else 0
        number, width = int(network.network_address), network.max_prefixlen
        bits = [0] * lead + [number >> (width - 1 - at) & 1 for at in range(network.prefixlen)]
        node = root
        for bit in bits[:-1]:
            if not isinstance(node[bit], list):
                node[bit] = [None, None]
            node = node[bit]
        node[bits[-1]] = (said,)
    nodes: list[Node] = []
    _number(root, nodes)
    places = {id(node): at for at, node in enumerate(nodes)}
    data = bytearray()
    tree = bytearray()
    for node in nodes:
        for child in node:
            if child is None:
                record = len(nodes)
            elif isinstance(child, list):
                record = places[id(child)]
            else:
                record = len(nodes) + 16 + len(data)
                data += encoded(child[0])
            tree += record.to_bytes(3, "big")
    about = {
        "binary_format_major_version": (UINT16, 2),
        "binary_format_minor_version": (UINT16, 0),
        "build_epoch": (UINT64, 1_780_000_000),
        "database_type": "Test-City",
        "description": {"en": "For tests"},
        "ip_version": (UINT16, version),
        "languages": ["en"],
        "node_count": (UINT32, len(nodes)),
        "record_size": (UINT16, 24),
    }
    path.write_bytes(bytes(tree) + bytes(16) + bytes(data) + MARKER + encoded(about))
    return path


def _number(node: Node, nodes: list[Node]) -> None:
    nodes.append(node)
    for child in node:
        if isinstance(child, list):
            _number(child, nodes)


def encoded(said: Any) -> bytes:
    """A value of the data section."""
    if isinstance(said, tuple):
        kind, number = said
        return _number_of(kind, number)
    if isinstance(said, dict):
        return _head(MAP, len(said)) + b"".join(encoded(each) for pair in said.items() for each in pair)
    if isinstance(said, list):
        return _head(ARRAY, len(said)) + b"".join(map(encoded, said))
    if isinstance(said, str):
        return _head(TEXT, len(said.encode())) + said.encode()
    if isinstance(said, float):
        return _head(DOUBLE, 8) + pack(">d", said)
    return _number_of(UINT16 if said < 2**16 else UINT32, said)


def _number_of(kind: int, number: int) -> bytes:
    packed = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return _head(kind, len(packed)) + packed


def _head(kind: int, size: int) -> bytes:
    first, more = (kind << 5, b"") if kind < 8 else (0, bytes([kind - 7]))
    if size < 29:
        return bytes([first | size]) + more
    assert size < 29 + 256
    return bytes([first | 29]) + more + bytes([size - 29])
