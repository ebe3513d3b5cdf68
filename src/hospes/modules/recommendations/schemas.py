"""Shapes of suggestions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from hospes.modules.recommendations.contracts import Card, Recent, SoldBy


class AmountOut(BaseModel):
    """Minor units of a currency."""

    amount: int
    currency: str


class CardOut(BaseModel):
    """A place. `price` is for a night, an hour or a person (`sold_by`); `total` is of the stay that was asked for."""

    resource_id: UUID
    property_id: UUID
    title: str
    subtitle: str
    city: str
    country: str
    kind: str
    picture: str | None
    price: AmountOut
    sold_by: SoldBy
    total: AmountOut | None
    rating: float | None
    rating_count: int

    @classmethod
    def of(cls, card: Card) -> "CardOut":
        """As answered."""
        said = {name: getattr(card, name) for name in cls.model_fields if name not in ("price", "total")}
        total = AmountOut(**card.total.as_json()) if card.total else None
        return cls(**said, price=AmountOut(**card.price.as_json()), total=total)


class SuggestionsOut(BaseModel):
    """`reason`: what people like you turned to (`for_you`), places like the one you looked at last (`like_last`, its
    name is `about`), or what is popular in the city `about`."""

    reason: Literal["for_you", "like_last", "popular"]
    about: str
    items: list[CardOut]


class CardsOut(BaseModel):
    """The best first."""

    items: list[CardOut]

    @classmethod
    def of(cls, cards: Sequence[Card]) -> "CardsOut":
        """As answered."""
        return cls(items=[CardOut.of(card) for card in cards])


class PopularOut(BaseModel):
    """The most popular first; none where too few people have done anything."""

    city: str
    items: list[CardOut]


class RecentOut(CardOut):
    """A place you looked at."""

    viewed_at: datetime

    @classmethod
    def seen(cls, recent: Recent) -> "RecentOut":
        """As answered."""
        return cls(**CardOut.of(recent.card).model_dump(), viewed_at=recent.at)


class RecentsOut(BaseModel):
    """The latest first; `kept`: whether what you look at is kept."""

    kept: bool
    items: list[RecentOut]


class KeptIn(BaseModel):
    """Whether what you look at is to be kept. No deletes what is there."""

    kept: bool
