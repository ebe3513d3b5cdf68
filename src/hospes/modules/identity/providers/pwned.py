"""Asks a range API of breached passwords (haveibeenpwned.com/API/v3#PwnedPasswords) without telling the password.

It is told the first five letters of the SHA-1, answers some 800 endings, and pads the answer so that its length tells
nothing either. Whoever cannot be asked keeps nobody from setting a password.
"""

import hashlib

import httpx
import structlog

SECONDS = 2.0
_TOLD = 5
log = structlog.get_logger(__name__)


async def times_breached(url: str, password: str) -> int:
    """In how many breaches it was found; 0 as well when the API cannot be asked."""
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    try:
        async with httpx.AsyncClient(timeout=SECONDS) as http:
            answer = await http.get(f"{url.rstrip('/')}/{digest[:_TOLD]}", headers={"Add-Padding": "true"})
        if answer.status_code != httpx.codes.OK:
            log.warning("breached_passwords_not_asked", reason=f"answered {answer.status_code}")
            return 0
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        log.warning("breached_passwords_not_asked", reason=type(fault).__name__)
        return 0
    return _count(answer.text, digest[_TOLD:])


def _count(answer: str, ending: str) -> int:
    for line in answer.splitlines():
        suffix, _, count = line.strip().partition(":")
        if suffix.upper() == ending and count.isdigit():
            return int(count)
    return 0
