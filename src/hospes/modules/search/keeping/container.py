"""A file of named arrays and facts about them, mapped so that processes share it and each keeps its own changes.

Layout: MAGIC, the length and the CRC-32 of the header (two little-endian u32), the header as JSON (`facts`, and for
every array its piece, name, type, shape, offset and CRC-32), then the arrays, each at a multiple of 64 bytes.
"""

import mmap
import os
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from hospes.modules.search.policies.repairing import Reason

MAGIC = b"HospesIx"
LONGEST_HEADER = 64 * 2**20
_START = struct.Struct("<8sII")
_ALIGN = 64

Arrays = Mapping[str, NDArray[Any]]
Facts = Mapping[str, Any]
Pieces = Mapping[str, tuple[Arrays, Facts]]


class UnfitSnapshot(Exception):
    """A file that cannot be used, and why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Container:
    """What a file held. The arrays may be written to; that is seen by this process only, and not kept."""

    facts: dict[str, Any]
    pieces: dict[str, tuple[dict[str, NDArray[Any]], dict[str, Any]]]
    size: int


def write_container(path: Path, facts: Facts, pieces: Pieces) -> None:
    """Write a file, whole or not at all: it appears under its name once it is on the disk. Raises `OSError`."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            for piece in _bytes_of(facts, pieces):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def open_container(path: Path) -> Container:
    """Map a file and check all of it; raises `UnfitSnapshot`, or `OSError` when it cannot be read."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size < _START.size:
            raise UnfitSnapshot(Reason.TORN)
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    header = _header(mapped)
    pieces: dict[str, tuple[dict[str, NDArray[Any]], dict[str, Any]]] = {
        name: ({}, facts) for name, facts in header["pieces"].items()
    }
    for said in header["arrays"]:
        pieces[said["piece"]][0][said["name"]] = _array(mapped, said)
    return Container(header["facts"], pieces, size)


def _bytes_of(facts: Facts, pieces: Pieces) -> Iterator[bytes | memoryview]:
    plain = [
        (name, key, np.ascontiguousarray(array)) for name, said in pieces.items() for key, array in said[0].items()
    ]
    directory, offset = [], 0
    for name, key, array in plain:
        raw = _raw(array)
        directory.append({
            "piece": name, "name": key, "type": np.lib.format.dtype_to_descr(array.dtype), "shape": array.shape,
            "offset": offset, "crc": zlib.crc32(raw),
        })  # fmt: skip
        offset += len(raw) + _padding(len(raw))
    header = orjson.dumps({
        "facts": dict(facts), "arrays": directory, "pieces": {name: dict(said) for name, (_, said) in pieces.items()},
    })  # fmt: skip
    yield _START.pack(MAGIC, len(header), zlib.crc32(header)) + header
    yield b"\0" * _padding(_START.size + len(header))
    for _, _, array in plain:
        raw = _raw(array)
        yield raw
        yield b"\0" * _padding(len(raw))


def _raw(array: NDArray[Any]) -> memoryview:
    return array.reshape(-1).view(np.uint8).data if array.size else memoryview(b"")


def _padding(length: int) -> int:
    return -length % _ALIGN


def _header(mapped: mmap.mmap) -> dict[str, Any]:
    magic, length, checksum = _START.unpack_from(mapped)
    if magic != MAGIC:
        raise UnfitSnapshot(Reason.FOREIGN_VERSION)
    end = _START.size + length
    if length > LONGEST_HEADER or end > len(mapped) or zlib.crc32(mapped[_START.size : end]) != checksum:
        raise UnfitSnapshot(Reason.TORN)
    header: dict[str, Any] = orjson.loads(mapped[_START.size : end])
    for said in header["arrays"]:
        said["offset"] += end + _padding(end)
    return header


def _array(mapped: mmap.mmap, said: Mapping[str, Any]) -> NDArray[Any]:
    descr = said["type"]
    dtype = np.lib.format.descr_to_dtype([tuple(field) for field in descr] if isinstance(descr, list) else descr)
    count = int(np.prod(said["shape"], dtype=np.int64))
    if not count:
        return np.zeros(said["shape"], dtype)
    end = said["offset"] + count * dtype.itemsize
    if end > len(mapped):
        raise UnfitSnapshot(Reason.TORN)
    flat: NDArray[Any] = np.frombuffer(mapped, dtype, count, said["offset"])
    if zlib.crc32(_raw(flat)) != said["crc"]:
        raise UnfitSnapshot(Reason.TORN)
    return flat.reshape(said["shape"])


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
