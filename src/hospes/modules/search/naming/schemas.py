"""The wire form of suggestions."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from hospes.modules.search.contracts import Place
from hospes.modules.search.naming.folding import fold
from hospes.modules.search.naming.marking import marks

Kind = Literal["city", "neighbourhood", "region", "country", "airport", "property"]


class SuggestionOut(BaseModel):
    """A place or a property that fits what was typed."""

    kind: str = Field(description="city, neighbourhood, region, country, airport or property")
    name: str
    detail: str = Field(description="Where it is: a region and country, or a city and country")
    country: str = Field(description="Two letters")
    latitude: float
    longitude: float
    radius_km: float = Field(description="What a search around it covers")
    slug: str = Field(description="The end of the address of a city's page; empty for others")
    property_id: UUID | None
    resource_id: UUID | None = Field(description="A listing of the property")
    corrected: bool = Field(description="It is not quite what was typed")
    matches: list[tuple[int, int]] = Field(description="Spans of the name that were typed, from and up to a character")


class SuggestionsOut(BaseModel):
    """The likeliest first."""

    items: list[SuggestionOut]
    descriptions: str | None = Field(
        default=None, description="What to compare with descriptions, where that is done and no place is called so"
    )


def suggestion_out(place: Place, text: str) -> SuggestionOut:
    """One of what fits `text`."""
    return SuggestionOut(
        kind=place.kind, name=place.name, detail=place.detail, country=place.country, latitude=place.latitude,
        longitude=place.longitude, radius_km=place.radius_km, slug=place.slug, property_id=place.property_id,
        resource_id=place.resource_id, corrected=place.corrected, matches=marks(place.name, fold(text).split()),
    )  # fmt: skip
