"""Password hashes: bcrypt at cost 10, some 50 ms each, computed beside the event loop.

They have threads of their own, half as many as there are cores, which give way to everything else (on Linux): who
signs in waits for others who do, and nobody else for them.
"""

import asyncio
import base64
import hashlib
import os
import secrets
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from typing import TypeVar

import bcrypt

T = TypeVar("T")

COST = 10
_BCRYPT_READS = 72
# Of random bytes that were thrown away, at the same cost as real ones.
_NOBODYS_HASH = "$2b$10$EV0fhfUuNmv.fP9PB/dqo.MTkjPWQsgGg3gtWmjiEur2phP0b6qTG"


async def hash_password(password: str) -> str:
    """A salted bcrypt hash to store."""
    return (await _beside(bcrypt.hashpw, _material(password), bcrypt.gensalt(COST))).decode()


async def is_password(password: str, password_hash: str | None) -> bool:
    """Whether the password fits; without a hash, False after the same time, so nobody learns who has an account."""
    fits = await _beside(bcrypt.checkpw, _material(password), (password_hash or _NOBODYS_HASH).encode())
    return fits and password_hash is not None


def unusable() -> str:
    """A hash that no password fits: of 256 random bits, thrown away."""
    return bcrypt.hashpw(secrets.token_urlsafe(32).encode(), bcrypt.gensalt(4)).decode()


async def _beside(work: Callable[[bytes, bytes], T], material: bytes, salt: bytes) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads(), work, material, salt)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max((os.cpu_count() or 1) // 2, 1), "passwords", _give_way)


def _give_way() -> None:
    if sys.platform == "linux":  # elsewhere a thread has no priority of its own
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


def _material(password: str) -> bytes:
    """What bcrypt is given: it reads 72 bytes and stops at NUL, so longer ones go in as base64(sha256)."""
    written = password.encode()
    if len(written) <= _BCRYPT_READS and b"\x00" not in written:
        return written
    return base64.b64encode(hashlib.sha256(written).digest())
