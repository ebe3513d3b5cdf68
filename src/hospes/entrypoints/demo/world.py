"""The demo world as rows: who owns what where, what it costs and when it is taken. Pure; the same seed, the same world."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from hospes.entrypoints.demo import pictures, words
from hospes.entrypoints.demo.places import City, cities
from hospes.modules.catalog.contracts import Kind, Mode
from hospes.modules.inventory.policies.nights import nights_span
from hospes.modules.search.policies.reference_rates import from_cents
from hospes.platform.money import exponent

Row = tuple[Any, ...]
HOMES, HOTELS = 0.62, 0.88  # below: a home, below: a hotel's rooms, above: hours and departures
SERVICES = tuple(words.SERVICES)
BUSINESS_OF = {
    "DOCTOR_SLOT": "CLINIC", "SALON_CHAIR": "SALON", "DESK": "CO_WORKING", "MEETING_ROOM": "CO_WORKING",
    "PROFESSIONAL": "OTHER", "TOUR": "TOUR",
}  # fmt: skip
SCENES = {
    "DOCTOR_SLOT": ("clinic", "clinic"), "SALON_CHAIR": ("salon", "salon"), "DESK": ("work", "living", "kitchen"),
    "MEETING_ROOM": ("work", "living"), "PROFESSIONAL": ("city", "tour"), "TOUR": ("tour", "city"),
}  # fmt: skip
AT_HOME = (
    "wifi", "kitchen", "washer", "heating", "air_conditioning", "workspace", "tv", "balcony", "parking", "garden", "dishwasher",
    "hair_dryer", "elevator", "crib", "pool", "hot_tub",
)  # fmt: skip
AT_HOTEL = (
    "wifi",
    "breakfast",
    "air_conditioning",
    "tv",
    "elevator",
    "reception_24h",
    "luggage_storage",
    "gym",
    "restaurant",
    "bar",
)


@dataclass(slots=True)
class World:
    """Rows by table, ready to be copied."""

    user: list[Row] = field(default_factory=list)
    role: list[Row] = field(default_factory=list)
    business: list[Row] = field(default_factory=list)
    member: list[Row] = field(default_factory=list)
    property: list[Row] = field(default_factory=list)
    resource: list[Row] = field(default_factory=list)
    unit: list[Row] = field(default_factory=list)
    media: list[Row] = field(default_factory=list)
    rate: list[Row] = field(default_factory=list)
    day_price: list[Row] = field(default_factory=list)
    claim: list[Row] = field(default_factory=list)
    night_count: list[Row] = field(default_factory=list)

    def tables(self) -> Iterator[tuple[str, list[Row]]]:
        """In the order they may be copied."""
        for name in self.__slots__:
            yield name, getattr(self, name)


class Builder:
    """Makes the world chunk by chunk."""

    def __init__(self, seed: int, today: date, now: datetime, password_hash: str, amenities: frozenset[str]) -> None:
        self._random = Random(f"hospes {seed}")
        self._today = today
        self._now = now
        self._hash = password_hash
        self._known = amenities
        self._host = 0
        self._cities = cities()
        self._weights = [city.people**0.35 * (1.6 if city.level > 60 else 1) for city in self._cities]
        self.listings = 0

    def people(self) -> tuple[World, dict[str, UUID]]:
        """The three demo accounts."""
        world, ids = World(), {}
        for role, first, last in (
            ("guest", "Greta", "Lindqvist"),
            ("host", "Henrik", "Moreau"),
            ("admin", "Ada", "Okafor"),
        ):
            ids[role] = self._person(
                world, f"{role}@hospes.example", first, last, ("guest",) if role == "guest" else ("guest", role)
            )
        return world, ids

    def portfolio(self, host: UUID) -> World:
        """What the demo host runs: a small hotel, a home and a flat that waits for approval, all in Lisbon."""
        world = World()
        city = self._cities[0]
        business = self._business(world, host, "Moreau Stays", "HOTEL", 0)
        self._hotel(world, business, city, name="The Heron House", instant=True, quiet=True)
        self._home(world, business, city, name="Sunlit loft by the harbour", instant=True, quiet=True)
        self._home(world, business, city, name="Garden flat near the old town", instant=False, quiet=True)
        self._home(
            world, business, city, name="Top-floor flat with a view of the water", status="submitted", quiet=True
        )
        return world

    def chunk(self, size: int) -> World:
        """About so many more listings."""
        world, goal = World(), self.listings + size
        while self.listings < goal:
            city = self._random.choices(self._cities, self._weights)[0]
            draw = self._random.random()
            status = "submitted" if self._random.random() < 0.004 else "approved"
            if draw < HOMES:
                business = self._owner(world, "HOME")
                for _ in range(self._random.choice((1, 1, 1, 2, 3))):
                    self._home(world, business, city, status=status)
            elif draw < HOTELS:
                self._hotel(world, self._owner(world, "HOTEL"), city, status=status)
            else:
                kind = self._random.choice(SERVICES)
                self._service(world, self._owner(world, BUSINESS_OF[kind]), city, kind)
        return world

    # -- the parts of a world -------------------------------------------------------------------------------------------

    def _id(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)

    def _person(self, world: World, email: str, first: str, last: str, roles: tuple[str, ...]) -> UUID:
        user_id = self._id()
        world.user.append((user_id, email, self._hash, first, last, date(1985, 4, 12), self._now, self._now))
        world.role += [(user_id, role, self._now) for role in roles]
        return user_id

    def _owner(self, world: World, business_type: str) -> UUID:
        self._host += 1
        first, last = words.person(self._random)
        owner = self._person(world, f"host-{self._host}@demo.hospes.example", first, last, ("guest", "host"))
        return self._business(world, owner, f"{first} {last}", business_type, self._random.randint(30, 1500))

    def _business(self, world: World, owner: UUID, name: str, kind: str, age: int) -> UUID:
        business_id, since = self._id(), self._now - timedelta(days=age)
        world.business.append((business_id, owner, name, kind, "ACTIVE", since, self._now))
        world.member.append((business_id, owner, "owner"))
        return business_id

    def _property(
        self, world: World, business: UUID, city: City, name: str, text: str, amenities: list[str], status: str
    ) -> UUID:
        property_id, spread = self._id(), min(0.012 + (city.people**0.5) / 60_000, 0.06)
        latitude = city.latitude + self._random.gauss(0, spread)
        longitude = city.longitude + self._random.gauss(0, spread * 1.3)
        policy = self._random.choices(("flexible", "moderate", "strict", "non_refundable"), (4, 4, 2, 0.5))[0]
        arrive = f"{self._random.choice((14, 15, 15, 16))}:00"
        leave = f"{self._random.choice((10, 11, 11, 12))}:00"
        world.property.append(
            (property_id, business, name, text, city.name, city.country, round(latitude, 6), round(longitude, 6), city.zone,
             arrive, leave, self._random.choice(words.RULES), amenities, policy, status, self._now, self._now)
        )  # fmt: skip
        return property_id

    def _resource(
        self, world: World, property_id: UUID, kind: str, mode: str, name: str, text: str, **given: Any
    ) -> UUID:
        resource_id, stars = self._id(), self._random.betavariate(9, 1.6) * 2 + 3
        rated = int(self._random.expovariate(1 / 45))
        pooled = given.get("pooled", False)
        world.resource.append(
            (resource_id, property_id, kind, mode, pooled, name, text, given.get("guests", 2), given.get("bedrooms", 0),
             given.get("beds", 0), given.get("bathrooms", 0), given.get("amenities", []), given.get("instant", True),
             given.get("pets", False), given.get("min_nights", 1), given.get("max_nights", 60), given.get("notice", 0),
             round(min(stars, 5), 2) if rated else None, rated, self._now, self._now)
        )  # fmt: skip
        units = given.get("units", 1)
        first = given.get("floor", 0)
        for place in range(units):
            label = (
                f"Room {first + place + 1}" if pooled else f"{name[:40]} {place + 1}" if units > 1 else "Whole place"
            )
            world.unit.append((self._id(), resource_id, label, place))
        self.listings += 1
        return resource_id

    def _rate(self, world: World, resource_id: UUID, city: City, euros: float, cleaning: float) -> None:
        base, fee = nice(euros, city.currency), nice(cleaning, city.currency) if cleaning else 0
        taxes: list[dict[str, Any]] = []
        if city.level > 80:
            taxes.append(
                {"code": "city", "name": "City tax", "kind": "per_person_night", "amount": nice(2, city.currency)}
            )
        world.rate.append((resource_id, city.currency, base, fee, 1000, taxes, self._now))
        if self._random.random() < 0.3:
            for week in range(self._random.randint(4, 12)):
                friday = self._today + timedelta(days=(4 - self._today.weekday()) % 7 + 7 * week)
                for day in (friday, friday + timedelta(days=1)):
                    world.day_price.append((resource_id, day, nice(euros * 1.18, city.currency)))

    def _pictures(
        self, world: World, property_id: UUID, resource_id: UUID | None, scenes: tuple[str, ...], alt: str
    ) -> None:
        for place, kind in enumerate(scenes):
            variant = self._random.randrange(pictures.VARIANTS)
            label = {
                "bedroom": "The bedroom",
                "living": "The living room",
                "kitchen": "The kitchen",
                "bath": "The bathroom",
            }
            world.media.append(
                (self._id(), property_id, resource_id, f"demo/{kind}-{variant}.svg", "image/svg+xml", pictures.WIDTH,
                 pictures.HEIGHT, label.get(kind, alt), place, self._now)
            )  # fmt: skip

    def _home(
        self, world: World, business: UUID, city: City, *, name: str = "", status: str = "approved", instant: bool | None = None,
        quiet: bool = False,
    ) -> None:  # fmt: skip
        random = self._random
        bedrooms = random.choices((0, 1, 2, 3, 4), (2, 5, 4, 2, 1))[0]
        if name:
            bedrooms = max(bedrooms, 1)
        name = name or words.home_name(random, city.look, bedrooms)
        guests = max(2, bedrooms * 2 + random.choice((0, 0, 1)))
        what = "studio" if bedrooms == 0 else f"{bedrooms}-bedroom home"
        text = words.description(random, name, what, city.look, city.name)
        amenities = self._some(AT_HOME, random.randint(5, 11), "wifi")
        property_id = self._property(world, business, city, name, text, amenities, status)
        resource_id = self._resource(
            world, property_id, Kind.HOME, Mode.NIGHTLY, "Studio" if bedrooms == 0 else f"Entire home, {bedrooms} bedroom{'s' * (bedrooms > 1)}",
            text, guests=guests, bedrooms=bedrooms, beds=max(1, bedrooms + random.choice((0, 1))), bathrooms=max(1, bedrooms // 2),
            instant=random.random() < 0.65 if instant is None else instant, pets=random.random() < 0.3,
            min_nights=1 if quiet else random.choice((1, 1, 2, 2, 3)),
        )  # fmt: skip
        euros = city.level * (0.62 + 0.3 * bedrooms) * random.lognormvariate(0, 0.24)
        self._rate(world, resource_id, city, euros, euros * random.choice((0, 0.25, 0.35, 0.5)))
        self._pictures(
            world, property_id, None, (city.look, "living", "bedroom", "kitchen", "bath"), f"{name}, from outside"
        )
        unit = world.unit[-1][0]
        if not quiet:
            self._busy_unit(world, resource_id, unit, city.zone)

    def _hotel(
        self, world: World, business: UUID, city: City, *, name: str = "", status: str = "approved", instant: bool | None = None,
        quiet: bool = False,
    ) -> None:  # fmt: skip
        random = self._random
        name = name or words.hotel_name(random)
        stars = random.choice((0.8, 1.0, 1.0, 1.3, 1.8))
        text = words.description(random, name, "small hotel" if stars < 1.3 else "fine hotel", city.look, city.name)
        property_id = self._property(
            world, business, city, name, text, self._some(AT_HOTEL, random.randint(4, 9), "wifi"), status
        )
        self._pictures(world, property_id, None, (city.look, "living"), f"{name}, from the street")
        for step, room in enumerate(words.room_types(random)):
            rooms, guests = random.randint(3, 14), 4 if "Family" in room else 1 if "Single" in room else 2
            resource_id = self._resource(
                world, property_id, Kind.HOTEL_ROOM, Mode.NIGHTLY, room, f"{room} with private bathroom. {text}", pooled=True,
                guests=guests, bedrooms=1, beds=2 if "Twin" in room or guests > 2 else 1, bathrooms=1, units=rooms,
                floor=100 * (step + 1), max_nights=28, pets=random.random() < 0.15,
                instant=random.random() < 0.95 if instant is None else instant,
            )  # fmt: skip
            euros = city.level * stars * (0.85 + 0.22 * step) * random.lognormvariate(0, 0.08)
            self._rate(world, resource_id, city, euros, 0)
            self._pictures(world, property_id, resource_id, ("bedroom", "bath"), f"{room}")
            if not quiet:
                self._busy_pool(world, resource_id, rooms, city.zone)

    def _service(self, world: World, business: UUID, city: City, kind: str) -> None:
        random = self._random
        place, name, text = words.service(random, kind)
        property_id = self._property(
            world, business, city, place, f"{text} In {city.name}.", self._some(AT_HOTEL[:4], 2, "wifi"), "approved"
        )
        mode = Mode.DEPARTURE if kind == "TOUR" else Mode.TIMED
        guests = {"TOUR": 10, "MEETING_ROOM": 8}.get(kind, 1)
        resource_id = self._resource(world, property_id, kind, mode, name, text, guests=guests, pooled=kind == "TOUR")
        self._rate(world, resource_id, city, city.level * random.uniform(0.3, 0.7), 0)
        self._pictures(world, property_id, None, SCENES[kind], place)

    def _some(self, codes: tuple[str, ...], count: int, always: str) -> list[str]:
        known = [code for code in codes if code in self._known and code != always]
        return [always, *self._random.sample(known, min(count, len(known)))]

    # -- calendars ------------------------------------------------------------------------------------------------------

    def _stays(self, busy: float, until: int = 180) -> Iterator[tuple[date, date]]:
        """Stays that follow each other with gaps, fewer the further ahead."""
        random, day = self._random, random_start(self._random)
        while day < until:
            nights = random.choices((1, 2, 3, 4, 5, 7, 10), (2, 5, 6, 4, 3, 3, 1))[0]
            if random.random() < busy * (1 - day / (until * 1.15)):
                yield self._today + timedelta(days=day), self._today + timedelta(days=day + nights)
            day += nights + random.choice((0, 0, 1, 2, 4))

    def _busy_unit(self, world: World, resource_id: UUID, unit: UUID, zone: str) -> None:
        for arrival, departure in self._stays(self._random.uniform(0.2, 0.85)):
            world.claim.append(self._claim(resource_id, unit, zone, arrival, departure))

    def _busy_pool(self, world: World, resource_id: UUID, rooms: int, zone: str) -> None:
        counted: dict[date, int] = {}
        for _ in range(rooms):
            for arrival, departure in self._stays(self._random.uniform(0.1, 0.8), 120):
                world.claim.append(self._claim(resource_id, None, zone, arrival, departure))
                for night in range((departure - arrival).days):
                    day = arrival + timedelta(days=night)
                    counted[day] = counted.get(day, 0) + 1
        world.night_count += [(resource_id, day, rooms, 0, count) for day, count in sorted(counted.items())]

    def _claim(self, resource_id: UUID, unit: UUID | None, zone: str, arrival: date, departure: date) -> Row:
        start, end = nights_span(zone, arrival, departure)
        during = f"[{start.isoformat()},{end.isoformat()})"
        last = departure - timedelta(days=1)
        return (
            self._id(),
            resource_id,
            unit,
            1,
            during,
            arrival,
            last,
            "external",
            "Booked on another site",
            self._now,
        )


def random_start(random: Random) -> int:
    """How many days from now the first stay may begin."""
    return random.randint(0, 9)


def nice(euros: float, currency: str) -> int:
    """An amount as people set it: no odd cents, rounder the larger it is."""
    amount = from_cents(euros * 100, currency) / 10 ** exponent(currency)
    step = 1.0
    while amount / step > 150:
        step *= 5 if str(step)[0] == "1" else 2
    return int(max(round(amount / step) * step, step) * 10 ** exponent(currency))
