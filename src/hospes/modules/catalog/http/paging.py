"""Lists by id: `limit` and `cursor` in, one page out."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Query

from hospes.modules.catalog.schemas import ListOut
from hospes.platform.paging import CursorInvalid, decode, encode

Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(max_length=200, description="next_cursor of the page before.")]
Shown = TypeVar("Shown")


def after_of(cursor: str | None) -> UUID | None:
    """The id the page before ended with; raises `CursorInvalid` for a cursor that is not ours."""
    key = decode(cursor, 1)
    if key is None:
        return None
    try:
        return UUID(str(key[0]))
    except ValueError as error:
        raise CursorInvalid("Start again from the first page.", fields={"cursor": "cannot be read"}) from error


def page_of(found: Sequence[Any], limit: int, show: Callable[[Any], Shown]) -> ListOut[Shown]:
    """A page of at most `limit` of what was found with one to spare."""
    shown = found[:limit]
    more = encode([str(shown[-1].id)]) if len(found) > limit else None
    return ListOut(items=[show(each) for each in shown], next_cursor=more)
