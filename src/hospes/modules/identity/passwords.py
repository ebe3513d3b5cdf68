"""Password hashes: bcrypt at cost 10, computed in a thread because one takes some 50 ms."""

import asyncio
import base64
import hashlib
import secrets

import bcrypt

COST = 10
_BCRYPT_READS = 72
# Of random bytes that were thrown away, at the same cost as real ones.
_NOBODYS_HASH = "$2b$10$EV0fhfUuNmv.fP9PB/dqo.MTkjPWQsgGg3gtWmjiEur2phP0b6qTG"


async def hash_password(password: str) -> str:
    """A salted bcrypt hash to store."""
    return (await asyncio.to_thread(bcrypt.hashpw, _material(password), bcrypt.gensalt(COST))).decode()


async def is_password(password: str, password_hash: str | None) -> bool:
    """Whether the password fits; without a hash, False after the same time, so nobody learns who has an account."""
    fits = await asyncio.to_thread(bcrypt.checkpw, _material(password), (password_hash or _NOBODYS_HASH).encode())
    return fits and password_hash is not None


def unusable() -> str:
    """A hash that no password fits: of 256 random bits, thrown away."""
    return bcrypt.hashpw(secrets.token_urlsafe(32).encode(), bcrypt.gensalt(4)).decode()


def _material(password: str) -> bytes:
    """What bcrypt is given: it reads 72 bytes and stops at NUL, so longer ones go in as base64(sha256)."""
    written = password.encode()
    if len(written) <= _BCRYPT_READS and b"\x00" not in written:
        return written
    return base64.b64encode(hashlib.sha256(written).digest())
