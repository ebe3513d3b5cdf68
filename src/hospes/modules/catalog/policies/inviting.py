"""How long an invitation is good, and how many leave: nobody's mailbox is filled by businesses they do not know."""

from datetime import timedelta

LASTS = timedelta(days=7)
FORGOTTEN_AFTER = timedelta(days=7)
MOST_OPEN = 30
BY_BUSINESS = ((timedelta(hours=1), 10), (timedelta(days=1), 20))
TO_ADDRESS = ((timedelta(minutes=1), 1), (timedelta(days=1), 3), (timedelta(days=7), 6))
LONGEST_LIMIT = timedelta(days=7)
LINK_LENGTH = 43


def is_link(text: str) -> bool:
    """Whether this could be one of our links at all."""
    return len(text) == LINK_LENGTH and text.isascii()
