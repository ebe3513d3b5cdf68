"""UUIDv7 identifiers (RFC 9562): unique, and sorted by creation time to the millisecond."""

import os
import time
from uuid import UUID


def new_id() -> UUID:
    """A fresh UUIDv7."""
    millis = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    value = (millis << 80) | (0x7 << 76) | ((random >> 68) & 0xFFF) << 64 | (0b10 << 62) | (random & ((1 << 62) - 1))
    return UUID(int=value)


def as_id(said: object) -> UUID | None:
    """The id that somebody has sent or written; None for what is none."""
    try:
        return UUID(str(said))
    except ValueError:
        return None
