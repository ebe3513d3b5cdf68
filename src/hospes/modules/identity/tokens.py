"""Tokens of API clients: a signed JWT that is checked without a look-up, and an opaque refresh token.

Access tokens follow RFC 9068 (`typ: at+jwt`) and are signed with ES256. The header's `kid` picks one of our own keys;
nothing else in it is believed. Keys follow one another: each signs from its `signs_from` until the next one does, and
verifies until the last token it signed has run out.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from hospes.modules.identity.contracts import User
from hospes.modules.identity.refusals import Refusals
from hospes.platform.caller import Caller
from hospes.platform.ids import new_id
from hospes.platform.settings import Auth

ALGORITHM = "ES256"
TYPE = "at+jwt"
AUDIENCE = "hospes-api"
CLOCKS_DIFFER = 30
_CURVE = "P-256"
_LONGEST = 8192
_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A key pair, `key.kid` its name; one that cannot be unsealed here only verifies."""

    key: ECKey
    signs_from: datetime

    @property
    def signs(self) -> bool:
        """Whether its private half is known here."""
        return bool(self.key.is_private)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a well-signed token of ours says; instants are seconds since 1970."""

    caller: Caller
    kid: str
    issued: float
    not_before: float
    expires: float


class TokenKeys:
    """The keys of this installation as one process knows them, and whose tokens it refuses all the same."""

    def __init__(self, issuer: str, auth: Auth, *, audience: str = AUDIENCE) -> None:
        self.issuer, self.audience, self.auth = issuer, audience, auth
        self.lasts = auth.access_ttl
        self.refusals = Refusals()
        self._keys: tuple[TokenKey, ...] = ()
        self._check = lru_cache(maxsize=_REMEMBERED)(self._read_signed)

    def take(self, keys: Sequence[TokenKey]) -> None:
        """These keys from now on."""
        self._keys = tuple(sorted(keys, key=lambda each: each.signs_from))
        self._check.cache_clear()

    def signer(self, now: datetime) -> TokenKey:
        """The key whose turn it is; raises `LookupError` while there is none."""
        able = [each for each in self._keys if each.signs]
        if not able:
            raise LookupError("There is no key to sign with: they are read when the application starts.")
        return next((each for each in reversed(able) if each.signs_from <= now), able[0])

    def verifies(self, kid: str, now: datetime) -> bool:
        """Whether a token of this key can still be good."""
        for each, following in zip(self._keys, (*self._keys[1:], None), strict=True):
            if each.key.kid == kid:
                return following is None or now < retires_at(following.signs_from, self.lasts)
        return False

    def published(self, now: datetime) -> list[dict[str, Any]]:
        """The public halves of every key that signs, will sign or still verifies, as a JWK Set lists them."""
        listed = (each.key for each in self._keys if self.verifies(each.key.kid or "", now))
        return [{**key.as_dict(private=False), "kid": key.kid, "use": "sig", "alg": ALGORITHM} for key in listed]

    def check(self, token: str) -> Checked:
        """What the token says; its signature is verified once, since a token of ours never changes its meaning.

        Raises `JoseError`, `ValueError`, `KeyError` or `TypeError` for whatever is not an access token of ours.
        """
        if len(token) > _LONGEST:
            raise ValueError("longer than any token of ours")
        return self._check(token)

    def _read_signed(self, token: str) -> Checked:
        read = jwt.decode(token, self._key_of, algorithms=[ALGORITHM])
        claims = read.claims
        if read.header.get("typ", "").lower() not in (TYPE, f"application/{TYPE}"):
            raise ValueError("not an access token")
        if claims["iss"] != self.issuer or claims["aud"] != self.audience:
            raise ValueError("issued by or for somebody else")
        issued = float(claims["iat"])
        caller = Caller(
            UUID(str(claims["sub"])),
            claims["email"],
            claims["name"],
            frozenset(claims["roles"]),
            "token",
            session=str(claims.get("sid", "")),
            confirmed_at=datetime.fromtimestamp(claims["auth_time"], UTC) if "auth_time" in claims else None,
        )
        return Checked(caller, read.header["kid"], issued, float(claims.get("nbf", issued)), float(claims["exp"]))

    def _key_of(self, signed: Any) -> ECKey:
        kid = signed.headers().get("kid")
        for each in self._keys:
            if each.key.kid == kid:
                return each.key
        raise ValueError("signed with a key that is not ours")


def sign_access_token(
    user: User, keys: TokenKeys, *, now: datetime, family_id: UUID | None = None, confirmed_at: datetime | None = None
) -> str:
    """A JWT good for `keys.lasts` seconds; `auth_time` says when the person last proved themselves: now, if not given.

    Claims: `iss, aud, sub, sid, email, name, roles, iat, nbf, exp, auth_time, jti`.
    """
    issued = int(now.timestamp())
    signer = keys.signer(now)
    claims = {
        "iss": keys.issuer,
        "aud": keys.audience,
        "sub": str(user.id),
        "sid": str(family_id or ""),
        "email": user.email,
        "name": user.name,
        "roles": sorted(user.roles),
        "iat": issued,
        "nbf": issued,
        "exp": issued + keys.lasts,
        "auth_time": int((confirmed_at or now).timestamp()),
        "jti": str(new_id()),
    }
    return jwt.encode({"alg": ALGORITHM, "typ": TYPE, "kid": signer.key.kid}, claims, signer.key)


def read_access_token(token: str, keys: TokenKeys, *, now: datetime) -> Caller | None:
    """Who the token names, or None when it is not ours, was altered, has run out or is refused. Touches no database."""
    try:
        checked = keys.check(token)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        return None
    at = now.timestamp()
    in_time = checked.not_before - CLOCKS_DIFFER <= at < checked.expires and checked.issued - CLOCKS_DIFFER <= at
    if not in_time or not keys.verifies(checked.kid, now):
        return None
    return None if keys.refusals.refuses_token(checked.caller.user_id, checked.issued) else checked.caller


def new_key() -> ECKey:
    """A fresh pair on P-256, named by its thumbprint (RFC 7638)."""
    made = ECKey.generate_key(_CURVE, private=True)
    return ECKey.import_key({**made.as_dict(private=True), "kid": made.thumbprint()})


def retires_at(next_signs_from: datetime, lasts: int) -> datetime:
    """When the last token has run out that a key signed before the next one took over."""
    return next_signs_from + timedelta(seconds=lasts + CLOCKS_DIFFER)


def new_refresh_token() -> str:
    """256 random bits; the server keeps only their hash."""
    return secrets.token_urlsafe(32)


def refresh_token_hash(token: str) -> bytes:
    """What is kept of a refresh token."""
    return hashlib.sha256(token.encode()).digest()
