"""Reading what a vendor sends: JSON that may be anything."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from hospes.modules.payments.providers.port import SignatureRefused
from hospes.platform.ids import as_id

BIGGEST = 10**15  # minor units; what is larger is nonsense


def read_message(raw: bytes) -> dict[str, Any]:
    """The JSON object of a webhook whose signature was right; raises `SignatureRefused` when it is none."""
    try:
        payload = orjson.loads(raw)
    except orjson.JSONDecodeError as fault:
        raise SignatureRefused("The body is not JSON.") from fault
    if not isinstance(payload, dict):
        raise SignatureRefused("The body is not a JSON object.")
    return payload


def at(tree: object, *path: str | int) -> Any:
    """What stands at this path of keys and positions, else None."""
    for step in path:
        if isinstance(step, str) and isinstance(tree, Mapping):
            tree = tree.get(step)
        elif isinstance(step, int) and isinstance(tree, list) and -len(tree) <= step < len(tree):
            tree = tree[step]
        else:
            return None
    return tree


def text(tree: object, *path: str | int) -> str:
    """The text at this path, else an empty one."""
    found = at(tree, *path)
    return found if isinstance(found, str) else ""


def whole(tree: object, *path: str | int) -> int | None:
    """The whole number at this path (also one written as text), else None."""
    found = at(tree, *path)
    if isinstance(found, str) and found.isascii() and found.removeprefix("-").isdigit() and len(found) < 17:
        found = int(found)
    fits = isinstance(found, int) and not isinstance(found, bool) and abs(found) <= BIGGEST
    return found if fits else None


def items(tree: object, *path: str | int) -> list[dict[str, Any]]:
    """The objects of the list at this path."""
    found = at(tree, *path)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def uuid_or_none(value: object) -> UUID | None:
    """Our key, if this is one."""
    return as_id(value) if isinstance(value, str) else None


def instant(value: object) -> datetime | None:
    """An instant given as Unix seconds or as ISO 8601 text."""
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            return found if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None
