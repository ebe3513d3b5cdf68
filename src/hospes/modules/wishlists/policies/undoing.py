"""What was just taken off lists, as a browser keeps it for some minutes so that it can be put back as it was."""

import base64
import binascii
import json
from collections.abc import Sequence
from uuid import UUID

MOST_BYTES = 3_500  # a browser keeps 4,096 with the name
Lists = Sequence[tuple[UUID, str]]
"""Lists that the place was on, each with the note beside it."""


def packed(user_id: UUID, resource_id: UUID, lists: Lists) -> str:
    """Letters, digits, `-` and `_`; notes are left out where they would not fit."""
    for kept in (lists, [(list_id, "") for list_id, _ in lists]):
        said = [str(user_id), str(resource_id), [[str(list_id), note] for list_id, note in kept]]
        text = base64.urlsafe_b64encode(json.dumps(said, separators=(",", ":")).encode()).decode().rstrip("=")
        if len(text) <= MOST_BYTES:
            return text
    return ""


def unpacked(text: str, user_id: UUID, resource_id: UUID) -> list[tuple[UUID, str]]:
    """The lists; none where it is of another person or place, or nothing that `packed` has made."""
    try:
        said = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        owner, place, lists = said
        found = [(UUID(list_id), note) for list_id, note in lists]
        whose = (UUID(owner), UUID(place))
    except (binascii.Error, ValueError, TypeError, AttributeError, RecursionError):
        return []
    texts = all(isinstance(note, str) for _, note in found)
    return found if texts and whose == (user_id, resource_id) else []
