"""The cookie by which a browser is known again: a random token with our signature; only its hash is kept."""

import hashlib
import hmac
import secrets

from fastapi import Request, Response

COOKIE = "hospes_device"
_LASTS = 400 * 24 * 3600
_TOKEN = 43


def known_device(request: Request, secret: str) -> str:
    """The token of this browser, or empty: a cookie without our signature is none."""
    token, _, signature = request.cookies.get(COOKIE, "").partition(".")
    if len(token) != _TOKEN or not hmac.compare_digest(signature.encode(), _signature(token, secret).encode()):
        return ""
    return token


def new_device() -> str:
    """A token for a browser that has none."""
    return secrets.token_urlsafe(32)


def device_hash(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def remember_device(response: Response, token: str, secret: str, *, secure: bool) -> None:
    """Set the cookie for as long as browsers keep one."""
    response.set_cookie(
        COOKIE, f"{token}.{_signature(token, secret)}", max_age=_LASTS, httponly=True, samesite="lax", secure=secure
    )


def _signature(token: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"device:{token}".encode(), hashlib.sha256).hexdigest()[:32]
