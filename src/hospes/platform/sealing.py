"""Envelope encryption with AES-256-GCM: what is sealed can be read only by this installation, and only in its place.

A `Keyring` holds key-encryption keys; the first is current, the others still open what they sealed. Small secrets that
travel (codes, links) are sealed with them at once. What belongs to one person is sealed with a `DataKey` of theirs,
itself kept sealed by the keyring ("wrapped"): turning the keys over re-wraps it, throwing it away shreds the person.
`aad` names the place a sealed value belongs to; it opens nowhere else. `blind` makes values comparable, not readable.

Sealed by the keyring: 0x01, length and letters of the key's name, nonce (12 bytes), ciphertext with tag (NIST SP
800-38D). Sealed by a data key: 0x02, nonce, ciphertext with tag. Nonces are random: good for 2^32 values of one key.
"""

import hmac
import os
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hospes.platform.settings import Settings, SettingsError, kept_secret

SHORTEST_SECRET = 32

_BY_KEYRING, _BY_DATA_KEY = 1, 2
_NONCE = 12
_KEPT_KEYS = 4096
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,32}")


class SealBroken(Exception):
    """A sealed value cannot be opened: its key is not in the ring, it was changed, or it belongs somewhere else."""


class DataKey:
    """One person's key."""

    def __init__(self, key: bytes) -> None:
        self._key = AESGCM(key)

    def seal(self, plain: bytes, aad: bytes) -> bytes:
        """Readable only with this key and in this place."""
        nonce = os.urandom(_NONCE)
        return bytes((_BY_DATA_KEY,)) + nonce + self._key.encrypt(nonce, plain, aad)

    def unseal(self, sealed: bytes, aad: bytes) -> bytes:
        """What was sealed; raises `SealBroken`."""
        if sealed[:1] != bytes((_BY_DATA_KEY,)):
            raise SealBroken("This was not sealed by a data key.")
        return _opened(self._key, sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], aad)


class Keyring:
    """Key-encryption keys by name, the current one first, and the secret under which values are made comparable.

    A secret is any text of 32 characters or more that nobody can guess (`openssl rand -base64 32`); raises `ValueError`
    on names or secrets that cannot be used.
    """

    def __init__(self, keys: Sequence[tuple[str, str]], index_secret: str) -> None:
        names = [name for name, _ in keys]
        if not names or len(set(names)) != len(names) or not all(map(_NAME.fullmatch, names)):
            raise ValueError("every key needs a name of its own, of up to 32 letters, digits, dots and dashes")
        if any(len(secret) < SHORTEST_SECRET for secret in (*(secret for _, secret in keys), index_secret)):
            raise ValueError(f"every secret needs {SHORTEST_SECRET} characters or more")
        self.names = tuple(names)
        self._keys = {name: AESGCM(_derived(secret, "key-encryption")) for name, secret in keys}
        self._index_key = lru_cache(maxsize=64)(lambda purpose: _derived(index_secret, f"blind-index:{purpose}"))
        self._open_data_key = lru_cache(maxsize=_KEPT_KEYS)(lambda wrapped, aad: DataKey(self.unseal(wrapped, aad)))

    @property
    def current(self) -> str:
        """The name of the key that seals."""
        return self.names[0]

    def seal(self, plain: bytes, aad: bytes) -> bytes:
        """Readable only with this keyring and in this place."""
        nonce, name = os.urandom(_NONCE), self.current
        head = bytes((_BY_KEYRING, len(name))) + name.encode()
        return head + nonce + self._keys[name].encrypt(nonce, plain, aad)

    def unseal(self, sealed: bytes, aad: bytes) -> bytes:
        """What was sealed; raises `SealBroken`."""
        name = key_name(sealed)
        key = self._keys.get(name)
        if key is None:
            raise SealBroken(f"The key {name} is not in the ring.")
        start = 2 + len(name)
        return _opened(key, sealed[start : start + _NONCE], sealed[start + _NONCE :], aad)

    def seal_text(self, text: str, purpose: str) -> str:
        """A text as letters that may travel in JSON and addresses; `purpose` is where it may be opened."""
        return urlsafe_b64encode(self.seal(text.encode(), purpose.encode())).rstrip(b"=").decode()

    def unseal_text(self, sealed: str, purpose: str) -> str:
        """The text; raises `SealBroken`."""
        try:
            raw = urlsafe_b64decode(sealed.encode() + b"=" * (-len(sealed) % 4))
        except (NotBase64, ValueError) as fault:
            raise SealBroken("This is no sealed text.") from fault
        return self.unseal(raw, purpose.encode()).decode()

    def blind(self, text: str, purpose: str) -> bytes:
        """HMAC-SHA256 of a text, 32 bytes: equal texts of one purpose are equal, and none can be read or guessed."""
        return hmac.digest(self._index_key(purpose), text.encode(), sha256)

    def new_data_key(self, aad: bytes) -> tuple[DataKey, bytes]:
        """A new key and its wrapped form, which belongs to this place."""
        key = AESGCM.generate_key(256)
        return DataKey(key), self.seal(key, aad)

    def data_key(self, wrapped: bytes, aad: bytes) -> DataKey:
        """The key in this wrapping; the latest few thousand are remembered. Raises `SealBroken`."""
        return self._open_data_key(wrapped, aad)

    def rewrap(self, wrapped: bytes, aad: bytes) -> bytes:
        """The same data key, wrapped by the current key; raises `SealBroken`."""
        return self.seal(self.unseal(wrapped, aad), aad)


def key_name(sealed: bytes) -> str:
    """The name of the key a keyring sealed this with; raises `SealBroken`."""
    if len(sealed) < 2 or sealed[0] != _BY_KEYRING or len(sealed) < 2 + sealed[1] + _NONCE:
        raise SealBroken("This was not sealed by a keyring.")
    return sealed[2 : 2 + sealed[1]].decode("ascii", "replace")


def keyring_of(settings: Settings) -> Keyring:
    """The keys of `auth.pii_keys`, or one kept in data_dir; raises `SettingsError`."""
    auth = settings.auth
    given = [key.get_secret_value() for key in auth.pii_keys]
    keys = [(name, secret) for name, _, secret in (each.partition(":") for each in given)]
    try:
        return Keyring(
            keys or [("kept", kept_secret(settings.data_dir, "pii_key"))],
            auth.pii_index_secret.get_secret_value() or kept_secret(settings.data_dir, "pii_index"),
        )
    except ValueError as fault:
        raise SettingsError(f"auth.pii_keys: {fault}; write name:secret, the current key first") from fault


def _derived(secret: str, purpose: str) -> bytes:
    """32 bytes of a secret, for one purpose (HKDF, RFC 5869)."""
    return HKDF(SHA256(), 32, salt=None, info=f"hospes:{purpose}".encode()).derive(secret.encode())


def _opened(key: AESGCM, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
    try:
        return key.decrypt(nonce, sealed, aad)
    except (InvalidTag, ValueError) as fault:
        raise SealBroken("This was changed, or belongs somewhere else.") from fault
