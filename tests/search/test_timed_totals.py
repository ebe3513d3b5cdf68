"""Hours and departures: what search finds, from when on and for how much is what booking would quote, to the cent."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from hospes.modules.booking import facade as booking
from hospes.modules.booking.contracts import Hours as BookedHours
from hospes.modules.booking.contracts import Leaving, Wish
from hospes.modules.booking.contracts import Party as BookedParty
from hospes.modules.catalog.contracts import Sellable
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import ClaimKind, Place, SlotAsk, Window
from hospes.modules.inventory.errors import NotAvailable, TooFarToTravel, WrongLength
from hospes.modules.inventory.policies.travel import distance_km
from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.contracts import Party, PriceRule, Sheet
from hospes.modules.pricing.policies.hourly import price_seats, price_span
from hospes.modules.search.contracts import ORIGIN, Diary, Find, Hit, Hours, Listing, Mode, Per, Query, Sort, Tariff
from hospes.modules.search.index.search_index import SearchIndex
from hospes.modules.search.index.timed_offers import MOST_STARTS
from hospes.modules.search.policies.reference_rates import cents, many_cents
from hospes.modules.search.tables.rounds import RoundsByRow
from hospes.platform.db import Database, ReadTx, WriteTx
from hospes.platform.errors import HospesError
from hospes.platform.ids import new_id
from tests.builders.catalog import a_property, a_resource
from tests.builders.schedules import a_departure, with_schedule
from tests.conftest import NOW
from tests.search import oracle, sql_world
from tests.search.oracle import TODAY, an_index, rate_of, sailings
from tests.search.reading import loaded

DAY = timedelta(days=1)
TOWN = Place(48.85, 2.35)
HEADS = (BookedParty(1), BookedParty(2), BookedParty(2, 1), BookedParty(3, 2), BookedParty(1, 1))


def some_hours(random: Random, **given: Any) -> Listing:
    """Somebody booked by the hour, open all day every day, with prices as hosts could set them."""
    first = int(oracle.NOW.timestamp()) - ORIGIN
    runs = [(first + at * 86_400, first + at * 86_400 + 72_000, first + (at + 1) * 86_400) for at in range(50)]
    travels = random.random() < 0.6
    return replace(
        oracle.a_listing(random),
        latitude=TOWN.latitude + random.uniform(-0.1, 0.1), longitude=TOWN.longitude, nightly=False, mode=Mode.TIMED,
        zone=random.choice(("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago")), guests=9,
        diary=Diary(np.array(runs, np.int32).tobytes(), random.choice((15, 30, 50, 60, 90)), 5),
        range_km=random.choice((10.0, 60.0)) if travels else 0.0,
        home=(48.8 + random.uniform(-0.1, 0.1), random.choice((2.3, TOWN.longitude))) if travels else None,
        travel_fee=random.choice((0, 1_500)), travel_per_km=random.choice((0, 55, 120, 333)), **given,
    )  # fmt: skip


def a_tour(random: Random) -> Listing:
    """Something with departures, with or without a price for children."""
    made = oracle.a_listing(random)
    child = random.choice((None, 0, random.randint(0, made.base_amount), random.randint(1, 10**11)))
    return replace(made, nightly=False, mode=Mode.DEPARTURE, guests=9, sailings=sailings(random), child_amount=child)


def an_hourly_query(random: Random) -> Query:
    """Hours with and without a place to come to, or dates."""
    day = TODAY + random.randint(0, 40) * DAY
    query = Query(
        TOWN.latitude, TOWN.longitude, 400.0, party=Party(random.randint(1, 4), random.choice((0, 0, 1, 2))),
        per=random.choice(tuple(Per)), comes_to_me=random.random() < 0.4, sort=Sort.PRICE, limit=500, find=Find.ALL,
        price_max=random.choice((None, None, 9_000, 30_000)),
    )  # fmt: skip
    if random.random() < 0.5:
        return replace(query, arrival=day, departure=day + random.choice((1, 3, 9)) * DAY)
    return replace(
        query, hours=Hours(day, day + random.choice((0, 1, 4)) * DAY, minutes=random.choice((None, 30, 60, 95, 120)))
    )


def right_total(
    listing: Listing, query: Query, start: datetime, rules: tuple[PriceRule, ...]
) -> tuple[int, int, float]:
    """What pricing says of this start: the total, what one is, and how many there are."""
    rate, days = rate_of(listing)
    zone = ZoneInfo(listing.zone)
    today, sheet = oracle.NOW.astimezone(zone).date(), Sheet(rules=rules)
    if listing.mode is Mode.DEPARTURE:
        sailing = next(each for each in listing.sailings if each.start + ORIGIN == start.timestamp())
        day = date.fromordinal(sailing.day)
        price = price_seats(rate, days, day, query.party, amount=sailing.price, sheet=sheet, today=today)
        one = sailing.price if sailing.price is not None else days.get(day, rate.base_amount)
        return price.total, one, query.guests
    assert listing.diary is not None
    minutes = (query.hours.minutes if query.hours else None) or listing.diary.slot
    to, home = Place(query.latitude or 0, query.longitude or 0), Place(*(listing.home or (0, 0)))
    way = distance_km(home, to) if query.comes_to_me and home != to else None
    ends = start + timedelta(minutes=minutes)
    price = price_span(rate, days, start, ends, listing.zone, query.party, travel_km=way, sheet=sheet, today=today)
    return price.total, days.get(start.astimezone(zone).date(), rate.base_amount), minutes / 60


def starts_of(listing: Listing, query: Query) -> list[datetime]:
    """When it can start on the days asked for: every departure; of each day's hours the first, some, and the last."""
    asked = query.hours or Hours(query.arrival or TODAY, query.departure or TODAY)
    zone, found = ZoneInfo(listing.zone), list[datetime]()
    if listing.mode is Mode.DEPARTURE:
        days = range(asked.first.toordinal(), asked.last.toordinal() + 1)
        open_ones = [each for each in listing.sailings if each.day in days and each.left >= query.guests]
        return [datetime.fromtimestamp(each.start + ORIGIN, UTC) for each in open_ones]
    assert listing.diary is not None
    length = (asked.minutes or listing.diary.slot) * 60
    for first, until, end in np.frombuffer(listing.diary.runs, np.int32).reshape(-1, 3).tolist():
        last = min(until, end - length)
        middle = range(first, last + 1, 5 * 60)[::37]
        found += [datetime.fromtimestamp(each + ORIGIN, UTC) for each in sorted({*middle, last - (last - first) % 300})]
        midnights = [datetime.combine(asked.first + at * DAY, time(), zone) for at in range(15)]
        seconds = (int(each.timestamp()) - ORIGIN for each in midnights)
        found += [datetime.fromtimestamp(each + ORIGIN, UTC) for each in seconds if first <= each <= last]
    return sorted(each for each in set(found) if asked.first <= each.astimezone(zone).date() <= asked.last)


def dearer_first(listing: Listing, query: Query, hit: Hit) -> bool:
    """Whether the first start costs more than the hit does, which is the first of the cheapest ones."""
    starts = starts_of(listing, query)
    totals = [right_total(listing, query, each, listing.tariff.rules)[0] for each in starts]
    assert (hit.total, hit.starts_at) == (min(totals), starts[totals.index(min(totals))]), (listing, query)
    return totals[0] > min(totals)


def differing(index: SearchIndex, listings: list[Listing], query: Query, *, rules: bool = True) -> tuple[int, int]:
    """How many hits cost something else than pricing says, and how many there are."""
    known, wrong, previous = {each.resource_id: each for each in listings}, 0, 0
    hits = index.find(query, now=oracle.NOW).hits
    for hit in hits:
        listing = known[hit.resource_id]
        assert hit.starts_at is not None
        total, one, units = right_total(listing, query, hit.starts_at, listing.tariff.rules if rules else ())
        share = total / units if query.per is Per.NIGHT else float(total)
        compared = int(many_cents(np.array([share]), np.zeros(1, np.uint8), [listing.currency])[0])
        same = (hit.total, hit.nightly, hit.score) == (total, one, compared)
        assert (hit.arrival, hit.departure) == (None, None)
        assert query.price_max is None or hit.score <= cents(query.price_max, "EUR")
        assert hit.score >= previous
        previous, wrong = int(hit.score), wrong + (not same)
    return wrong, len(hits)


def test_every_total_is_pricings_own() -> None:
    asked = wrong_without = 0
    for seed in range(12):
        random = Random(seed)
        listings = [some_hours(random) for _ in range(25)] + [a_tour(random) for _ in range(25)]
        world = oracle.World({each.resource_id: each for each in listings})
        index = an_index(world)
        for turn in range(16):
            query = an_hourly_query(random)
            wrong, found = differing(index, listings, query)
            assert wrong == 0, (seed, turn, query)
            asked += found
            if turn % 2:  # the control: pricing without the rules says something else
                wrong_without += differing(index, listings, query, rules=False)[0]
    assert asked > 2_500
    assert wrong_without > 100


def test_of_all_starts_the_first_of_the_cheapest_is_found() -> None:
    found = dearer = 0
    for seed in range(20, 26):
        random = Random(seed)
        listings = [some_hours(random) for _ in range(20)] + [a_tour(random) for _ in range(20)]
        known = {each.resource_id: each for each in listings}
        index = an_index(oracle.World(known))
        for _ in range(14):
            query = replace(an_hourly_query(random), price_max=None)
            for hit in index.find(query, now=oracle.NOW).hits:
                dearer += dearer_first(known[hit.resource_id], query, hit)  # the control: the first start is no answer
                found += 1
    assert found > 1_000
    assert dearer > 50


def test_of_more_listings_and_days_than_are_priced_the_first_start_is() -> None:
    """A world of so many that a week of each is more than `MOST_STARTS`, in which the first day is the dearest."""
    random = Random(4)
    first = int(oracle.NOW.timestamp()) - ORIGIN - 43_200
    runs = np.array([(first + at * 86_400, first + at * 86_400, first + at * 86_400 + 3_600) for at in range(9)])
    one = replace(
        some_hours(random), zone="UTC", day_prices={5: 9_000, 7: 1_000}, base_amount=5_000, tariff=Tariff(),
        diary=Diary(runs.astype(np.int32).tobytes(), 60, 60),
    )  # fmt: skip
    many = [replace(one, resource_id=UUID(int=at + 1)) for at in range(MOST_STARTS // 4 + 1)]
    index = an_index(oracle.World({each.resource_id: each for each in many}))

    def found(days: int) -> tuple[int | None, int]:
        day = TODAY + 5 * DAY
        answer = index.find(Query(hours=Hours(day, day + (days - 1) * DAY), limit=1), now=oracle.NOW, facets=False)
        assert answer.hits[0].starts_at is not None
        return answer.hits[0].total, answer.hits[0].starts_at.day

    assert (found(1), found(3), found(4)) == ((9_000, 6), (1_000, 8), (9_000, 6))


def test_the_price_filter_and_the_histogram_count_the_total() -> None:
    random = Random(3)
    listings = [some_hours(random) for _ in range(60)]
    index = an_index(oracle.World({each.resource_id: each for each in listings}))
    query = Query(
        party=Party(2), hours=Hours(TODAY + 5 * DAY, TODAY + 5 * DAY), per=Per.STAY, sort=Sort.PRICE, limit=99
    )
    everything = index.find(query, now=oracle.NOW)
    prices = [int(each.score) for each in everything.hits]
    middle = prices[len(prices) // 2]
    cheaper = index.find(replace(query, price_max=middle), now=oracle.NOW)
    assert cheaper.total == sum(each <= middle for each in prices)
    assert sum(bar.count for bar in everything.facets.prices) == len(prices)
    assert everything.facets.prices[0].low == prices[0]


# In a database, as booking sees it.


@dataclass(frozen=True)
class Street:
    """Who is booked by the hour, and what departs."""

    timed: list[Sellable]
    tours: list[Sellable]


async def a_street(tx: WriteTx, random: Random) -> Street:
    zone = random.choice(("Europe/Paris", "America/New_York", "Asia/Kolkata"))
    street = Street([], [])
    for _ in range(9):
        place = await a_property(
            tx, zone=zone, latitude=round(TOWN.latitude + random.uniform(-0.1, 0.1), 5), longitude=TOWN.longitude
        )
        resource = {"property_id": place.id, "max_guests": 9, "units": random.choice((1, 1, 2, 3))}
        sellable = await a_resource(tx, kind="PROFESSIONAL", mode="timed", **resource)  # type: ignore[arg-type]
        street.timed.append(sellable)
        await sql_world.a_price(tx, random, sellable.resource_id)
        await _opens(tx, random, sellable, place.latitude)
        await _works(tx, random, sellable)
        tour = await a_resource(tx, property_id=place.id, kind="TOUR", mode="departure")
        street.tours.append(tour)
        await sql_world.a_price(tx, random, tour.resource_id)
        for _ in range(5):
            start = NOW + timedelta(minutes=30 * random.randint(-20, 700))
            await a_departure(
                tx, tour.resource_id, starts_at=start, ends_at=start + timedelta(hours=3),
                capacity=random.randint(1, 6), price_amount=random.choice((None, None, random.randint(0, 9_000))),
            )  # fmt: skip
    await tx.run("UPDATE pricing.rate SET travel_fee = 900, travel_per_km = 75 WHERE mod(base_amount, 2) = 0")
    await tx.run("UPDATE pricing.rate SET child_amount = base_amount * 3 / 7 WHERE mod(base_amount, 3) > 0")
    return street


async def _opens(tx: WriteTx, random: Random, sellable: Sellable, latitude: float) -> None:
    travels: dict[str, Any] = {
        "travel_mode": "travel", "home": Place(latitude, TOWN.longitude + random.choice((0, 0.1))),
        "radius_km": random.choice((15.0, 60.0)), "speed_kmh": random.choice((6.0, 30.0, 90.0)),
    }  # fmt: skip
    await with_schedule(
        tx, sellable.resource_id, slot_minutes=random.choice((30, 45, 60)), step_minutes=random.choice((15, 30)),
        windows=tuple(Window(day, time(8), time(random.choice((12, 18)))) for day in range(7)),
        before_minutes=random.choice((0, 10)), after_minutes=random.choice((0, 20)),
        max_per_day=random.choice((None, None, 3)), **(travels if random.random() < 0.75 else {}),
    )  # fmt: skip


async def _works(tx: WriteTx, random: Random, sellable: Sellable) -> None:
    """Jobs at home, elsewhere, and blocked time, nobody asked whether the ways between them leave time."""
    for _ in range(random.choice((0, 8, 20)) * len(sellable.unit_ids)):
        start = NOW + timedelta(minutes=15 * random.randint(-40, 500))
        kind = random.choice((ClaimKind.BOOKING, ClaimKind.BOOKING, ClaimKind.BLOCK))
        place = Place(TOWN.latitude + random.uniform(-0.3, 0.3), TOWN.longitude + random.uniform(-0.3, 0.3))
        ask = SlotAsk(
            sellable.resource_id, (random.choice(sellable.unit_ids),), sellable.zone, start,
            start + timedelta(minutes=random.choice((15, 45, 60))), timedelta(minutes=random.choice((0, 5))),
            place=random.choice((None, place, place, TOWN)) if kind is ClaimKind.BOOKING else None,
        )  # fmt: skip
        try:
            async with tx.savepoint():
                await inventory.claim(tx, ask, kind=kind, owner_id=new_id(), now=NOW - DAY)
        except NotAvailable:
            continue


@dataclass(frozen=True)
class Quoted:
    """The first start of the cheapest and what it costs, and what the first start of all does."""

    start: datetime
    total: int
    first_total: int


async def best_of_hours(tx: ReadTx, sellable: Sellable, query: Query, party: BookedParty) -> Quoted | None:
    """Of every start that inventory offers the first of the cheapest, at the total that booking would quote."""
    asked = query.hours or Hours(query.arrival or NOW.date(), query.departure or NOW.date())
    where = {"resource_id": sellable.resource_id, "zone": sellable.zone, "unit_ids": sellable.unit_ids}
    place = Place(query.latitude or 0, query.longitude or 0) if query.comes_to_me else None
    ask = {"first": asked.first, "last": asked.last, "minutes": asked.minutes, "place": place, "now": NOW}
    try:
        slots = await inventory.slots(tx, **where, **ask)  # type: ignore[arg-type]
    except (WrongLength, TooFarToTravel):
        return None
    zone = ZoneInfo(sellable.zone)
    slots = [each for each in slots if each.starts_at.astimezone(zone).time() >= asked.since]
    if not slots:
        return None
    schedule = await inventory.schedule_of(tx, sellable.resource_id)
    home = schedule.home if schedule else None
    rate, rules = await pricing.get_rate(tx, sellable.resource_id), await pricing.list_rules(tx, sellable.resource_id)
    days = await pricing.day_prices(tx, sellable.resource_id, asked.first, asked.last + DAY)
    price = partial(
        price_span, rate, days, zone=sellable.zone, party=query.party, sheet=Sheet(rules=tuple(rules)),
        travel_km=distance_km(home, place) if home and place and home != place else None,
        today=NOW.astimezone(zone).date(),
    )  # fmt: skip
    totals = [price(starts_at=each.starts_at, ends_at=each.ends_at).total for each in slots]
    best = slots[totals.index(min(totals))]
    wish = Wish(sellable.resource_id, BookedHours(best.starts_at, best.ends_at, place), party)
    quote = await booking.quote_wish(tx, wish, now=NOW)
    assert (quote.available, quote.terms.price.total) == (True, min(totals))
    return Quoted(best.starts_at, min(totals), totals[0])


async def best_departure(tx: ReadTx, tour: Sellable, query: Query, party: BookedParty) -> Quoted | None:
    """The same of all departures that booking would quote."""
    if query.arrival is None or query.departure is None:
        return None
    quoted = []
    for each in await inventory.departures(tx, tour.resource_id, query.arrival, query.departure, NOW):
        try:
            quote = await booking.quote_wish(tx, Wish(tour.resource_id, Leaving(each.id), party), now=NOW)
        except HospesError:
            continue
        quoted.append((quote.terms.price.total, each.starts_at))
    return Quoted(min(quoted)[1], min(quoted)[0], quoted[0][0]) if quoted else None


def a_question(random: Random, party: Party) -> Query:
    day = NOW.date() + random.randint(-1, 6) * DAY
    comes = random.random() < 0.6
    query = Query(
        TOWN.latitude + comes * random.uniform(-0.2, 0.2), TOWN.longitude, 400.0, party=party, limit=99,
        comes_to_me=comes,
    )  # fmt: skip
    if random.random() < 0.3:
        return replace(query, arrival=max(day, NOW.date()), departure=max(day, NOW.date()) + 3 * DAY)
    since = random.choice((time(), time(10, 20)))
    hours = Hours(day, day + random.choice((0, 0, 4)) * DAY, since, minutes=random.choice((None, None, 45, 60, 90)))
    return replace(query, hours=hours)


def answered(index: SearchIndex, query: Query) -> dict[UUID, tuple[datetime | None, int | None]]:
    """What search finds: every listing for itself."""
    return {
        each.resource_id: (each.starts_at, each.total)
        for kinds in (("PROFESSIONAL",), ("TOUR",))
        for each in index.find(replace(query, kinds=kinds), now=NOW).hits
    }


async def quoted(tx: ReadTx, street: Street, query: Query, party: BookedParty) -> dict[UUID, Quoted]:
    """What booking would quote of each."""
    tours = [] if query.comes_to_me else street.tours
    found = {each.resource_id: await best_departure(tx, each, query, party) for each in tours}
    for each in street.timed:
        schedule = await inventory.schedule_of(tx, each.resource_id)
        if schedule and (schedule.travel_mode == "travel" or not query.comes_to_me):
            found[each.resource_id] = await best_of_hours(tx, each, query, party)
    return {resource_id: each for resource_id, each in found.items() if each is not None}


async def test_search_finds_what_booking_quotes_with_the_ways_between_jobs(db: Database) -> None:
    asked = on_the_way = dearer = 0
    for seed in range(7):
        random = Random(seed)
        async with db.write() as tx:
            await tx.run("UPDATE catalog.property SET status = 'suspended'")  # those of the world before
            street = await a_street(tx, random)
        index = await loaded(db)
        blind = await loaded(db)  # the control: it believes that nobody is ever on the way to a guest
        blind.columns.diaries._rounds = RoundsByRow()
        async with db.read() as tx:
            for _ in range(18):
                party = random.choice(HEADS)
                query = a_question(random, Party(party.adults, party.children))
                best = await quoted(tx, street, query, party)
                right = {resource_id: (each.start, each.total) for resource_id, each in best.items()}
                assert answered(index, query) == right, (seed, query)
                asked += len(right)
                on_the_way += query.comes_to_me and answered(blind, query) != right
                dearer += sum(each.first_total > each.total for each in best.values())
    assert asked > 700
    assert on_the_way > 5
    assert dearer > 50  # whose first start is no answer
