"""About where whoever asks is, by the network address they ask from: `location.ip_database`, nobody else is asked.

Nothing of it is kept. Proxies of ours are believed about it as for everything else (platform/addresses.py)."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from hospes.modules.search import places
from hospes.modules.search.contracts import Place
from hospes.modules.search.errors import SearchInvalid
from hospes.platform.addresses import client_address
from hospes.platform.locating import Spot
from hospes.platform.runtime import runtime

router = APIRouter(tags=["search"])


class HereOut(BaseModel):
    """About where the network address is; everything None where nobody knows."""

    name: str | None = Field(description="A city, or a country where no city is known")
    country: str | None = Field(description="Two letters")
    latitude: float | None
    longitude: float | None
    radius_km: float | None = Field(description="Most likely within so far of it")


def here(request: Request) -> Place | None:
    """About where who asks is; None when nobody knows. `kind` is `city`, or `country` when no city is known."""
    spot: Spot | None = runtime(request).ports.locator.find(client_address(request))
    if spot is None:
        return None
    country = places.country_name(spot.country)
    detail, kind = (country, "city") if spot.city else ("", "country")
    return Place(
        spot.city or country, detail, kind, spot.latitude, spot.longitude, spot.radius_km, country=spot.country
    )  # fmt: skip


def place_here(request: Request, field: str) -> Place:
    """The same for a search near whoever asks; raises `SearchInvalid` at the field."""
    place = here(request)
    if place is None:
        said = "We cannot tell where you are. Give lat and lon, or a place."
        raise SearchInvalid("Near where?", fields={field: said})
    return place


@router.get("/search/here")
async def find_here(request: Request, response: Response) -> HereOut:
    """About where the network address of who asks is, for a first look around; nothing of it is kept."""
    response.headers["Cache-Control"] = "private, no-store"
    place = here(request)
    if place is None:
        return HereOut(name=None, country=None, latitude=None, longitude=None, radius_km=None)
    return HereOut(
        name=place.name or None,
        country=place.country or None,
        latitude=place.latitude,
        longitude=place.longitude,
        radius_km=place.radius_km,
    )
