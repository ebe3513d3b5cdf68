"""Lists by id: `limit` and `cursor` in, one page out; who may see what."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from fastapi import Request

from hospes.modules.identity import facade as identity
from hospes.platform.caller import Caller, require_caller
from hospes.platform.errors import NotFound
from hospes.platform.paging import encode

T = TypeVar("T")


def page_of(found: Sequence[T], ids: Sequence[UUID], limit: int) -> tuple[Sequence[T], str | None]:
    """At most `limit` of what was found with one to spare, and where the next page begins."""
    return found[:limit], encode([str(ids[limit - 1])]) if len(found) > limit else None


def admin_of(request: Request) -> Caller:
    """The admin who asks; for others there is nothing here."""
    caller = require_caller(request)
    if not identity.may_do(caller, identity.Deed.PROMOTE):
        raise NotFound()
    return caller
