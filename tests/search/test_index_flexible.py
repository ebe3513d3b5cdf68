"""Flexible dates: the cheapest stay of each listing, across the words of the calendar, and of very many listings."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest

from hospes.modules.pricing.contracts import PriceRule, Restriction, RuleKind
from hospes.modules.search.contracts import Flexible, Hit, Listing, Per, Query, Tariff
from hospes.modules.search.index.columns import NIGHTS
from hospes.modules.search.index.flexible import MOST_CELLS
from hospes.modules.search.index.search_index import SearchIndex
from tests.search.nights import all_nights_but, union_of
from tests.search.oracle import CODES, DAY, NOW, TODAY, a_listing

SATURDAY = 5
FRIDAYS = 0b001_0000
SOMEONE = UUID(int=1)


def a_home(open_nights: set[int] | None = None, **given: object) -> Listing:
    """Plain: one price, no rules."""
    plain = replace(
        a_listing(Random(0)), resource_id=SOMEONE, currency="EUR", base_amount=10_000, min_nights=1, max_nights=365,
        notice_hours=0, horizon_days=600, day_prices={}, tariff=Tariff(), restrictions=(), guests=2, latitude=10.0,
        longitude=10.0,
    )  # fmt: skip
    closed = set() if open_nights is None else set(range(NIGHTS)) - open_nights
    return replace(plain, open_words=all_nights_but((night, night + 1) for night in closed), **given)


def found(*listings: Listing, nights: tuple[int, ...], first: int, last: int, **asked: object) -> list[Hit]:
    index = SearchIndex(("HOME", "HOTEL_ROOM"), CODES, TODAY)
    index.load(listings)
    flexible = Flexible(nights, TODAY + first * DAY, TODAY + last * DAY, int(str(asked.pop("weekdays", 127))))
    return list(index.find(replace(Query(flexible=flexible, limit=60_000), **asked), now=NOW).hits)


def stay_of(hits: list[Hit]) -> tuple[int, int, int | None]:
    """The day of arrival, how many nights, and the total."""
    (hit,) = hits
    assert hit.arrival is not None
    assert hit.departure is not None
    return (hit.arrival - TODAY).days, (hit.departure - hit.arrival).days, hit.total


@pytest.mark.parametrize("start", [0, 1, 61, 62, 63, 64, 65, 127, 128, 400, 505])
@pytest.mark.parametrize("length", [1, 2, 3, 7])
def test_a_gap_is_found_wherever_it_lies_in_the_calendar(start: int, length: int) -> None:
    gap = a_home(set(range(start, start + length)))
    around = {"first": max(start - 20, 0), "last": start + 20}
    assert stay_of(found(gap, nights=(length,), **around)) == (start, length, 10_000 * length)
    assert found(gap, nights=(length + 1,), **around) == []


@pytest.mark.parametrize("length", [30, 64, 65, 100, 200])
def test_long_stays_need_every_night(length: int) -> None:
    whole = set(range(10, 10 + length))
    assert stay_of(found(a_home(whole), nights=(length,), first=0, last=40)) == (10, length, 10_000 * length)
    for missing in (10, 10 + length // 2, 9 + length):
        assert found(a_home(whole - {missing}), nights=(length,), first=0, last=40) == []


def test_a_weekend_of_a_month_is_the_cheapest_one() -> None:
    dear = {night: 20_000 for night in range(NIGHTS) if (TODAY + night * DAY).weekday() == SATURDAY}
    third_saturday = [night for night in sorted(dear) if night < 60][2]
    home = a_home(day_prices={**dear, third_saturday: 12_000})
    arrival, nights, total = stay_of(found(home, nights=(2,), first=0, last=29, weekdays=FRIDAYS))
    assert (TODAY + arrival * DAY).isoformat() == "2026-06-19"
    assert (nights, total) == (2, 22_000)


def test_of_equally_cheap_stays_the_first_then_the_shortest_is_told() -> None:
    home = a_home(set(range(5, 30)))
    assert stay_of(found(home, nights=(3, 2), first=0, last=20, per=Per.STAY)) == (5, 2, 20_000)
    assert stay_of(found(home, nights=(3, 2), first=0, last=20, per=Per.NIGHT)) == (5, 2, 20_000)
    cleaned = replace(home, tariff=Tariff(cleaning_fee=6_000))
    assert stay_of(found(cleaned, nights=(3, 2), first=0, last=20, per=Per.STAY)) == (5, 2, 26_000)
    assert stay_of(found(cleaned, nights=(3, 2), first=0, last=20, per=Per.NIGHT)) == (5, 3, 36_000)


def test_a_stay_is_in_one_unit() -> None:
    even = all_nights_but((night, night + 1) for night in range(1, NIGHTS, 2))
    odd = all_nights_but((night, night + 1) for night in range(0, NIGHTS, 2))
    rooms = replace(a_home(), open_words=union_of((even, odd)), unit_words=(even, odd))
    assert len(found(rooms, nights=(1,), first=3, last=9)) == 1
    assert found(rooms, nights=(2,), first=3, last=9) == []
    assert len(found(replace(rooms, unit_words=()), nights=(2,), first=3, last=9)) == 1  # the control


def test_what_is_over_too_far_or_never_is_not_found() -> None:
    home = a_home()
    assert found(home, nights=(2,), first=-20, last=-3) == []
    assert stay_of(found(home, nights=(2,), first=-20, last=3)) == (0, 2, 20_000)
    assert found(home, nights=(2,), first=NIGHTS, last=NIGHTS + 5) == []
    assert stay_of(found(home, nights=(2,), first=NIGHTS - 12, last=NIGHTS + 400)) == (NIGHTS - 12, 2, 20_000)
    assert found(home, nights=(), first=0, last=5) == []
    assert found(home, nights=(0, 366, 10**9), first=0, last=5) == []
    assert found(home, nights=(2,), first=9, last=5) == []
    assert found(home, nights=(2,), first=0, last=5, weekdays=0) == []
    last = (date.max - TODAY).days
    assert found(home, nights=(2,), first=last, last=last) == []


def test_only_so_many_arrivals_and_lengths_are_looked_at() -> None:
    assert stay_of(found(a_home({61}), nights=(1,), first=0, last=400)) == (61, 1, 10_000)
    assert found(a_home({62}), nights=(1,), first=0, last=400) == []
    assert found(a_home(set(range(5)), min_nights=5), nights=(1, 2, 3, 4, 5), first=0, last=9) == []


def test_of_very_many_listings_whose_nights_differ_the_first_stay_of_each_length_is_priced() -> None:
    """Still right about what may be booked, and about what it costs."""
    weekend = PriceRule(SOMEONE, SOMEONE, RuleKind.WEEKDAY, weekdays=0b110_0000, adjust_bp=5_000)
    closed = Restriction(SOMEONE, SOMEONE, weekdays=0b000_0001, closed_to_arrival=True)  # nobody comes on a Monday
    lengths = (2, 365)
    many = MOST_CELLS // (61 + lengths[-1]) + 1
    homes = [
        replace(
            a_home(), resource_id=UUID(int=place + 1), tariff=Tariff(rules=(weekend,)),
            restrictions=(closed,) if place % 2 else (),
        )
        for place in range(many)
    ]  # fmt: skip
    assert TODAY.weekday() == 0
    few = found(*homes[:2], nights=lengths, first=0, last=61, per=Per.STAY)
    assert [(hit.arrival, hit.total) for hit in few] == [(TODAY, 20_000), (TODAY + DAY, 20_000)]
    all_of_them = found(*homes, nights=lengths, first=0, last=61, per=Per.STAY)
    assert len(all_of_them) == many
    assert {(hit.resource_id.int % 2, hit.arrival, hit.total) for hit in all_of_them} == {
        (1, TODAY, 20_000),
        (0, TODAY + timedelta(days=1), 20_000),
    }
