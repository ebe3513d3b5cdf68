"""Shapes of lists, as sent and answered."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

from hospes.modules.wishlists.contracts import MOST_IN_NOTE, MOST_LETTERS, Saved, SoldBy, Wishlist
from hospes.modules.wishlists.policies.wording import one_paragraph

Name = Annotated[str, StringConstraints(min_length=1, max_length=MOST_LETTERS), BeforeValidator(one_paragraph)]
Note = Annotated[str, StringConstraints(max_length=MOST_IN_NOTE), BeforeValidator(one_paragraph)]


class NameIn(BaseModel):
    """What a list is called, one paragraph: no other list of yours may be called so."""

    model_config = ConfigDict(extra="forbid")
    name: Name


class ItemIn(BaseModel):
    """What you note beside a place; without it the note stays as it is."""

    model_config = ConfigDict(extra="forbid")
    note: Note | None = None


class MoveIn(BaseModel):
    """The list it goes to."""

    model_config = ConfigDict(extra="forbid")
    wishlist_id: UUID


class AmountOut(BaseModel):
    """Minor units of a currency."""

    amount: int
    currency: str


class SharedItemOut(BaseModel):
    """A place. `price` is from which it is sold, for a night, an hour or a person (`sold_by`); not `on_sale`: it has
    left the sale."""

    resource_id: UUID
    property_id: UUID
    title: str
    subtitle: str
    city: str
    country: str
    kind: str
    picture: str | None
    price: AmountOut | None
    sold_by: SoldBy
    rating: float | None
    rating_count: int
    on_sale: bool

    @classmethod
    def of(cls, saved: Saved) -> "SharedItemOut":
        """As answered to everybody."""
        said = {name: getattr(saved, name) for name in SharedItemOut.model_fields if name != "price"}
        return SharedItemOut(**said, price=AmountOut(**saved.price.as_json()) if saved.price else None)


class ItemOut(SharedItemOut):
    """A place on a list of yours."""

    note: str
    saved_at: datetime

    @classmethod
    def own(cls, saved: Saved) -> "ItemOut":
        """As answered to whose it is."""
        return cls(**SharedItemOut.of(saved).model_dump(), note=saved.note, saved_at=saved.saved_at)


class WishlistOut(BaseModel):
    """A list of yours and how many places are on it; `link` is with which everybody may read it, if it is shared."""

    id: UUID
    name: str
    items: int
    shared: bool
    link: str | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, found: Wishlist, site: str) -> "WishlistOut":
        """As answered to whose it is; `site` is where the pages are."""
        link = f"{site}/shared/{found.share_token}" if found.share_token else None
        said = {name: getattr(found, name) for name in ("id", "name", "items", "created_at", "updated_at")}
        return cls(**said, shared=link is not None, link=link)


class WishlistsOut(BaseModel):
    """All of your lists, the newest first."""

    items: list[WishlistOut]


class WholeWishlistOut(WishlistOut):
    """A list of yours with a page of what is on it, the newest first; `items` counts all of it."""

    listings: list[ItemOut]
    next_cursor: str | None


class SharedWishlistOut(BaseModel):
    """A list that somebody shares, with a page of what is on it, the newest first. Whose it is, is not said."""

    name: str
    listings: list[SharedItemOut]
    next_cursor: str | None
