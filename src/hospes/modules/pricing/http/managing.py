"""Whose resource it is, and which version of a thing a request means."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import Header, Response

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.errors import BusinessNotFound, ResourceNotFound, VersionChanged
from hospes.platform.caller import Caller
from hospes.platform.db import ReadTx

IfMatch = Annotated[str | None, Header(description='The ETag that was read, such as "3"; 412 when it is outdated.')]


async def ensure_mine(tx: ReadTx, caller: Caller, resource_id: UUID) -> None:
    """Raises `ResourceNotFound` unless the caller manages the resource."""
    sellable = await catalog.get_sellable(tx, resource_id)
    try:
        await catalog.ensure_manages(tx, caller, sellable.business_id, catalog.Permission.LISTINGS)
    except BusinessNotFound:
        raise ResourceNotFound() from None


def tag(response: Response, version: int) -> None:
    """Sets the ETag."""
    response.headers["ETag"] = f'"{version}"'


def expected_version(if_match: str | None) -> int | None:
    """The version that must still be there, None for any; raises `VersionChanged` for a tag that can never match."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = re.fullmatch(r'\s*"(\d{1,9})"\s*', if_match)
    if found is None:
        raise VersionChanged("If-Match holds no ETag of this.")
    return int(found[1])
