"""What makes a password good enough."""

import re
from collections.abc import Sequence

from hospes.modules.identity.common_passwords import is_common

SHORTEST = 8
LONGEST = 256
_SHORTEST_NAME = 4


def acceptable_password(text: str, about: Sequence[str] = ()) -> str:
    """The password unchanged; raises ValueError with everything that is missing, or the one reason against it.

    `about`: email address and names of its person, which it may not contain.
    """
    missing = []
    if len(text) < SHORTEST:
        missing.append(f"at least {SHORTEST} characters")
    if not any(c.islower() for c in text):
        missing.append("a small letter")
    if not any(c.isupper() for c in text):
        missing.append("a capital letter")
    if not any(c.isdigit() for c in text):
        missing.append("a digit")
    if missing:
        raise ValueError(f"A password needs {_list(missing)}.")
    if len(text) > LONGEST:
        raise ValueError(f"A password can have {LONGEST} characters at most.")
    if "\x00" in text:
        raise ValueError("A password cannot contain a NUL character.")
    if any(word in text.lower() for word in _words(about)):
        raise ValueError("A password cannot contain your name or email address: that is tried first.")
    if is_common(text):
        raise ValueError("This password, or one much like it, is tried first. Three or four words make a good one.")
    return text


def _words(about: Sequence[str]) -> set[str]:
    """What stands before the @, and every part of it and of the names that is long enough to be told apart."""
    words: set[str] = set()
    for said in about:
        mine = said.lower().split("@")[0]
        words |= {mine, *re.split(r"[^\w]+|_", mine)}
    return {word for word in words if len(word) >= _SHORTEST_NAME}


def _list(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
