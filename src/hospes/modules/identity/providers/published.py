"""What an OpenID provider publishes: its addresses (OpenID Connect Discovery 1.0) and its keys (RFC 7517)."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from hospes.modules.identity.providers.port import ProviderSilent

TIMEOUT = 10.0
_ADDRESSES_LAST = timedelta(days=1)
_KEYS_LAST = timedelta(hours=6)
_ASK_AGAIN = timedelta(minutes=1)
_LARGEST = 500_000


async def fetch_json(http: httpx.AsyncClient, url: str, **given: Any) -> Mapping[str, Any]:
    """The object at an address; raises `ProviderSilent`."""
    try:
        answer = await http.get(url, timeout=TIMEOUT, **given)
        answer.raise_for_status()
        said = answer.json() if len(answer.content) <= _LARGEST else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as fault:
        raise ProviderSilent(f"no sense from {httpx.URL(url).host}: {type(fault).__name__}") from fault
    if not isinstance(said, dict):
        raise ProviderSilent(f"no sense from {httpx.URL(url).host}")
    return said


class Published:
    """One provider's addresses and keys, asked for when needed and remembered for hours."""

    def __init__(self, http: httpx.AsyncClient, issuer: str) -> None:
        self._http = http
        self._issuer = issuer.rstrip("/")
        self._lock = asyncio.Lock()
        self._addresses: tuple[datetime, Mapping[str, Any]] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    async def addresses(self, *, now: datetime) -> Mapping[str, Any]:
        """The provider's metadata; its issuer is the one asked for. Raises `ProviderSilent`."""
        async with self._lock:
            if self._addresses is None or now - self._addresses[0] > _ADDRESSES_LAST:
                said = await fetch_json(self._http, f"{self._issuer}/.well-known/openid-configuration")
                if str(said.get("issuer", "")).rstrip("/") != self._issuer:
                    raise ProviderSilent("the metadata is of another issuer")
                if not all(str(said.get(name, "")).startswith(("https://", "http://")) for name in _NEEDED):
                    raise ProviderSilent("the metadata lacks an address")
                self._addresses = now, said
            return self._addresses[1]

    async def keys(self, *, now: datetime, kid: str) -> KeySet:
        """The provider's public keys; asked for again, once a minute at most, when none has this name."""
        where = str((await self.addresses(now=now))["jwks_uri"])
        async with self._lock:
            if self._keys is not None and not _stale(self._keys[0], self._keys[1], kid, now):
                return self._keys[1]
            said = await fetch_json(self._http, where)
            try:
                keys = KeySet.import_key_set({"keys": [key for key in said.get("keys", []) if _signs(key)]})
            except (JoseError, ValueError, TypeError, KeyError) as fault:
                raise ProviderSilent("the keys make no sense") from fault
            self._keys = now, keys
            return keys


_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


def _signs(key: Any) -> bool:
    return isinstance(key, dict) and key.get("kty") in ("RSA", "EC", "OKP") and key.get("use", "sig") == "sig"


def _stale(at: datetime, keys: KeySet, kid: str, now: datetime) -> bool:
    unknown = bool(kid) and all(key.kid != kid for key in keys.keys)
    return now - at > (_ASK_AGAIN if unknown else _KEYS_LAST)
