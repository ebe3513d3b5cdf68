"""Who owns what where: people, businesses, places and what is sold there, one row at a time. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import orjson

from hospes.entrypoints.demo import pictures, words
from hospes.entrypoints.demo.land import dry_point
from hospes.entrypoints.demo.places import City, cities
from hospes.entrypoints.demo.quarters import quarter
from hospes.entrypoints.demo.rows import World
from hospes.entrypoints.demo.streets import street
from hospes.modules.pricing.contracts import Rate, Tax

LABELS = {
    "bedroom": "The bedroom",
    "living": "The living room",
    "kitchen": "The kitchen",
    "bath": "The bathroom",
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a place is."""

    latitude: float
    longitude: float
    whole: str
    street: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A property."""

    id: UUID
    business_id: UUID
    name: str
    city: City
    at: Address
    check_in_from: str
    check_out_until: str
    house_rules: str
    policy: str


@dataclass(frozen=True, slots=True)
class Sold:
    """A resource with its units."""

    id: UUID
    spot: Spot
    kind: str
    name: str
    units: tuple[UUID, ...]
    guests: int
    instant: bool
    pooled: bool


class Maker:
    """Draws from one source of chance, so that the same seed makes the same rows."""

    def __init__(self, seed: int, today: date, now: datetime, password_hash: str, amenities: frozenset[str]) -> None:
        self.random = Random(f"hospes {seed}")
        self.today = today
        self.now = now
        self.cities = cities()
        self.listings = 0
        self.guests: list[UUID] = []
        self._hash = password_hash
        self._known = amenities
        self._hosts = 0
        self._names: dict[str, set[str]] = {}

    def id(self) -> UUID:
        """A new id."""
        return UUID(int=self.random.getrandbits(128), version=4)

    def person(self, world: World, email: str, first: str, last: str, roles: tuple[str, ...]) -> UUID:
        """Somebody who can sign in with the demo password."""
        user_id = self.id()
        world.user.append((user_id, email, self._hash, first, last, date(1985, 4, 12), self.now, self.now))
        world.role += [(user_id, role, self.now) for role in roles]
        return user_id

    def owner(self, world: World, business_type: str) -> UUID:
        """A new host's business."""
        self._hosts += 1
        first, last = words.person(self.random)
        owner = self.person(world, f"host-{self._hosts}@demo.hospes.example", first, last, ("guest", "host"))
        return self.business(world, owner, f"{first} {last}", business_type, self.random.randint(30, 1500))

    def business(self, world: World, owner: UUID, name: str, kind: str, age: int) -> UUID:
        """An active business, so many days old."""
        business_id, since = self.id(), self.now - timedelta(days=age)
        world.business.append((business_id, owner, name, kind, "ACTIVE", since, self.now))
        world.member.append((business_id, owner, "owner"))
        return business_id

    def address(self, city: City) -> Address:
        """Somewhere in the city, on land."""
        spread = min(1.5 + city.people**0.5 / 400, 7.0)
        latitude, longitude = dry_point(self.random, city.name, (city.latitude, city.longitude), spread)
        whole, alone = street(self.random, city.country, city.name)
        return Address(latitude, longitude, whole, alone)

    def fresh_name(self, city: City, at: Address, draw: Callable[[], str]) -> str:
        """A name that nothing else in the city has."""
        taken = self._names.setdefault(city.name, set())
        for _ in range(5):
            if (name := draw()) not in taken:
                break
        else:
            name, number = f"{name}, {at.street}", 1
            while name in taken:
                number += 1
                name = f"{name.rpartition(' № ')[0] or name} № {number}"
        taken.add(name)
        return name

    def spot(
        self, world: World, business: UUID, city: City, at: Address, name: str, text: str, amenities: list[str],
        *, status: str = "approved", policy: str = "",
    ) -> Spot:  # fmt: skip
        """A property with its house rules and hours."""
        random = self.random
        made = Spot(
            self.id(), business, name, city, at, f"{random.choice((14, 15, 15, 16))}:00", f"{random.choice((10, 11, 11, 12))}:00",
            random.choice(words.RULES), policy or random.choices(("flexible", "moderate", "strict", "non_refundable"), (4, 4, 2, 0.5))[0],
        )  # fmt: skip
        centre = (city.latitude, city.longitude)
        part = quarter(city.name, city.country, centre, (at.latitude, at.longitude))
        world.property.append(
            (made.id, business, name, text, at.whole, city.name, city.country, at.latitude, at.longitude, city.zone,
             made.check_in_from, made.check_out_until, made.house_rules, amenities, made.policy, status, self.now, self.now, part)
        )  # fmt: skip
        return made

    def sold(
        self, world: World, spot: Spot, kind: str, mode: str, name: str, text: str, *, units: list[str], guests: int = 2,
        instant: bool = True, pooled: bool = False, **given: Any,
    ) -> Sold:  # fmt: skip
        """A resource and its units, by name."""
        resource_id, stars = self.id(), self.random.betavariate(9, 1.6) * 2 + 3
        rated = int(self.random.expovariate(1 / 45))
        world.resource.append(
            (resource_id, spot.id, kind, mode, pooled, name, text, guests, given.get("bedrooms", 0), given.get("beds", 0),
             given.get("bathrooms", 0), given.get("amenities", []), instant, given.get("pets", False),
             given.get("min_nights", 1), given.get("max_nights", 60), 0, round(min(stars, 5), 2) if rated else None, rated,
             self.now, self.now)
        )  # fmt: skip
        ids = tuple(self.id() for _ in units)
        world.unit += [
            (each, resource_id, label, place) for place, (each, label) in enumerate(zip(ids, units, strict=True))
        ]
        self.listings += 1
        return Sold(resource_id, spot, kind, name, ids, guests, instant, pooled)

    def rate(self, world: World, sold: Sold, rate: Rate, *, rules: bool = False) -> None:
        """What it costs; `rules`: there are plans, price rules or restrictions."""
        taxes = orjson.dumps([_tax(each) for each in rate.taxes]).decode()
        world.rate.append(
            (sold.id, rate.currency, rate.base_amount, rate.cleaning_fee, rate.service_fee_bp, taxes, self.now,
             rate.travel_fee, rate.travel_per_km, rate.child_amount, rules)
        )  # fmt: skip

    def pictures(self, world: World, spot: Spot, sold: Sold | None, scenes: tuple[str, ...], alt: str) -> None:
        """Drawn ones."""
        for place, kind in enumerate(scenes):
            variant = self.random.randrange(pictures.VARIANTS)
            world.media.append(
                (self.id(), spot.id, sold and sold.id, f"demo/{kind}-{variant}.svg", "image/svg+xml", pictures.WIDTH,
                 pictures.HEIGHT, LABELS.get(kind, alt), place, self.now)
            )  # fmt: skip

    def some(self, codes: tuple[str, ...], count: int, always: str) -> list[str]:
        """So many of the amenities, and one that is always there."""
        known = [code for code in codes if code in self._known and code != always]
        return [always, *self.random.sample(known, min(count, len(known)))]


def _tax(tax: Tax) -> dict[str, Any]:
    said = {"code": tax.code, "name": tax.name, "kind": str(tax.kind), "bp": tax.bp, "amount": tax.amount}
    more = {"included": tax.included or None, "exempt_under_age": tax.exempt_under_age, "max_nights": tax.max_nights}
    return {**said, **{name: value for name, value in more.items() if value is not None}}
