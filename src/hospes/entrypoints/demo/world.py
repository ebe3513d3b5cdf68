"""The demo world as rows: who owns what where, what it costs and when it is taken. Pure; the same seed, the same world."""

from datetime import date, datetime
from uuid import UUID

from hospes.entrypoints.demo import words
from hospes.entrypoints.demo.hours import add_trade
from hospes.entrypoints.demo.maker import Maker
from hospes.entrypoints.demo.places import City
from hospes.entrypoints.demo.portfolio import add_portfolio
from hospes.entrypoints.demo.rows import World
from hospes.entrypoints.demo.stays import add_home, add_hotel
from hospes.entrypoints.demo.trades import TRADES
from hospes.entrypoints.demo.trades import WEIGHTS as TRADE_WEIGHTS
from hospes.entrypoints.demo.trips import TRIPS, add_trip
from hospes.entrypoints.demo.trips import WEIGHTS as TRIP_WEIGHTS
from hospes.modules.catalog.contracts import Kind

HOMES, HOTELS, HOURS = 0.62, 0.87, 0.965  # below: a home, below: a hotel's rooms, below: hours, above: departures
GUESTS = 60
LOGINS = (("guest", "Greta", "Lindqvist"), ("host", "Henrik", "Moreau"), ("admin", "Ada", "Okafor"))


class Builder:
    """Makes the world chunk by chunk."""

    def __init__(self, seed: int, today: date, now: datetime, password_hash: str, amenities: frozenset[str]) -> None:
        self._maker = Maker(seed, today, now, password_hash, amenities)
        self._weights = [city.people**0.35 * (1.6 if city.level > 60 else 1) for city in self._maker.cities]

    @property
    def listings(self) -> int:
        """How many there are so far."""
        return self._maker.listings

    def people(self) -> tuple[World, dict[str, UUID]]:
        """The three demo accounts, and guests who book with others."""
        maker, world, ids = self._maker, World(), dict[str, UUID]()
        for role, first, last in LOGINS:
            roles = ("guest",) if role == "guest" else ("guest", role)
            ids[role] = maker.person(world, f"{role}@hospes.example", first, last, roles)
        for number in range(GUESTS):
            first, last = words.person(maker.random)
            guest = maker.person(world, f"guest-{number + 1}@demo.hospes.example", first, last, ("guest",))
            maker.guests.append(guest)
        return world, ids

    def portfolio(self, host: UUID) -> tuple[World, dict[str, UUID]]:
        """What the demo host runs, all in Lisbon: one of each kind; resource ids by what they are."""
        world = World()
        return world, add_portfolio(self._maker, world, host)

    def chunk(self, size: int) -> World:
        """About so many more listings."""
        maker, world, goal = self._maker, World(), self.listings + size
        while self.listings < goal:
            city = maker.random.choices(maker.cities, self._weights)[0]
            self._add(world, city, "submitted" if maker.random.random() < 0.004 else "approved")
        return world

    def _add(self, world: World, city: City, status: str) -> None:
        maker, random = self._maker, self._maker.random
        draw = random.random()
        if draw < HOMES:
            business = maker.owner(world, "HOME")
            for _ in range(random.choice((1, 1, 1, 2, 3))):
                add_home(maker, world, business, city, status=status)
        elif draw < HOTELS:
            add_hotel(maker, world, maker.owner(world, "HOTEL"), city, status=status)
        elif draw < HOURS:
            trade = random.choices(TRADES, TRADE_WEIGHTS)[0]
            add_trade(maker, world, maker.owner(world, trade.business), city, trade, status=status)
        else:
            trip = random.choices(TRIPS, TRIP_WEIGHTS)[0]
            kind = "TOUR" if trip.kind == Kind.TOUR else "OTHER"
            add_trip(maker, world, maker.owner(world, kind), city, trip)
