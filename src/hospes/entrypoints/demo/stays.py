"""Homes and hotels: what is sold by the night."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from uuid import UUID

from hospes.entrypoints.demo import taxes, words
from hospes.entrypoints.demo.maker import Maker, Sold, Spot
from hospes.entrypoints.demo.places import City
from hospes.entrypoints.demo.plans import add_plans, add_restrictions, add_rules
from hospes.entrypoints.demo.rows import Row, World, nice
from hospes.modules.catalog.contracts import Kind, Mode
from hospes.modules.inventory.policies.nights import nights_span
from hospes.modules.pricing.contracts import Rate

AT_HOME = (
    "wifi", "kitchen", "washer", "heating", "air_conditioning", "workspace", "tv", "balcony", "free_parking", "garden",
    "dishwasher", "hair_dryer", "lift", "cot", "coffee_maker", "smoke_alarm", "self_check_in", "iron", "fireplace",
)  # fmt: skip
AT_HOTEL = (
    "wifi", "breakfast", "air_conditioning", "tv", "lift", "reception_24h", "luggage_storage", "gym", "restaurant", "bar",
    "room_service", "safe", "step_free", "paid_parking",
)  # fmt: skip
ELSEWHERE = "Booked on another site"


def add_home(
    maker: Maker, world: World, business: UUID, city: City, *, name: str = "", status: str = "approved",
    instant: bool | None = None, quiet: bool = False, rules: bool | None = None,
) -> Sold:  # fmt: skip
    """A home; a quiet one is free on every night."""
    random, at = maker.random, maker.address(city)
    bedrooms = random.choices((0, 1, 2, 3, 4), (2, 5, 4, 2, 1))[0]
    if name:
        bedrooms = max(bedrooms, 1)
    name = maker.fresh_name(city, at, lambda: name or words.home_name(random, city.look, at.street, bedrooms))
    what = "studio" if bedrooms == 0 else f"{bedrooms}-bedroom home"
    text = words.description(random, name, what, city.look, city.name)
    spot = maker.spot(
        *(world, business, city, at, name, text, maker.some(AT_HOME, random.randint(5, 11), "wifi")), status=status
    )
    title = "Studio" if bedrooms == 0 else f"Entire home, {bedrooms} bedroom{'s' * (bedrooms > 1)}"
    sold = maker.sold(
        world, spot, Kind.HOME, Mode.NIGHTLY, title, text, units=["Whole place"],
        guests=max(2, bedrooms * 2 + random.choice((0, 0, 1))), bedrooms=bedrooms,
        beds=max(1, bedrooms + random.choice((0, 1))), bathrooms=max(1, bedrooms // 2),
        instant=random.random() < 0.65 if instant is None else instant, pets=random.random() < 0.3,
        min_nights=1 if quiet else random.choice((1, 1, 2, 2, 3)),
    )  # fmt: skip
    euros = city.level * (0.62 + 0.3 * bedrooms) * random.lognormvariate(0, 0.24)
    ruled = random.random() < 0.35 if rules is None else rules
    _rate(maker, world, sold, euros, euros * random.choice((0, 0.25, 0.35, 0.5)), ruled)
    if ruled:
        add_rules(maker, world, sold, long_stays=True)
        if random.random() < 0.4:
            add_restrictions(maker, world, sold)
    scenes = (city.look, "living", "bedroom", "kitchen", "bath")
    maker.pictures(world, spot, None, scenes, f"{name}, from outside")
    if not quiet:
        _busy_unit(maker, world, sold)
    return sold


def add_hotel(
    maker: Maker, world: World, business: UUID, city: City, *, name: str = "", status: str = "approved",
    instant: bool | None = None, quiet: bool = False, parking: bool | None = None, rooms: Sequence[str] = (),
) -> tuple[Spot, list[Sold]]:  # fmt: skip
    """A hotel with two to four types of room; a quiet one is free on every night."""
    random, at = maker.random, maker.address(city)
    name = maker.fresh_name(city, at, lambda: name or words.hotel_name(random))
    stars = random.choice((0.8, 1.0, 1.0, 1.3, 1.8))
    text = words.description(random, name, "small hotel" if stars < 1.3 else "fine hotel", city.look, city.name)
    amenities = maker.some(AT_HOTEL, random.randint(4, 9), "wifi")
    spot = maker.spot(world, business, city, at, name, text, amenities, status=status)
    maker.pictures(world, spot, None, (city.look, "living"), f"{name}, from the street")
    ruled, no_sundays, made = quiet or random.random() < 0.5, random.random() < 0.06, list[Sold]()
    for step, room in enumerate(rooms or words.room_types(random)):
        euros = city.level * stars * (0.85 + 0.22 * step) * random.lognormvariate(0, 0.08)
        sold = _rooms(maker, world, spot, room, step, f"{room} with private bathroom. {text}", instant)
        _rate(maker, world, sold, euros, 0, ruled)
        if ruled:
            add_plans(maker, world, sold, 9 + city.level * 0.07)
            add_rules(maker, world, sold, long_stays=False)
            add_restrictions(maker, world, sold, no_sundays=no_sundays and not quiet)
        maker.pictures(world, spot, sold, ("bedroom", "bath"), room)
        made.append(sold)
        if not quiet:
            _busy_pool(maker, world, sold)
    if random.random() < 0.2 if parking is None else parking:
        made.append(_parking(maker, world, spot))
    return spot, made


def _rooms(maker: Maker, world: World, spot: Spot, room: str, step: int, text: str, instant: bool | None) -> Sold:
    random = maker.random
    count, guests = random.randint(3, 14), 4 if "Family" in room else 1 if "Single" in room else 2
    return maker.sold(
        world, spot, Kind.HOTEL_ROOM, Mode.NIGHTLY, room, text, pooled=True, guests=guests, bedrooms=1, bathrooms=1,
        beds=2 if "Twin" in room or guests > 2 else 1, max_nights=28, pets=random.random() < 0.15,
        units=[f"Room {100 * (step + 1) + place + 1}" for place in range(count)],
        instant=random.random() < 0.95 if instant is None else instant,
    )  # fmt: skip


def _parking(maker: Maker, world: World, spot: Spot) -> Sold:
    """Spaces in the yard, to come along with a room."""
    city, count = spot.city, maker.random.randint(2, 6)
    text = f"A space in the yard of {spot.name}, by the night."
    units = [f"Space {place + 1}" for place in range(count)]
    sold = maker.sold(world, spot, Kind.PARKING, Mode.NIGHTLY, "Parking space", text, units=units, guests=1)
    price = nice(6 + city.level * 0.08, city.currency)
    maker.rate(world, sold, Rate(city.currency, price, 0, 0, taxes.of_services(city)))
    maker.pictures(world, spot, sold, (city.look,), f"The yard of {spot.name}")
    return sold


def _rate(maker: Maker, world: World, sold: Sold, euros: float, cleaning: float, ruled: bool) -> None:
    city = sold.spot.city
    fee = nice(cleaning, city.currency) if cleaning else 0
    rate = Rate(city.currency, nice(euros, city.currency), fee, 1000, taxes.of_nights(city))
    maker.rate(world, sold, rate, rules=ruled)
    if not ruled and maker.random.random() < 0.2:
        friday = maker.today + timedelta(days=(4 - maker.today.weekday()) % 7)
        for week in range(maker.random.randint(4, 12)):
            for day in (friday + timedelta(days=7 * week), friday + timedelta(days=7 * week + 1)):
                world.day_price.append((sold.id, day, nice(euros * 1.18, city.currency)))


def _stays(maker: Maker, busy: float, until: int = 180) -> Iterator[tuple[date, date]]:
    """Stays that follow each other with gaps, fewer the further ahead."""
    random = maker.random
    day = random.randint(0, 9)
    while day < until:
        nights = random.choices((1, 2, 3, 4, 5, 7, 10), (2, 5, 6, 4, 3, 3, 1))[0]
        if random.random() < busy * (1 - day / (until * 1.15)):
            yield maker.today + timedelta(days=day), maker.today + timedelta(days=day + nights)
        day += nights + random.choice((0, 0, 1, 2, 4))


def _busy_unit(maker: Maker, world: World, sold: Sold) -> None:
    for arrival, departure in _stays(maker, maker.random.uniform(0.2, 0.85)):
        world.claim.append(_claim(maker, sold, sold.units[0], arrival, departure))


def _busy_pool(maker: Maker, world: World, sold: Sold) -> None:
    counted: dict[date, int] = {}
    for _ in sold.units:
        for arrival, departure in _stays(maker, maker.random.uniform(0.1, 0.8), 120):
            world.claim.append(_claim(maker, sold, None, arrival, departure))
            for night in range((departure - arrival).days):
                day = arrival + timedelta(days=night)
                counted[day] = counted.get(day, 0) + 1
    world.night_count += [(sold.id, day, len(sold.units), 0, count) for day, count in sorted(counted.items())]


def _claim(maker: Maker, sold: Sold, unit: UUID | None, arrival: date, departure: date) -> Row:
    start, end = nights_span(sold.spot.city.zone, arrival, departure)
    during, last = f"[{start.isoformat()},{end.isoformat()})", departure - timedelta(days=1)
    return (maker.id(), sold.id, unit, 1, during, arrival, last, "external", ELSEWHERE, maker.now)
