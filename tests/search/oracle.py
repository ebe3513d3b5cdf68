"""An oracle of search that looks at every listing one by one, in plain Python, with pricing's own rules."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from hospes.modules.catalog.contracts import AMENITIES, KINDS
from hospes.modules.pricing.contracts import Party, Rate, Sheet
from hospes.modules.pricing.errors import Restricted
from hospes.modules.pricing.policies.hourly import price_seats
from hospes.modules.pricing.policies.nightly import price_nights
from hospes.modules.pricing.policies.restricting import check_restrictions
from hospes.modules.search.contracts import Box, Find, Flexible, Listing, Mode, Per, Query, Sailing, Sort, Tariff
from hospes.modules.search.contracts.listing import ORIGIN
from hospes.modules.search.index.columns import NIGHTS
from hospes.modules.search.index.search_index import SearchIndex
from hospes.modules.search.policies.reference_rates import cents, many_cents
from tests.search.nights import all_nights_but
from tests.search.tariff_worlds import a_restriction, a_rule, a_tax

TODAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CODES = [amenity.code for amenity in AMENITIES]
CODES_ASKED = [*CODES[:7], "plumber"]
ASLEEP = ("HOME", "HOTEL_ROOM", "PACKAGE", "OTHER")
TOWNS = ((38.7, -9.1), (52.5, 13.4), (-17.8, 179.97), (64.1, -21.9))
ZONES = ("UTC", "UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Paris")
PER = {"EUR": 100, "USD": 100, "ISK": 1}


@dataclass
class World:
    """Listings by id, which nights of each are closed, and prices once asked for."""

    listings: dict[UUID, Listing] = field(default_factory=dict)
    closed: dict[UUID, set[int]] = field(default_factory=dict)
    known: dict[tuple[object, ...], tuple[int, int]] = field(default_factory=dict)

    def add(self, listing: Listing, closed: set[int]) -> None:
        self.listings[listing.resource_id] = listing
        self.closed[listing.resource_id] = closed
        self.known.clear()

    def drop(self, resource_id: UUID) -> None:
        del self.listings[resource_id]


@dataclass(frozen=True)
class Offer:
    """One way to take a listing."""

    listing: Listing
    cents: int
    nightly: int
    total: int | None = None
    arrival: date | None = None
    departure: date | None = None
    starts_at: datetime | None = None


def a_property(random: Random, world: World) -> list[Listing]:
    """One to four resources at one place."""
    town = random.choice(TOWNS)
    longitude = town[1] + random.gauss(0, 0.2)
    property_id = UUID(int=random.getrandbits(128))
    base = replace(
        a_listing(random),
        latitude=round(town[0] + random.gauss(0, 0.1), 4),
        longitude=round(longitude - 360 if longitude > 180 else longitude, 4),
        zone=random.choice(ZONES),
        property_id=property_id,
    )
    made = []
    for _ in range(random.choice((1, 1, 2, 3, 4))):
        closed = set(random.sample(range(NIGHTS), random.choice((0, 40, 200))))
        own = a_listing(random)
        listing = replace(
            own,
            latitude=base.latitude,
            longitude=base.longitude,
            zone=base.zone,
            property_id=property_id,
            open_words=all_nights_but((night, night + 1) for night in closed),
            kind=own.kind if random.random() < 0.9 else "PARKING",
        )
        if random.random() < 0.1:
            child = random.choice((None, 0, random.randint(0, listing.base_amount)))
            listing = replace(listing, mode=Mode.DEPARTURE, nightly=False, open_words=b"", sailings=sailings(random))
            listing = replace(listing, child_amount=child, kind=random.choice(("TOUR", "EQUIPMENT", "HOTEL_ROOM")))
        world.add(listing, closed)
        made.append(listing)
    return made


def a_listing(random: Random) -> Listing:
    """Something sold by the night, somewhere."""
    currency = random.choice(("EUR", "USD", "ISK"))
    return Listing(
        resource_id=UUID(int=random.getrandbits(128)), latitude=0.0, longitude=0.0,
        kind=random.choice(("HOME", "HOTEL_ROOM")), guests=random.randint(1, 6), pets=random.random() < 0.5,
        instant=random.random() < 0.5, amenities=random.getrandbits(len(CODES)),
        rating=random.choice((0.0, 3.5, 4.25, 4.75)), rating_count=random.randint(0, 90), currency=currency,
        base_amount=random.choice((0, *(random.randint(30, 400) * PER[currency] for _ in range(9)))),
        min_nights=random.choice((1, 1, 2, 3)), max_nights=random.choice((5, 30, 365)),
        notice_hours=random.choice((0, 0, 0, 24, 24 * 9)), horizon_days=random.choice((40, 120, 365)), nightly=True,
        day_prices={night: random.randint(20, 500) * PER[currency] for night in random.sample(range(120), 20)}
        if random.random() < 0.3 else {},
        tariff=Tariff(
            random.choice((0, random.randint(1, 90) * PER[currency])), random.choice((0, 1_200, 333)),
            tuple(a_tax(random, str(at)) for at in range(random.choice((0, 0, 1, 2)))),
            tuple(a_rule(random) for _ in range(random.choice((0, 0, 0, 2, 5)))),
        ),
        restrictions=tuple(a_restriction(random) for _ in range(random.choice((0, 0, 0, 1, 3)))),
    )  # fmt: skip


def sailings(random: Random) -> tuple[Sailing, ...]:
    """Departures at noon of UTC."""
    days = sorted(random.sample(range(2, 120), 12))
    return tuple(
        Sailing(
            int((NOW + day * DAY).timestamp()) - ORIGIN, (TODAY + day * DAY).toordinal(), random.randint(1, 9),
            price=random.choice((None, random.randint(1_000, 20_000))),
        )
        for day in days
    )  # fmt: skip


def a_world(random: Random, properties: int) -> World:
    world = World()
    for _ in range(properties):
        a_property(random, world)
    return world


def an_index(world: World) -> SearchIndex:
    index = SearchIndex([info.code for info in KINDS], CODES, TODAY)
    index.load(world.listings.values())
    return index


def a_query(random: Random) -> Query:
    """Any mixture of wishes."""
    latitude, longitude = random.choice(TOWNS[:2] + TOWNS[3:] + ((-17.8, -179.95),))
    somewhere = random.random()
    asked = Query(
        latitude=latitude if somewhere < 0.6 else None,
        longitude=longitude,
        radius_km=random.choice((3.0, 12.0, 40.0, 40.0)),
        box=Box(-18.2, 179.8, -17.0, -179.5) if 0.55 < somewhere < 0.7 else None,
        polygon=a_polygon(random, latitude, longitude) if somewhere > 0.85 else (),
        party=Party(random.randint(1, 4), random.choice((0, 0, 1)), pets=random.choice((0, 0, 0, 1))),
        price_min=random.choice((None, None, 5_000)),
        price_max=random.choice((None, None, 20_000, 60_000)),
        per=random.choice(tuple(Per)),
        kinds=random.choice(((), (), ("HOME",), ("HOME", "HOTEL_ROOM"), ("TOUR", "HOTEL_ROOM"))),
        find=random.choice((*[Find.FITTING] * 5, *Find)),
        amenities=tuple(random.sample(CODES_ASKED, random.choice((0, 0, 0, 1, 2)))),
        instant=random.random() < 0.25,
        rating_min=random.choice((None, None, 4.0)),
        sort=random.choice(tuple(Sort)),
        limit=100,
    )
    if asked.party.children and random.random() < 0.7:
        asked = replace(asked, child_ages=(random.randint(0, 17),))
    arrival = TODAY + random.randint(-1, 120) * DAY
    kind = random.random()
    if kind < 0.25:
        return asked
    if kind < 0.7:
        return replace(asked, arrival=arrival, departure=arrival + random.choice((1, 2, 3, 3, 7)) * DAY)
    nights = tuple(random.sample((1, 2, 3, 5, 7, 14), random.choice((1, 1, 2, 3))))
    last = arrival + random.choice((0, 3, 6, 20)) * DAY
    return replace(asked, flexible=Flexible(nights, arrival, last, random.choice((127, 127, 0b011_0000, 0b1))))


def a_polygon(random: Random, latitude: float, longitude: float) -> tuple[tuple[float, float], ...]:
    """Points around a town, in any order: it may cross itself, and the date line."""
    points = []
    for _ in range(random.randint(3, 9)):
        east = longitude + random.gauss(0, 0.4)
        points.append((latitude + random.gauss(0, 0.3), (east + 180) % 360 - 180))
    return tuple(points)


def kilometres(listing: Listing, latitude: float, longitude: float) -> float:
    a, b = math.radians(listing.latitude), math.radians(latitude)
    half = math.sin((a - b) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(listing.longitude - longitude) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(min(half, 1)))


def surrounded(polygon: tuple[tuple[float, float], ...], latitude: float, longitude: float) -> bool:
    """Whether going east from there crosses the sides an odd number of times; all is counted from the point."""
    inside = False
    for (y1, x1), (y2, x2) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        near, step = (x1 - longitude + 180) % 360 - 180, (x2 - x1 + 180) % 360 - 180
        if (y1 > latitude) != (y2 > latitude) and near + step * (latitude - y1) / (y2 - y1) > 0:
            inside = not inside
    return inside


def there(listing: Listing, query: Query) -> bool:
    box = query.box
    away = 0.0
    if query.latitude is not None and query.longitude is not None:
        away = round(kilometres(listing, query.latitude, query.longitude), 6)
    across = box is None or listing.longitude >= box.west or listing.longitude <= box.east
    return (
        away <= query.radius_km
        and (box is None or (across and box.south <= listing.latitude <= box.north))
        and (not query.polygon or surrounded(query.polygon, listing.latitude, listing.longitude))
    )


def looked_for(listing: Listing, query: Query) -> bool:
    """Whether it is a place to sleep, or else a thing, as asked; who asks for nights and no more wants to sleep."""
    stay = listing.mode is Mode.NIGHTLY and listing.kind in ASLEEP
    nights = query.arrival is not None or query.flexible is not None
    bare = not (query.kinds or query.comes_to_me or "plumber" in query.amenities)
    find = query.find or ("stays" if nights and bare else "all")
    return find == "all" or stay == (find == "stays")


def wanted(listing: Listing, query: Query) -> bool:
    wishes = sum(1 << CODES.index(code) for code in set(query.amenities))
    return (
        there(listing, query)
        and looked_for(listing, query)
        and listing.guests >= query.guests
        and (not query.party.pets or listing.pets)
        and (not query.kinds or listing.kind in query.kinds)
        and listing.amenities & wishes == wishes
        and (not query.instant or listing.instant)
        and (query.rating_min is None or listing.rating >= query.rating_min)
    )


def offers(world: World, listing: Listing, query: Query) -> Iterator[Offer]:
    """Every way to take the listing as asked."""
    if query.flexible is not None:
        asked = query.flexible
        for nights in asked.nights:
            for at in range((asked.last - asked.first).days + 1):
                arrival = asked.first + at * DAY
                if asked.weekdays >> arrival.weekday() & 1:
                    yield from stay(world, listing, query, arrival, nights)
    elif query.arrival is None or query.departure is None:
        yield Offer(listing, cents(listing.base_amount, listing.currency), listing.base_amount)
    elif query.arrival < TODAY:
        return
    elif listing.mode is Mode.DEPARTURE:
        for each in listing.sailings:
            if query.arrival.toordinal() <= each.day <= query.departure.toordinal() and each.left >= query.guests:
                yield leaving(listing, each, query)
    else:
        yield from stay(world, listing, query, query.arrival, (query.departure - query.arrival).days)


def leaving(listing: Listing, sailing: Sailing, query: Query) -> Offer:
    """Places for the party, as pricing's `price_seats` has it."""
    rate, days = rate_of(listing)
    day = date.fromordinal(sailing.day)
    today = NOW.astimezone(ZoneInfo(listing.zone)).date()
    sheet = Sheet(rules=listing.tariff.rules)
    price = price_seats(rate, days, day, query.party, amount=sailing.price, sheet=sheet, today=today)
    compared = measure(price.total, query.guests, query, listing.currency)
    adult = sailing.price if sailing.price is not None else days.get(day, rate.base_amount)
    start = datetime.fromtimestamp(sailing.start + ORIGIN, UTC)
    return Offer(listing, compared, adult, price.total, starts_at=start)


def rate_of(listing: Listing) -> tuple[Rate, dict[date, int]]:
    """As pricing has it, with the days that have a price of their own."""
    its = listing.tariff
    rate = Rate(
        listing.currency, listing.base_amount, its.cleaning_fee, its.service_fee_bp, its.taxes,
        travel_fee=listing.travel_fee, travel_per_km=listing.travel_per_km, child_amount=listing.child_amount,
    )  # fmt: skip
    return rate, {TODAY + night * DAY: amount for night, amount in listing.day_prices.items()}


def stay(world: World, listing: Listing, query: Query, arrival: date, nights: int) -> Iterator[Offer]:
    first = (arrival - TODAY).days
    today = NOW.astimezone(ZoneInfo(listing.zone)).date()
    departure = arrival + nights * DAY
    check_in = datetime.combine(arrival, listing.check_in_from, ZoneInfo(listing.zone))
    if (
        listing.mode is not Mode.NIGHTLY
        or first < 0
        or arrival < today
        or not listing.min_nights <= nights <= listing.max_nights
        or (departure - today).days > listing.horizon_days
        or (listing.notice_hours and check_in - NOW < timedelta(hours=listing.notice_hours))
        or world.closed[listing.resource_id] & set(range(first, first + nights))
    ):
        return
    try:
        check_restrictions(listing.restrictions, arrival, departure, plan_id=None, today=today)
    except Restricted:
        return
    total, nightly = priced(world, listing, arrival, nights, query, today)
    yield Offer(listing, measure(total, nights, query, listing.currency), nightly, total, arrival, departure)


def priced(world: World, listing: Listing, arrival: date, nights: int, query: Query, today: date) -> tuple[int, int]:
    key = (listing.resource_id, arrival, nights, query.party, query.child_ages)
    if key not in world.known:
        rate, days = rate_of(listing)
        sheet = Sheet(rules=listing.tariff.rules)
        price = price_nights(
            *(rate, days, arrival, arrival + nights * DAY, query.party),
            sheet=sheet,
            children_ages=query.child_ages,
            today=today,
        )
        world.known[key] = price.total, round(sum(amount for _, amount in price.nights) / nights)
    return world.known[key]


def measure(total: int, nights: int, query: Query, currency: str) -> int:
    import numpy as np

    share = total / nights if query.per is Per.NIGHT else float(total)
    return int(many_cents(np.array([share]), np.zeros(1, np.uint8), [currency])[0])


def best_offer(world: World, listing: Listing, query: Query) -> Offer | None:
    """The cheapest, of equally cheap ones the first, then the shortest; None where it is not in the price range."""
    found = list(offers(world, listing, query))
    if not found:
        return None

    def order(each: Offer) -> tuple[float, date, int]:
        if each.total is not None and each.starts_at is not None:
            return each.total, each.starts_at.date(), 0
        if each.total is None or each.arrival is None or each.departure is None:
            return 0.0, TODAY, 0
        nights = (each.departure - each.arrival).days
        return (each.total / nights if query.per is Per.NIGHT else each.total), each.arrival, nights

    best = min(found, key=order)
    low = query.price_min is None or best.cents >= cents(query.price_min, "EUR")
    high = query.price_max is None or best.cents <= cents(query.price_max, "EUR")
    return best if low and high else None


def score(offer: Offer, query: Query) -> float:
    """The smaller the better."""
    listing = offer.listing
    if query.sort is Sort.PRICE:
        return offer.cents
    if query.sort is Sort.RATING:
        return -listing.rating
    if query.sort is Sort.DISTANCE and query.latitude is not None:
        return round(kilometres(listing, query.latitude, query.longitude or 0), 6)
    euros = max(cents(listing.base_amount, listing.currency) / 100, 1)
    liked = (listing.rating * listing.rating_count + 21.0) / (listing.rating_count + 5)
    return -round(1000 * (20 * liked + (6 if listing.instant else 0) - 4 * math.log(euros)))


def expected(world: World, query: Query, *, grouped: bool = True) -> list[tuple[Offer, int]]:
    """Each property with the offer that is shown and how many of its resources fit, in order."""
    properties: dict[UUID, list[Offer]] = {}
    for listing in world.listings.values():
        offer = best_offer(world, listing, query) if wanted(listing, query) else None
        if offer is not None:
            properties.setdefault(listing.property_id if grouped else listing.resource_id, []).append(offer)
    shown = [
        (min(each, key=lambda one: (one.cents, one.listing.resource_id.bytes)), len(each))
        for each in properties.values()
    ]
    return sorted(shown, key=lambda each: (score(each[0], query), each[0].listing.property_id.bytes))
