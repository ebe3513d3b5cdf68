"""Shelves: rows of places that one module shows on its page and a module above it fills."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from fastapi import Request

from hospes.platform.runtime import runtime


@dataclass(frozen=True, slots=True)
class Shelf:
    """A row of cards under a title; `name` is a word for its id in the page. `note` and `more` are a sentence and an
    address with its words beneath it."""

    name: str
    title: str
    cards: Sequence[Any]
    along: str = ""
    note: str = ""
    more: tuple[str, str] | None = None
    asks_to_remember: bool = False


class Shelves(Protocol):
    """Who fills them."""

    async def fill(self, request: Request, page: str, about: dict[str, Any]) -> Sequence[Shelf]:
        """The shelves of a page, "home" or "stay", the first on top; none when nothing can be said. Never raises for
        want of a database or an index: a page is more than its shelves."""


async def shelves_for(request: Request, page: str, **about: Any) -> Sequence[Shelf]:
    """What the page shows; nothing where nobody fills shelves."""
    filler: Shelves | None = runtime(request).ports.shelves
    return () if filler is None else await filler.fill(request, page, about)


def shown_on(shelves: Sequence[Shelf]) -> list[UUID]:
    """What the cards of these shelves are of."""
    return [card.resource_id for shelf in shelves for card in shelf.cards]
