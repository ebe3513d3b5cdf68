"""Whose views are kept. Of somebody signed in by their account, unless they said no; of a visitor only after they said
yes, by a random cookie of this site that is set then and at no other time.

The database knows a visitor by what SHA-256 makes of the cookie: who reads it cannot pass for them.
"""

import hashlib
import re
import secrets
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from hospes.modules.recommendations.contracts import Person
from hospes.modules.recommendations.policies.counting import KEEP
from hospes.platform.caller import find_caller

COOKIE = "hospes_seen"
_FORM = re.compile(r"[0-9a-f]{32}")


def person_of(request: Request) -> Person | None:
    """Who looks, None when nothing of them is to be kept. An admin in somebody's account, and a program, are nobody."""
    caller = find_caller(request)
    if caller is not None:
        return None if caller.admin_id or caller.key else Person(caller.user_id, visitor=False)
    cookie = request.cookies.get(COOKIE, "")
    return Person(_id_of(cookie), visitor=True) if _FORM.fullmatch(cookie) else None


def remember(response: Response, *, secure: bool) -> None:
    """The visitor said yes."""
    response.set_cookie(
        COOKIE, secrets.token_hex(16), max_age=int(KEEP.total_seconds()), httponly=True, samesite="lax", secure=secure
    )


def forget(response: Response) -> None:
    """The visitor said no."""
    response.delete_cookie(COOKIE)


def _id_of(cookie: str) -> UUID:
    return UUID(bytes=hashlib.sha256(b"visitor " + cookie.encode()).digest()[:16], version=5)
