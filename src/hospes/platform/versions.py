"""ETag and If-Match: the version of a row, as HTTP carries it."""

import re
from typing import Annotated

from fastapi import Header, Response

from hospes.platform.errors import VersionChanged

IfMatch = Annotated[str | None, Header(description='The ETag that was read, such as "3"; 412 when it is outdated.')]


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
