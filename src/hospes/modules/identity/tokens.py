"""Tokens of API clients: a signed JWT that is checked without a look-up, and an opaque refresh token."""

import hashlib
import secrets
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from hospes.modules.identity.contracts import User
from hospes.platform.caller import Caller
from hospes.platform.ids import new_id
from hospes.platform.settings import Auth

_ALGORITHM = "HS256"


def sign_access_token(user: User, auth: Auth, *, now: datetime) -> str:
    """A JWT (RFC 7519) with `sub, email, name, roles, iat, exp, jti`, good for `auth.access_ttl` seconds."""
    issued = int(now.timestamp())
    claims = {
        "sub": str(user.id),
        "email": user.email,
        "name": user.name,
        "roles": sorted(user.roles),
        "iat": issued,
        "exp": issued + auth.access_ttl,
        "jti": str(new_id()),
    }
    return jwt.encode({"alg": _ALGORITHM, "typ": "JWT"}, claims, _key(auth.secret))


def read_access_token(token: str, secret: str, *, now: datetime) -> Caller | None:
    """Who the token names, or None when it is not ours, was altered or has expired. Touches no database."""
    try:
        caller, expires = _read_signed(token, secret)
    except (JoseError, ValueError, KeyError, TypeError):
        return None
    return caller if now.timestamp() < expires else None


@lru_cache(maxsize=4096)
def _read_signed(token: str, secret: str) -> tuple[Caller, float]:
    """A token that is ours never changes its meaning, so the signature of each is checked once; raises for others."""
    claims = jwt.decode(token, _key(secret), algorithms=[_ALGORITHM]).claims
    caller = Caller(UUID(str(claims["sub"])), claims["email"], claims["name"], frozenset(claims["roles"]), "token")
    return caller, float(claims["exp"])


def new_refresh_token() -> str:
    """256 random bits; the server keeps only their hash."""
    return secrets.token_urlsafe(32)


def refresh_token_hash(token: str) -> bytes:
    """What is kept of a refresh token."""
    return hashlib.sha256(token.encode()).digest()


@lru_cache(maxsize=4)
def _key(secret: str) -> OctKey:
    return OctKey.import_key(secret)
