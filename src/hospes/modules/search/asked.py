"""What GET /api/v1/search may be asked, and the question it makes."""

from datetime import UTC, date, time
from typing import Annotated, Literal

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from hospes.modules.catalog.contracts import CATEGORIES
from hospes.modules.pricing.contracts import Party
from hospes.modules.search import facade, whereabouts
from hospes.modules.search.contracts import Find, Per, Place, Query, Sort
from hospes.modules.search.errors import SearchInvalid
from hospes.modules.search.policies.asking import (
    MOST_DAYS,
    after_cursor,
    check_dates,
    check_hours,
    read_box,
    read_hours,
)
from hospes.modules.search.policies.polygons import MOST_POINTS, read_polygon
from hospes.modules.search.web.when import NAMES, When, read_when
from hospes.platform.runtime import runtime

Text = Annotated[str, Field(max_length=120)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Price = Annotated[int, Field(ge=0, le=10**12)]
Stars = Annotated[float, Field(ge=0, le=5)]
Code = Annotated[str, Field(max_length=40)]


class AskedIn(BaseModel):
    """The parameters of a search. A name search does not know is refused."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[Text, Field(description="A place: city, region, airport or property")] = ""
    place: Annotated[Text, Field(description="The same as q")] = ""
    lat: Latitude | None = None
    lon: Longitude | None = None
    radius_km: Annotated[float, Field(gt=0, le=500)] | None = None
    bbox: Annotated[str, Field(max_length=120, description="south,west,north,east in degrees")] | None = None
    polygon: Annotated[str, Field(max_length=6000, description=f"lat,lon;lat,lon;… of 3 to {MOST_POINTS} corners")] = ""
    check_in: date | None = None
    check_out: date | None = None
    arrival: Annotated[date | None, Field(description="The same as check_in")] = None
    departure: Annotated[date | None, Field(description="The same as check_out")] = None
    flex: Annotated[
        Literal["", "1", "2", "3", "7", "weekend", "nights"],
        Field(description="Days earlier or later; or a weekend, or so many nights, in month or between the dates"),
    ] = ""
    month: Annotated[str, Field(pattern=r"^(\d{4}-\d{2})?$", description="2026-08, with flex")] = ""
    nights: Annotated[int, Field(ge=1, le=30, description="With flex=nights; 7 when left out")] | None = None
    adults: Annotated[int, Field(ge=1, le=50)] = 1
    children: Annotated[int, Field(ge=0, le=50)] = 0
    children_ages: Annotated[
        list[Annotated[int, Field(ge=0, le=17)]],
        Field(max_length=50, description="Of the children whose age is known; prices then count by age"),
    ] = []
    infants: Annotated[int, Field(ge=0, le=10)] = 0
    pets: Annotated[int, Field(ge=0, le=10)] = 0
    price_min: Annotated[Price | None, Field(description="Minor units of currency")] = None
    price_max: Annotated[Price | None, Field(description="Minor units of currency")] = None
    per: Annotated[Per, Field(description="Prices are a night (an hour, a person) or for the whole; with fees")] = (
        Per.NIGHT
    )
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    kind: Annotated[list[Code], Field(max_length=20)] = []
    amenities: Annotated[list[Code], Field(max_length=50)] = []
    amenity: Annotated[list[Code], Field(max_length=50, description="The same as amenities")] = []
    category: Annotated[Code, Field(description="What a professional is, such as plumber")] = ""
    day: Annotated[date | None, Field(description="For what is sold by the hour: a start on this day")] = None
    days: Annotated[int, Field(ge=1, le=MOST_DAYS, description="Or on one of so many days from it")] | None = None
    since: Annotated[time | None, Field(description="A start from this time by the clock there, 17:00")] = None
    until: Annotated[time | None, Field(description="A start before this time by the clock there")] = None
    minutes: Annotated[int, Field(ge=1, le=1440, description="For how long; left out: as is usual")] | None = None
    comes_to_me: Annotated[bool, Field(description="Only who travels as far as lat and lon, or the place")] = False
    near_me: Annotated[bool, Field(description="Around the network address, when no place is given")] = False
    find: Annotated[
        Find,
        Field(
            description="stays: sold by the night and slept in; things: all else, such as tours and appointments; all."
            " Left out: stays when nights are asked for without a kind, a category or comes_to_me, otherwise all"
        ),
    ] = Find.FITTING
    instant: bool = False
    rating_min: Stars | None = None
    rating: Annotated[Stars | None, Field(description="The same as rating_min")] = None
    sort: Sort = Sort.RELEVANCE
    limit: Annotated[int, Field(ge=1, le=60)] = 24
    cursor: Annotated[str, Field(max_length=400)] | None = None
    clusters: Annotated[
        float, Field(ge=0.0005, le=90, description="Degrees a side: what is found is counted for a map as well")
    ] | None = None  # fmt: skip


def question_of(request: Request, asked: AskedIn) -> Query:
    """The question; raises `SearchInvalid` by field for what makes no sense together, or a place nobody knows."""
    today = runtime(request).clock.now().astimezone(UTC).date()
    place = _place(request, asked)
    latitude, longitude = (place.latitude, place.longitude) if place else (asked.lat, asked.lon)
    if (latitude is None) != (longitude is None):
        missing = "lon" if longitude is None else "lat"
        raise SearchInvalid("Give both lat and lon.", fields={missing: "This is needed too."})
    _check_category(asked.category)
    wanted = _when(asked, today)
    query = Query(
        latitude=latitude,
        longitude=longitude,
        radius_km=asked.radius_km or (place.radius_km if place else 25.0),
        box=read_box(asked.bbox),
        polygon=read_polygon(asked.polygon),
        arrival=wanted.arrival,
        departure=wanted.departure,
        flexible=wanted.flexible,
        hours=wanted.hours,
        party=Party(asked.adults, asked.children, asked.infants, asked.pets),
        child_ages=tuple(asked.children_ages[: asked.children]),
        price_min=asked.price_min,
        price_max=asked.price_max,
        per=asked.per,
        currency=asked.currency,
        kinds=tuple(asked.kind),
        amenities=(*asked.amenities, *asked.amenity, *([asked.category] if asked.category else ())),
        instant=asked.instant,
        rating_min=asked.rating if asked.rating_min is None else asked.rating_min,
        comes_to_me=asked.comes_to_me,
        find=asked.find,
        sort=_order(asked.sort, place),
        limit=asked.limit,
        clusters=asked.clusters,
    )
    return after_cursor(query, asked.cursor)


def _place(request: Request, asked: AskedIn) -> Place | None:
    text = (asked.q or asked.place).strip()
    if text and asked.lat is None:
        place = facade.place_meant(runtime(request), text)
        if place is None:
            raise SearchInvalid("We do not know this place.", fields={"q": "Try a city or an airport nearby."})
        return place
    wanted = asked.comes_to_me or (asked.near_me and not asked.bbox)
    if wanted and asked.lat is None and asked.lon is None:
        return whereabouts.place_here(request, "near_me" if asked.near_me else "comes_to_me")
    return None


def _order(sort: Sort, place: Place | None) -> Sort:
    """Who asks for a property by its name wants it first."""
    return Sort.DISTANCE if sort is Sort.RELEVANCE and place and place.kind == "property" else sort


def _when(asked: AskedIn, today: date) -> When:
    arrival, departure = asked.check_in or asked.arrival, asked.check_out or asked.departure
    hours = read_hours(asked.day, asked.days, asked.since, asked.until, asked.minutes, nights=arrival or departure)
    check_hours(hours, today=today)
    check_dates(arrival, departure, today=today)
    if hours is not None or not asked.flex:
        return When(arrival, departure, hours=hours)
    typed = dict.fromkeys(NAMES, "") | {"flex": asked.flex, "month": asked.month}
    typed |= {
        "arrival": arrival.isoformat() if arrival else "",
        "departure": departure.isoformat() if departure else "",
    }
    typed["nights"] = str(asked.nights or "")
    faults: dict[str, str] = {}
    wanted = read_when(typed, faults, today)
    if faults:
        raise SearchInvalid("These dates cannot be searched.", fields=faults)
    return wanted


def _check_category(category: str) -> None:
    if category and category not in CATEGORIES:
        said = f"Give one of {', '.join(sorted(CATEGORIES))}."
        raise SearchInvalid("We do not know this category.", fields={"category": said})
