"""A person's lists, and what is on them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from hospes.platform.money import Money

MOST_LISTS = 50
MOST_ITEMS = 500
MOST_LETTERS = 80
MOST_IN_NOTE = 280
FIRST_NAME = "Saved"
"""What the list is called that the first heart makes."""
SoldBy = Literal["night", "hour", "person"]


@dataclass(frozen=True, slots=True)
class Wishlist:
    """A list of somebody's, with how many places are on it; `share_token` is what its link ends in, if it is shared."""

    id: UUID
    user_id: UUID
    name: str
    share_token: str | None
    created_at: datetime
    updated_at: datetime
    items: int = 0
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """A place on a list. `price` is from which it is sold, for a night, an hour or a person; None when it has none."""

    resource_id: UUID
    property_id: UUID
    title: str
    subtitle: str
    city: str
    country: str
    kind: str
    picture: str | None
    picture_alt: str
    price: Money | None
    sold_by: SoldBy
    rating: float | None
    rating_count: int
    on_sale: bool
    note: str
    saved_at: datetime
