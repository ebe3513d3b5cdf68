"""Lists by id: `limit` and `cursor` in, one page out; who may see what."""

from collections.abc import Sequence
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Query, Request

from hospes.modules.identity import facade as identity
from hospes.platform.caller import Caller, require_caller
from hospes.platform.errors import NotFound
from hospes.platform.paging import CursorInvalid, decode, encode

Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(max_length=200, description="next_cursor of the page before.")]
T = TypeVar("T")


def after_of(cursor: str | None) -> UUID | None:
    """The id the page before ended with; raises `CursorInvalid` for a cursor that is not ours."""
    key = decode(cursor, 1)
    if key is None:
        return None
    try:
        return UUID(str(key[0]))
    except ValueError as error:
        raise CursorInvalid("Start again from the first page.", fields={"cursor": "cannot be read"}) from error


def page_of(found: Sequence[T], ids: Sequence[UUID], limit: int) -> tuple[Sequence[T], str | None]:
    """At most `limit` of what was found with one to spare, and where the next page begins."""
    return found[:limit], encode([str(ids[limit - 1])]) if len(found) > limit else None


def admin_of(request: Request) -> Caller:
    """The admin who asks; for others there is nothing here."""
    caller = require_caller(request)
    if not identity.may_do(caller, identity.Deed.PROMOTE):
        raise NotFound()
    return caller
