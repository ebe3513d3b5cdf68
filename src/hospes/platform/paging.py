"""Cursors of keyset listings: the sort key of the last item, as opaque text."""

import base64
import binascii
from typing import Any

import orjson

from hospes.platform.errors import Invalid


class CursorInvalid(Invalid):
    code = "cursor_invalid"
    title = "This page link cannot be read"


def encode(key: list[Any]) -> str:
    """The cursor after an item with this sort key (JSON values, UUIDs and datetimes)."""
    return base64.urlsafe_b64encode(orjson.dumps(key, default=str)).rstrip(b"=").decode()


def decode(cursor: str | None, parts: int) -> list[Any] | None:
    """The sort key of `parts` values, None without a cursor; raises `CursorInvalid` (422)."""
    if not cursor:
        return None
    try:
        key = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as fault:
        raise CursorInvalid("Start again from the first page.", fields={"cursor": "cannot be read"}) from fault
    if not isinstance(key, list) or len(key) != parts or any(isinstance(part, list | dict) for part in key):
        raise CursorInvalid("Start again from the first page.", fields={"cursor": "cannot be read"})
    return key
