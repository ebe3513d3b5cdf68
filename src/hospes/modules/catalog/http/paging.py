"""Lists by id: `limit` and `cursor` in, one page out."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hospes.modules.catalog.schemas import ListOut
from hospes.platform.paging import encode

Shown = TypeVar("Shown")


def page_of(found: Sequence[Any], limit: int, show: Callable[[Any], Shown]) -> ListOut[Shown]:
    """A page of at most `limit` of what was found with one to spare."""
    shown = found[:limit]
    more = encode([str(shown[-1].id)]) if len(found) > limit else None
    return ListOut(items=[show(each) for each in shown], next_cursor=more)
