"""Unsafe requests from a browser must carry the token its page was given."""

import hmac

from fastapi import Request

from hospes.platform.errors import Forbidden

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD = "csrf_token"
HEADER = "x-csrf-token"


class CsrfFailed(Forbidden):
    code = "csrf_failed"
    title = "This form has expired"


async def verify_csrf(request: Request) -> None:
    """Raises `CsrfFailed` on an unsafe request without its token; a bearer token, never sent by itself, needs none."""
    if request.method in SAFE_METHODS or getattr(request.state, "session_state", "") == "token":
        return
    sent = request.headers.get(HEADER, "")
    if not sent and request.headers.get("content-type", "").startswith(
        ("application/x-www-form-urlencoded", "multipart/form-data")
    ):
        field = (await request.form()).get(FIELD)
        sent = field if isinstance(field, str) else ""
    if not token_matches(request, sent):
        raise CsrfFailed("Please reload the page and send the form again.")


def token_matches(request: Request, sent: str) -> bool:
    """Whether this is the token of the request's visitor."""
    expected = getattr(request.state, "csrf_token", "")
    return bool(expected) and hmac.compare_digest(expected.encode(), sent.encode())
