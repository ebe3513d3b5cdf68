"""What leaves on a date: tours, workshops and journeys of several days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from hospes.entrypoints.demo import taxes, words
from hospes.entrypoints.demo.booked import write_booking
from hospes.entrypoints.demo.maker import Maker, Sold
from hospes.entrypoints.demo.places import City
from hospes.entrypoints.demo.rows import World, nice
from hospes.modules.booking.contracts import Party
from hospes.modules.catalog.contracts import Kind, Mode
from hospes.modules.inventory.contracts import DepartureAsk
from hospes.modules.pricing.contracts import Rate
from hospes.modules.pricing.policies.hourly import price_seats

DAYS = 60
BOOKED_HERE = 2
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Trip:
    """One kind of departure. `days`: weekdays it leaves on, 0 is Monday; `lasts` minutes; a place costs `base` euros and
    `share` of the price of a night there, a child's place `child` of that."""

    code: str
    kind: str
    places: tuple[str, ...]
    name: str
    text: str
    days: tuple[int, ...]
    leaves: time
    lasts: int
    capacity: tuple[int, ...]
    cutoff: int
    largest: int
    base: float
    share: float
    child: float
    scenes: tuple[str, ...] = ("tour", "city")


EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
TRIPS: tuple[Trip, ...] = (
    Trip(
        "walk", Kind.TOUR, ("{a} Walks", "Walks with {a}", "{a} & {b} Strolls"), "Old town on foot",
        "Three hours, five stops, one bite at each.", EVERY_DAY, time(10), 180, (8, 10, 12), 120, 6, 8, 0.2, 0.5,
    ),
    Trip(
        "food", Kind.TOUR, ("{a} Table", "{a} Bites", "The {a} Kitchen Tour"), "Dinner in six stops",
        "An evening of small plates with somebody who grew up here.", (2, 3, 4, 5), time(18), 210, (8, 10), 720, 6, 25, 0.4, 0.6,
        ("tour", "kitchen"),
    ),
    Trip(
        "bike", Kind.TOUR, ("{a} Bicycles", "{a} Wheels", "Ride {a}"), "Half a day by bicycle",
        "Four hours, mostly flat, with a stop for coffee. Bicycles and helmets are there.", (1, 3, 5, 6), time(9, 30), 240,
        (8, 10), 240, 8, 15, 0.25, 0.7, ("tour", "hills"),
    ),
    Trip(
        "class", Kind.TOUR, ("{a} Kitchen", "{a} Pottery", "{a} Workshop"), "Workshop for an afternoon",
        "Three hours at one long table; you take home what you make.", (1, 4, 5), time(14, 30), 180, (6, 8), 1440, 6, 20, 0.35,
        0.6, ("kitchen", "living"),
    ),
    Trip(
        "day", Kind.TOUR, ("{a} Excursions", "{a} Day Trips", "{a} & {b} Outings"), "A day out of town",
        "Ten hours in a small bus, lunch included.", (1, 3, 5), time(8), 600, (14, 16, 18), 1440, 8, 35, 0.6, 0.6,
        ("hills", "tour"),
    ),
    Trip(
        "weekend", Kind.PACKAGE, ("{a} Journeys", "{a} Weekends"), "A long weekend: three nights, guide and dinners",
        "From Friday afternoon to Monday morning: a room for two, two guided days, two dinners.", (4,), time(15), 4080,
        (10, 12, 16), 4320, 6, 60, 3.6, 0.6, ("city", "bedroom", "tour"),
    ),
    Trip(
        "week", Kind.PACKAGE, ("{a} Travel", "{a} & {b} Voyages"), "A week around the city and the country",
        "Seven nights in three places, all transport, most meals.", (5,), time(14), 10_020, (12, 16, 20), 10_080, 6, 120, 8.0,
        0.7, ("hills", "bedroom", "tour"),
    ),
)  # fmt: skip
TRIP = {trip.code: trip for trip in TRIPS}
WEIGHTS = (5, 3, 3, 2, 2, 2, 1)


def add_trip(
    maker: Maker, world: World, business: UUID, city: City, trip: Trip, *, name: str = "", quiet: bool = False,
    past_days: int = 0, sold_out: int | None = None,
) -> Sold:  # fmt: skip
    """A tour with its departures of the next weeks; quiet: nobody has booked but number `sold_out`, which is full."""
    random, at = maker.random, maker.address(city)
    name = maker.fresh_name(city, at, lambda: name or words.named(random, trip.places))
    text = f"{trip.text} We meet at {at.whole}, {city.name}."
    spot = maker.spot(world, business, city, at, name, text, [], policy=random.choice(("flexible", "moderate")))
    maker.pictures(world, spot, None, trip.scenes, name)
    capacity = random.choice(trip.capacity)
    sold = maker.sold(
        world, spot, trip.kind, Mode.DEPARTURE, trip.name, trip.text, units=["The group"], guests=capacity, pooled=True
    )
    usual = trip.base * (0.4 + city.level / 160) + trip.share * city.level * random.uniform(0.9, 1.15)
    child = nice(usual * trip.child, city.currency)
    rate = Rate(city.currency, nice(usual, city.currency), 0, 500, taxes.of_services(city), child_amount=child)
    maker.rate(world, sold, rate)
    seller = _Seller(maker, world, sold, rate, trip, capacity)
    dearer = nice(usual * 1.15, city.currency) if random.random() < 0.4 else None
    for number, day in enumerate(_leaving(maker, trip, city, past_days)):
        seller.add(day, dearer if day.weekday() > 4 else None, quiet=quiet, full=number == sold_out)
    return sold


def _leaving(maker: Maker, trip: Trip, city: City, past_days: int) -> Iterator[date]:
    """The days of the next weeks that can still be booked, and of some days before today."""
    first = maker.today - timedelta(days=past_days)
    for ahead in range(DAYS + past_days):
        day = first + timedelta(days=ahead)
        leaves = datetime.combine(day, trip.leaves, city.info)
        bookable = leaves - trip.cutoff * MINUTE > maker.now + timedelta(hours=2)
        if day.weekday() in trip.days and (bookable or day < maker.today):
            yield day


class _Seller:
    """Writes departures and sells some of their places."""

    def __init__(self, maker: Maker, world: World, sold: Sold, rate: Rate, trip: Trip, capacity: int) -> None:
        self._maker, self._world, self._sold, self._rate = maker, world, sold, rate
        self._trip, self._capacity = trip, capacity
        self._here = BOOKED_HERE

    def add(self, day: date, amount: int | None, *, quiet: bool, full: bool) -> None:
        """One departure; places are sold, at least one is left unless it is to be full."""
        maker, trip = self._maker, self._trip
        info, departure_id = self._sold.spot.city.info, maker.id()
        starts = datetime.combine(day, trip.leaves, info)
        ends = datetime.combine(day, trip.leaves) + trip.lasts * MINUTE
        span = starts.astimezone(maker.now.tzinfo), ends.replace(tzinfo=info).astimezone(maker.now.tzinfo)
        days = day, (ends - timedelta(seconds=1)).date()
        groups = [self._capacity] if full else [] if quiet else self._groups()
        self._world.departure.append(
            (departure_id, self._sold.id, *span, *days, self._capacity, sum(groups), trip.cutoff, 1, trip.largest, amount,
             maker.now, maker.now)
        )  # fmt: skip
        for size in groups:
            self._sell(departure_id, size, days, span, amount, here=not full and size <= trip.largest)

    def _groups(self) -> list[int]:
        """Sizes of the groups that come; fewer than the capacity in all."""
        random, left, found = self._maker.random, self._capacity - 1, list[int]()
        for _ in range(random.choice((0, 1, 1, 2, 3))):
            size = min(random.choice((1, 2, 2, 3, 4)), left)
            if size:
                found.append(size)
                left -= size
        return found

    def _sell(
        self, departure_id: UUID, size: int, days: tuple[date, date], span: tuple[datetime, datetime], amount: int | None,
        *, here: bool,
    ) -> None:  # fmt: skip
        maker, claim_id, booking_id = self._maker, self._maker.id(), self._maker.id()
        booked = here and self._here > 0 and maker.random.random() < 0.15 and span[0] > maker.now
        kind, owner, note = ("booking", booking_id, "") if booked else ("external", None, "Booked on another site")
        self._world.timed_claim.append(
            (claim_id, self._sold.id, None, size, f"[{span[0].isoformat()},{span[1].isoformat()})", *days, kind, owner, note,
             maker.now, *span, departure_id, None, None)
        )  # fmt: skip
        if booked:
            self._here -= 1
            children = size - 1 if size > 2 else 0
            party = Party(size - children, children)
            price = price_seats(self._rate, {}, days[0], party, amount=amount)
            ask = DepartureAsk(self._sold.id, departure_id, size)
            write_booking(
                *(maker, self._world, self._sold, ask, price, party, days, span),
                booking_id=booking_id,
                claim_id=claim_id,
            )
