"""Unsafe requests from a browser must carry the token its page was given, and must come from a page of ours.

The token is the defence: a session's own, or for a visitor the one in the cookie `hospes_csrf`. Where a browser says
which site a request comes from, another site is refused even with a token, such as one planted from a sister domain.
"""

import hmac
from urllib.parse import urlsplit

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
    refuse_foreign(request)
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


def refuse_foreign(request: Request) -> None:
    """Raises `CsrfFailed` when the browser says that a page of another site, or of a sister domain, sent this.

    `Sec-Fetch-Site` is what every present browser says; of older ones the `Origin` must be the host that was asked or
    the one of `public_url`. A program says neither.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        foreign = site not in ("same-origin", "none")
    else:
        origin = request.headers.get("origin")
        foreign = origin is not None and urlsplit(origin).netloc not in _our_hosts(request)
    if foreign:
        raise CsrfFailed("This was sent from another site. Please open the page here and send the form again.")


def _our_hosts(request: Request) -> set[str]:
    public = urlsplit(request.app.state.runtime.settings.public_url).netloc
    return {host for host in (request.headers.get("host", ""), public) if host}
