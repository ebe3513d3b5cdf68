"""Passwords that everybody tries first: the 30,000 most used of published breaches (zxcvbn's list, MIT), 8 bytes each.

They are read when the first password is judged: 240 KB stay in memory, and no module of zxcvbn is imported.
"""

import asyncio
import re
from array import array
from bisect import bisect_left
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

_LIST = re.compile(r'"passwords": "([^"]*)"')
_LEET = str.maketrans("@4831!0$57+", "aabeliosstt")
_ENDS = re.compile(r"^[^a-z]+|[^a-z]+$")
_TAIL = re.compile(r"[\W\d_]+$")
_SHORTEST_WORD = 4
_FIRST = 1_000


def is_common(password: str) -> bool:
    """Whether it is on the list, in any case and with 0 for o and the like, or is one of the first 1,000 with something
    hung on at its ends."""
    plain = password.lower()
    spelled = {plain, plain.translate(_LEET)}
    words = {_ENDS.sub("", each) for each in spelled} | {_TAIL.sub("", plain).translate(_LEET)}
    return any(_is_in(_marks(), each) for each in spelled) or any(
        _is_in(_marks(_FIRST), each) for each in words if len(each) >= _SHORTEST_WORD
    )


async def ready() -> None:
    """Have the list read, in a thread, so that judging never waits for it."""
    await asyncio.to_thread(_marks)
    await asyncio.to_thread(_marks, _FIRST)


def _is_in(marks: "array[int]", word: str) -> bool:
    mark = _mark(word)
    at = bisect_left(marks, mark)
    return at < len(marks) and marks[at] == mark


@cache
def _marks(first: int | None = None) -> "array[int]":
    found = _LIST.search(_source().read_text(encoding="utf-8"))
    assert found, "zxcvbn keeps its lists in another form than expected"
    return array("Q", sorted(_mark(word[0]) for word in islice(re.finditer(r"[^,]+", found[1]), first)))


def _source() -> Path:
    spec = find_spec("zxcvbn")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).with_name("frequency_lists.py")


def _mark(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "big")
