"""What may be asked of search."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from hospes.modules.pricing.contracts import ALL_WEEK, Party

ONE = Party(1)


class Sort(StrEnum):
    """The order of what is found; equal ones are ordered by the property's id.

    `relevance`: policies/relevance.py. `price`: the measure of `Query.per`, the cheapest first. `distance` needs a
    middle, else it is `relevance`."""

    RELEVANCE = "relevance"
    PRICE = "price"
    RATING = "rating"
    DISTANCE = "distance"


class Per(StrEnum):
    """What `price_min`, `price_max`, the order by price and the histogram look at.

    With dates: the total of the stay with fees and taxes, or that divided by its nights; of hours and departures by the
    hours, or by adults and children. Without: the base price."""

    NIGHT = "night"
    STAY = "stay"


class Find(StrEnum):
    """`stays`: what is sold by the night and slept in. `things`: all else, such as tours, appointments and a parking
    space. `fitting`: stays where nights are asked for and nothing else is said (policies/seeking.py), else all."""

    FITTING = ""
    STAYS = "stays"
    THINGS = "things"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Box:
    """A map's view in degrees; `west` > `east` crosses the date line."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True, slots=True)
class Flexible:
    """Any stay of one of these lengths that arrives in [first, last] on one of `weekdays` (bit 0 is Monday).

    Every property is found with its cheapest such stay by the measure of `Query.per`; of equally cheap ones the first,
    then the shortest. Only the first 62 days and the four shortest lengths are looked at."""

    nights: tuple[int, ...]
    first: date
    last: date
    weekdays: int = ALL_WEEK


@dataclass(frozen=True, slots=True)
class Hours:
    """A start wanted on one of the days [first, last], by the clock at the place from `since` to before `until`, for
    `minutes` (None: the shortest that is offered). `until` None: the end of the day."""

    first: date
    last: date
    since: time = time()
    until: time | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. Prices are minor units of `currency`; [arrival, departure) are nights. `child_ages`: 0 to 17,
    of those of the party's children whose age is known.

    Dates and `flexible` exclude each other. Dates find what is sold by the night and free; departures that start within
    them (arrival day to departure day, both) with places left; and by the hour what has a free start within them: which
    of these is found, `find` says.
    `flexible` finds only what is sold by the night, `hours` only what is sold by the hour. `comes_to_me`: the middle is
    where somebody shall come to: how far they travel counts, not `radius_km`, and only who travels is found. `polygon`:
    at least three (latitude, longitude), closed by itself; the even-odd rule tells what is inside. `clusters`: at how
    many degrees a side to count what is found for a map. `after`: the score and the property where the page before has
    ended; `before`: where the page after has begun, which ends just before that."""

    latitude: float | None = None
    longitude: float | None = None
    radius_km: float = 25.0
    box: Box | None = None
    polygon: tuple[tuple[float, float], ...] = ()
    arrival: date | None = None
    departure: date | None = None
    flexible: Flexible | None = None
    hours: Hours | None = None
    party: Party = ONE
    child_ages: tuple[int, ...] = ()
    price_min: int | None = None
    price_max: int | None = None
    per: Per = Per.NIGHT
    currency: str = "EUR"
    kinds: tuple[str, ...] = ()
    amenities: tuple[str, ...] = ()
    instant: bool = False
    rating_min: float | None = None
    comes_to_me: bool = False
    find: Find = Find.FITTING
    sort: Sort = Sort.RELEVANCE
    limit: int = 24
    after: tuple[float, str] | None = None
    before: tuple[float, str] | None = None
    clusters: float | None = None

    @property
    def guests(self) -> int:
        """Who needs a bed or a place."""
        return self.party.guests
