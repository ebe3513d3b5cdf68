"""Search and booking agree on every date, zone, hour and notice: booking's own rule is the oracle."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID

import pytest

from hospes.modules.booking.contracts import Party
from hospes.modules.booking.policies.restrictions import StayRules, check_stay
from hospes.modules.search.contracts import Listing, Query
from hospes.modules.search.index.search_index import SearchIndex
from hospes.modules.search.policies.wall_clock import earliest_today
from hospes.platform.errors import Invalid
from tests.search.nights import all_nights_but

ZONES = (
    "Etc/GMT+12", "Pacific/Pago_Pago", "America/Los_Angeles", "America/St_Johns", "UTC", "Europe/Paris",
    "Africa/Casablanca", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Kiritimati",
)  # fmt: skip


def a_listing(random: Random) -> Listing:
    return Listing(
        resource_id=UUID(int=random.getrandbits(128)), latitude=0.0, longitude=0.0, kind="HOME",
        guests=random.randint(1, 4), pets=random.random() < 0.5, instant=True, amenities=0, rating=4.0, rating_count=1,
        currency="EUR", base_amount=10_000, min_nights=random.choice((1, 1, 2, 5)),
        max_nights=random.choice((2, 7, 30, 365)), notice_hours=random.choice((0, 0, 1, 5, 12, 24, 36, 48, 100, 500)),
        horizon_days=random.choice((1, 2, 3, 30, 365, 500)), nightly=True, open_words=all_nights_but(()),
        zone=random.choice(ZONES), check_in_from=time(random.randint(0, 23), random.choice((0, 15, 30))),
    )  # fmt: skip


def booking_accepts(listing: Listing, query: Query, now: datetime) -> bool:
    assert query.arrival is not None
    assert query.departure is not None
    rules = StayRules(
        zone=listing.zone, check_in_from=listing.check_in_from, check_out_until=time(11), max_guests=listing.guests,
        pets_allowed=listing.pets, min_nights=listing.min_nights, max_nights=listing.max_nights,
        notice_hours=listing.notice_hours, horizon_days=listing.horizon_days,
    )  # fmt: skip
    party = query.party
    try:
        check_stay(rules, query.arrival, query.departure, party, now=now)
    except Invalid:
        return False
    return True


def a_moment(random: Random) -> datetime:
    """Any microsecond; often a change of clocks or a year's end is near."""
    day = random.choice((date(2026, 3, 28), date(2026, 10, 24), date(2026, 12, 30), date(2027, 2, 27)))
    day += timedelta(days=random.randint(0, 3))
    exact = random.random() < 0.5
    clock = time(random.randint(0, 23), random.choice((0, 15, 30, 45)), 0, 0 if exact else random.randint(0, 999_999))
    return datetime.combine(day, clock, UTC)


def a_question(random: Random, now: datetime) -> Query:
    near = random.random() < 0.7
    arrival = now.date() + timedelta(days=random.randint(-3, 4) if near else random.randint(-1, 500))
    nights = random.choice((1, 1, 2, 3, 6, 29, 31, 365, 366))
    return Query(
        arrival=arrival, departure=arrival + timedelta(days=nights), limit=1000,
        party=Party(random.randint(1, 5), pets=random.choice((0, 0, 0, 1, 5, 6)), infants=random.choice((0, 0, 5, 6))),
    )  # fmt: skip


@dataclass
class Verdict:
    found: set[UUID]
    right: set[UUID]


def verdict(index: SearchIndex, world: list[Listing], query: Query, now: datetime) -> Verdict:
    answer = index.find(query, now=now)
    right = {each.resource_id for each in world if booking_accepts(each, query, now)}
    assert answer.total == len(answer.hits)
    return Verdict({hit.resource_id for hit in answer.hits}, right)


@pytest.mark.parametrize("seed", range(8))
def test_what_is_found_is_exactly_what_booking_accepts(seed: int) -> None:
    random = Random(seed)
    some = refused = 0
    for _ in range(6):
        now = a_moment(random)
        world = [a_listing(random) for _ in range(150)]
        index = SearchIndex(("HOME",), (), earliest_today(now))
        index.load(world)
        for _ in range(15):
            query = a_question(random, now)
            seen = verdict(index, world, query, now)
            assert seen.found == seen.right, (now, query)
            some += len(seen.right)
            refused += len(world) - len(seen.right)
    assert some > 200
    assert refused > 200


def test_the_day_of_utc_would_offer_what_booking_refuses_and_hide_what_it_accepts() -> None:
    """The control: with every zone taken for UTC the same questions disagree in both directions."""
    random, offered, hidden = Random(1), 0, 0
    for _ in range(10):
        now = a_moment(random)
        world = [a_listing(random) for _ in range(150)]
        index = SearchIndex(("HOME",), (), earliest_today(now))
        index.load([replace(each, zone="UTC") for each in world])
        for _ in range(15):
            seen = verdict(index, world, a_question(random, now), now)
            offered += len(seen.found - seen.right)
            hidden += len(seen.right - seen.found)
    assert offered > 10
    assert hidden > 10


@pytest.mark.parametrize(("seconds", "found"), [(0, 1), (1, 0)])
def test_notice_is_counted_to_the_second_from_check_in_there(seconds: int, found: int) -> None:
    listing = replace(a_listing(Random(0)), zone="Europe/Paris", check_in_from=time(15), notice_hours=30,
                      min_nights=1, max_nights=7, horizon_days=365, guests=4)  # fmt: skip
    index = SearchIndex(("HOME",), (), date(2026, 3, 1))
    index.load([listing])
    check_in = datetime(2026, 3, 29, 13, tzinfo=UTC)  # 15:00 on the morning the clocks went forward
    query = Query(arrival=date(2026, 3, 29), departure=date(2026, 3, 30))
    assert index.find(query, now=check_in - timedelta(hours=30) + timedelta(seconds=seconds)).total == found
