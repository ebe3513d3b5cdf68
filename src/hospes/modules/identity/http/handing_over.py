"""Tokens handed to an API client: in the answer, or for one in a browser its refresh token in a cookie.

The cookie `hospes_refresh` is HttpOnly and goes to /api/v1/auth alone. Since a browser sends it by itself, who uses it
must also say what `hospes_refresh_csrf` holds, which only pages of this site can read: a keyed hash of the token.
"""

import hashlib
import hmac

from fastapi import Request, Response

from hospes.modules.identity.policies.devices import network_of
from hospes.modules.identity.schemas.signing_in import SignedInOut
from hospes.platform.addresses import client_address
from hospes.platform.csrf import HEADER, CsrfFailed, refuse_foreign
from hospes.platform.runtime import Runtime

REFRESH_COOKIE = "hospes_refresh"
CSRF_COOKIE = "hospes_refresh_csrf"
_PATH = "/api/v1/auth"


def client_of(request: Request) -> dict[str, str]:
    """What a sign-in is known by in the list: `user_agent`, and `place`, the network it came from."""
    return {"user_agent": request.headers.get("user-agent", ""), "place": network_of(client_address(request))}


def into_cookie(request: Request, response: Response, rt: Runtime, answer: SignedInOut) -> SignedInOut:
    """The answer without its refresh token, which the browser keeps in a cookie instead."""
    token = answer.refresh_token or ""
    secure = rt.settings.secure_cookies or request.url.scheme == "https"
    lasts = rt.settings.auth.refresh_ttl
    response.set_cookie(
        REFRESH_COOKIE, token, max_age=lasts, path=_PATH, httponly=True, samesite="strict", secure=secure
    )
    response.set_cookie(CSRF_COOKIE, _mark(rt, token), max_age=lasts, samesite="strict", secure=secure)
    return answer.model_copy(update={"refresh_token": None})


def refresh_cookie(request: Request, rt: Runtime) -> str | None:
    """The refresh token of the cookie, if there is one; raises `CsrfFailed` unless a page of ours sent it."""
    token = request.cookies.get(REFRESH_COOKIE)
    if not token:
        return None
    refuse_foreign(request)
    if not hmac.compare_digest(_mark(rt, token).encode(), request.headers.get(HEADER, "").encode()):
        raise CsrfFailed(f"Send what the cookie {CSRF_COOKIE} holds in the header X-CSRF-Token.")
    return token


def forget_cookies(response: Response) -> None:
    """This browser keeps no refresh token any more."""
    response.delete_cookie(REFRESH_COOKIE, path=_PATH)
    response.delete_cookie(CSRF_COOKIE)


def _mark(rt: Runtime, token: str) -> str:
    return hmac.new(rt.settings.auth.secret.encode(), f"refresh:{token}".encode(), hashlib.sha256).hexdigest()
