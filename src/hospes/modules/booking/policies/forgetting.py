"""Frozen JSON without the names somebody has given to their place."""

from collections.abc import Sequence
from typing import Any

CLOSED = "Closed listing"
_SHORTEST = 4  # shorter ones ("1", "A2") name nobody, and stand in other words


def without_names(value: Any, names: Sequence[str]) -> Any:
    """The same JSON; in every text each of the names is replaced by "Closed listing", the longest first."""
    told = sorted({name for name in names if len(name) >= _SHORTEST}, key=len, reverse=True)
    return _without(value, told)


def _without(value: Any, names: Sequence[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_without(each, names) for each in value]
    if isinstance(value, str):
        for name in names:
            value = value.replace(name, CLOSED)
    return value
