"""Lists by id over HTTP: `limit` and `cursor` in, one page out."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from hospes.platform.paging import CursorInvalid, decode

Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(max_length=200, description="next_cursor of the page before.")]


def after_of(cursor: str | None) -> UUID | None:
    """The id the page before ended with; raises `CursorInvalid` for a cursor that is not ours."""
    key = decode(cursor, 1)
    if key is None:
        return None
    try:
        return UUID(str(key[0]))
    except ValueError as error:
        raise CursorInvalid("Start again from the first page.", fields={"cursor": "cannot be read"}) from error
