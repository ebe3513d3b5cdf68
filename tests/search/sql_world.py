"""A random world of live and sleeping listings in a real database, through builders and use cases."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from hospes.modules.catalog.contracts import Sellable
from hospes.modules.catalog.queries import find_sellable
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import ClaimKind, Window
from hospes.modules.inventory.errors import NotAvailable
from hospes.modules.pricing import store
from hospes.modules.pricing.contracts import PriceRule, Rate, RatePlan
from hospes.modules.pricing.policies.specificity import Scoped
from hospes.modules.pricing.policies.validity import faults_of_restriction, faults_of_rule
from hospes.modules.pricing.queries import find_rate
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from tests.builders.catalog import a_business, a_property, a_resource
from tests.builders.inventory import ask_of
from tests.builders.pricing import a_plan, a_rate
from tests.builders.schedules import a_departure, with_schedule
from tests.conftest import NOW
from tests.search import tariff_worlds

TODAY = date(2026, 6, 1)
DAY = timedelta(days=1)
TOWNS = ((38.7, -9.1), (52.5, 13.4), (-17.8, 179.97), (64.1, -21.9))
ZONES = ("Europe/Berlin", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Atlantic/Reykjavik", "Asia/Kolkata")
WISHES = ("wifi", "kitchen", "pool", "balcony")
CURRENCIES = ("EUR", "USD", "ISK", "KWD")
STATUSES = ("approved",) * 9 + ("suspended",)
PROPERTIES = 70


@dataclass(frozen=True)
class World:
    """What was built: the properties, and where they lie."""

    properties: dict[UUID, tuple[float, float]]
    resources: dict[UUID, list[UUID]]


async def a_world(tx: WriteTx, random: Random, size: int = PROPERTIES) -> World:
    """Properties around four towns, one of them astride the date line, with one to four resources each."""
    businesses = [await a_business(tx, status="SUSPENDED" if place == 0 else "ACTIVE") for place in range(6)]
    world = World({}, {})
    for _ in range(size):
        town = random.choice(TOWNS)
        longitude = town[1] + random.gauss(0, 0.2)
        where = round(town[0] + random.gauss(0, 0.1), 5), round(longitude - 360 if longitude > 180 else longitude, 5)
        place = await a_property(
            tx,
            business_id=random.choice(businesses).id,
            latitude=where[0],
            longitude=where[1],
            zone=random.choice(ZONES),
            check_in_from=time(random.choice((0, 12, 15, 23))),
            amenities=random.sample(WISHES, random.randint(0, 3)),
            status=random.choice(STATUSES),
        )
        world.properties[place.id] = where
        count = random.choice((1, 1, 2, 3, 4))
        world.resources[place.id] = [await _resource(tx, random, place.id) for _ in range(count)]
    return world


async def _resource(tx: WriteTx, random: Random, property_id: UUID) -> UUID:
    kind = random.choice(("HOME", "HOME", "HOME", "HOTEL_ROOM", "HOTEL_ROOM", "MEETING_ROOM", "TOUR"))
    timed = kind == "MEETING_ROOM" and random.random() < 0.5
    rated = random.random() < 0.7
    sellable = await a_resource(
        tx,
        property_id=property_id,
        kind=kind,
        mode="departure" if kind == "TOUR" else "timed" if timed else "nightly",
        pooled=kind == "HOTEL_ROOM" and random.random() < 0.7,
        units=random.choice((1, 1, 2, 3, 0) if random.random() < 0.5 else (1, 2)),
        max_guests=random.randint(1, 7),
        pets_allowed=random.random() < 0.5,
        instant=random.random() < 0.6,
        active=random.random() < 0.95,
        amenities=random.sample(WISHES, random.randint(0, 3)),
        rating_avg=random.choice((3.5, 4, 4.25, 4.75, 5)) if rated else None,
        rating_count=random.randint(1, 80) if rated else 0,
        min_nights=random.choice((1, 1, 1, 2, 3)),
        max_nights=random.choice((5, 30, 90)),
        notice_hours=random.choice((0, 0, 0, 12, 24, 72)),
        horizon_days=random.choice((45, 180, 365)),
    )
    if random.random() < 0.03:
        return sellable.resource_id  # without a price it is not on sale
    await a_price(tx, random, sellable.resource_id)
    if sellable.mode == "nightly" and sellable.unit_ids:
        await _take(tx, random, sellable)
    elif sellable.mode == "timed":
        await with_schedule(
            tx, sellable.resource_id, slot_minutes=random.choice((60, 180)), step_minutes=60,
            windows=tuple(Window(day, time(8), time(18)) for day in random.sample(range(7), 4)),
        )  # fmt: skip
    elif sellable.mode == "departure":
        for _ in range(20):
            start = NOW + timedelta(minutes=30 * random.randint(-60, 5_800))
            await a_departure(
                tx, sellable.resource_id, starts_at=start, ends_at=start + timedelta(hours=3),
                capacity=random.randint(1, 9), cutoff_minutes=random.choice((0, 2_000)),
                price_amount=random.choice((None, None, random.randint(0, 30_000))),
            )  # fmt: skip
    return sellable.resource_id


async def a_price(tx: WriteTx, random: Random, resource_id: UUID) -> None:
    rate = tariff_worlds.a_rate(random)
    base = random.choice((random.randint(3_000, 40_000), 12_000, 12_000))
    rate = Rate(random.choice(CURRENCIES), base, rate.cleaning_fee, rate.service_fee_bp, rate.taxes)
    await a_rate(
        tx,
        resource_id,
        base_amount=base,
        currency=rate.currency,
        cleaning_fee=rate.cleaning_fee,
        service_fee_bp=rate.service_fee_bp,
        taxes=rate.taxes,
    )
    if random.random() < 0.3:
        await store.write_day_prices(tx, resource_id, tariff_worlds.day_prices(random, rate))
    if random.random() < 0.5:
        return
    await _say(tx, random, resource_id)


async def _say(tx: WriteTx, random: Random, resource_id: UUID) -> None:
    """Price rules and restrictions, as many as come to mind, that pricing would accept."""
    plan = await a_plan(tx, resource_id, f"plan{random.getrandbits(30)}")
    rules: list[PriceRule] = []
    for _ in range(random.choice((0, 1, 2, 4, 8))):
        rule = _anybodys(random, tariff_worlds.a_rule(random), resource_id, plan)
        if not faults_of_rule(rule, rules, [plan]):
            rules.append(replace(rule, position=random.randint(0, 3)))
            await store.upsert_rule(tx, rules[-1])
    for _ in range(random.choice((0, 0, 1, 2, 3))):
        restriction = _anybodys(random, tariff_worlds.a_restriction(random), resource_id, plan)
        if not faults_of_restriction(restriction, [], [plan]):
            await store.upsert_restriction(tx, restriction)
    await store.note_rules(tx, resource_id)


def _anybodys(random: Random, given: Scoped, resource_id: UUID, plan: RatePlan) -> Scoped:
    """The same of this resource, one in ten for its plan only."""
    return replace(given, id=new_id(), resource_id=resource_id, plan_id=plan.id if random.random() < 0.1 else None)


async def _take(tx: WriteTx, random: Random, sellable: Sellable) -> None:
    """Bookings, blocks and holds, some of them lapsed, some let go; and rooms sold twice or out of service."""
    for _ in range(random.choice((0, 2, 6, 14)) * len(sellable.unit_ids)):
        first = TODAY + random.randint(-3, 110) * DAY
        ask = ask_of(sellable, first, first + random.choice((1, 2, 3, 7, 14)) * DAY)
        kind = random.choice((ClaimKind.BOOKING, ClaimKind.BLOCK, ClaimKind.HOLD))
        held: datetime | None = None
        if kind is ClaimKind.HOLD:
            held = NOW + timedelta(minutes=random.choice((-30, -1, 10)))
        owner = new_id()
        try:
            await inventory.claim(tx, ask, kind=kind, owner_id=owner, held_until=held, now=NOW - timedelta(hours=1))
        except NotAvailable:
            continue
        if random.random() < 0.1:
            await inventory.release(tx, owner, now=NOW)
    if sellable.pooled:
        await tx.run(
            "UPDATE inventory.night_count SET overbooking = 1 WHERE resource_id = %s"
            " AND extract(day FROM night)::integer %% 5 = 0",
            (sellable.resource_id,),
        )
        await tx.run(
            "UPDATE inventory.night_count SET capacity = capacity - 1 WHERE resource_id = %s"
            " AND extract(day FROM night)::integer %% 7 = 0 AND claimed < capacity + overbooking AND capacity > 0",
            (sellable.resource_id,),
        )


async def change(tx: WriteTx, random: Random, world: World) -> set[UUID]:
    """Something else about a third of the world; answers the listings it is about."""
    touched: set[UUID] = set()
    for property_id, resources in world.resources.items():
        if random.random() < 0.2:
            touched.update(resources)
            latitude, longitude = world.properties[property_id]
            world.properties[property_id] = latitude, longitude = round(latitude + random.gauss(0, 0.1), 5), longitude
            await tx.run(
                "UPDATE catalog.property SET latitude = %s, amenities = %s, status = %s, check_in_from = %s"
                " WHERE id = %s",
                (latitude, random.sample(WISHES, 2), random.choice(STATUSES), time(random.randint(0, 23)), property_id),
            )
        for resource_id in resources:
            sellable = await find_sellable(tx, resource_id)
            rate = await find_rate(tx, resource_id)
            if random.random() < 0.4 and sellable is not None and rate is not None:
                touched.add(resource_id)
                await _change(tx, random, sellable, rate)
    return touched


async def _change(tx: WriteTx, random: Random, sellable: Sellable, rate: Rate) -> None:
    there = sellable.resource_id
    match random.randrange(7):
        case 0 if sellable.unit_ids and sellable.mode == "nightly":
            await _take(tx, random, sellable)
        case 1:
            for each in random.sample(owners := await _owners(tx, there), len(owners) // 2):
                await inventory.release(tx, each, now=NOW)
        case 2:
            await _say(tx, random, there)
        case 3:
            await tx.run("DELETE FROM pricing.price_rule WHERE resource_id = %s", (there,))
            await tx.run("DELETE FROM pricing.restriction WHERE resource_id = %s", (there,))
            await store.note_rules(tx, there)
        case 4:
            await store.write_day_prices(tx, there, tariff_worlds.day_prices(random, rate))
            await store.upsert_rate(tx, there, replace(rate, base_amount=random.randint(3_000, 40_000)), NOW)
        case 5:
            await tx.run(
                "UPDATE catalog.unit SET active = NOT active WHERE resource_id = %s AND position = 0", (there,)
            )
        case _:
            await tx.run(
                "UPDATE catalog.resource SET max_guests = %s, instant = NOT instant, min_nights = %s, active = %s"
                " WHERE id = %s",
                (random.randint(1, 7), random.randint(1, 3), random.random() < 0.8, there),
            )


async def _owners(tx: WriteTx, resource_id: UUID) -> list[UUID]:
    rows = await tx.all(
        "SELECT owner_id FROM inventory.claim WHERE resource_id = %s AND released_at IS NULL ORDER BY id",
        (resource_id,),
    )
    return [row["owner_id"] for row in rows]
