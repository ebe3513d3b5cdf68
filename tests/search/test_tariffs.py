"""Totals of many listings at once against pricing's own policy, to the minor unit."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

import numpy as np
import pytest

from hospes.modules.pricing.contracts import Party, Price, PriceRule, Rate, RuleKind, Sheet, Tax, TaxKind
from hospes.modules.pricing.policies.nightly import price_nights
from hospes.modules.search.contracts import Tariff
from hospes.modules.search.contracts.listing import NOWHERE
from hospes.modules.search.index import totals as counting
from hospes.modules.search.index.charges import share
from hospes.modules.search.index.totals import Nights, totals
from hospes.modules.search.tables.tariffs import Tariffs
from hospes.platform import money
from tests.search.tariff_worlds import TODAY, Stand, a_rate, a_rule, day_prices, without_ids

DAY = timedelta(days=1)
Ages = tuple[int, ...]


@dataclass
class World:
    """Rates, rules and nights with prices of their own, and the same as the index has them."""

    rates: list[Rate]
    rules: list[list[PriceRule]]
    days: list[dict[date, int]]
    stand: Stand

    def price(self, row: int, arrival: date, count: int, party: Party, ahead: int, ages: Ages = ()) -> Price:
        """What pricing says."""
        return price_nights(
            *(self.rates[row], self.days[row], arrival, arrival + count * DAY, party),
            sheet=Sheet(rules=tuple(self.rules[row])),
            children_ages=ages,
            today=arrival - ahead * DAY,
        )


def a_world(random: Random, size: int = 60, *, settled: bool = True) -> World:
    rates = [a_rate(random) for _ in range(size)]
    rules = [[a_rule(random) for _ in range(random.choice((0, 1, 3, 8, 14)))] for _ in range(size)]
    days = [day_prices(random, rate) for rate in rates]
    stand = Stand(rates, rules, days)
    if settled:
        stand.settle()
    return World(rates, rules, days, stand)


def a_party(random: Random) -> Party:
    return Party(random.randint(1, 5), children=random.choice((0, 0, 1, 3)), infants=random.choice((0, 1)))


def some_ages(random: Random, party: Party) -> Ages:
    """Of all children, of some, or of none."""
    return tuple(random.choices(range(18), k=random.randint(0, party.children)))


def stays(random: Random, count: int) -> Iterator[tuple[date, int, Party]]:
    for _ in range(count):
        nights = random.choice((1, 2, 3, 7, 14, 30))
        yield TODAY + random.randint(0, 480) * DAY, nights, a_party(random)


@pytest.mark.parametrize("seed", range(12))
def test_every_total_is_what_pricing_says(seed: int) -> None:
    random = Random(seed)
    world = a_world(random, settled=seed % 2 == 0)
    rows = np.array(random.sample(range(60), 60))
    ahead = np.array([random.randint(0, 150) for _ in rows])
    for arrival, count, party in stays(random, 40):
        ages = some_ages(random, party)
        found = totals(world.stand, rows, arrival, count, party, ahead, ages)
        right = [
            world.price(row, arrival, count, party, days, ages)
            for row, days in zip(rows.tolist(), ahead.tolist(), strict=True)
        ]
        assert found.total.tolist() == [each.total for each in right]
        assert found.nightly.tolist() == [round(sum(each for _, each in price.nights) / count) for price in right]


@pytest.mark.parametrize("seed", range(4))
def test_stays_within_nights_priced_once_cost_what_they_cost_alone(seed: int) -> None:
    random = Random(seed)
    world = a_world(random)
    rows = np.arange(60)
    for _ in range(5):
        first, party = TODAY + random.randint(0, 200) * DAY, a_party(random)
        ages = some_ages(random, party)
        nights = Nights(world.stand, rows, first, 40, party, ages)
        for _ in range(30):
            offset = random.randint(0, 30)
            count, arrival = random.randint(1, 40 - offset), first + offset * DAY
            which = np.array(random.sample(range(60), 20))
            found = nights.stay(arrival, count, 9, which)
            right = totals(world.stand, rows[which], arrival, count, party, 9, ages)
            assert found.total.tolist() == right.total.tolist()
            assert found.nightly.tolist() == right.nightly.tolist()


def test_without_their_ages_children_would_cost_something_else() -> None:
    """The control: pricing that knows the ages contradicts totals that do not."""
    random, differing = Random(2), 0
    world, rows = a_world(random), np.arange(60)
    for arrival, count, _ in stays(random, 20):
        party, ages = Party(2, 2), (3, 11)
        blind = totals(world.stand, rows, arrival, count, party, 9)
        known = totals(world.stand, rows, arrival, count, party, 9, ages)
        right = [world.price(row, arrival, count, party, 9, ages).total for row in range(60)]
        assert known.total.tolist() == right
        differing += sum(each != other for each, other in zip(blind.total.tolist(), right, strict=True))
    assert differing > 200


def test_with_half_cents_rounded_to_the_even_one_pricing_would_be_contradicted() -> None:
    rate = Rate("EUR", 4_250, service_fee_bp=1_000, taxes=(Tax("vat", "VAT", TaxKind.PERCENT, bp=1_000),))
    rule = PriceRule(NOWHERE, NOWHERE, RuleKind.WEEKDAY, adjust_bp=1_000)
    rates = [replace(rate, base_amount=amount) for amount in range(4_205, 4_405, 10)]
    stand = Stand(rates, [[rule]] * len(rates))
    right = [
        price_nights(each, {}, TODAY, TODAY + DAY, Party(2), sheet=Sheet(rules=(rule,)), today=TODAY).total
        for each in rates
    ]
    found = totals(stand, np.arange(len(rates)), TODAY, 1, Party(2), 0)
    assert found.total.tolist() == right
    even = [round(each.base_amount * 1.1) for each in rates]
    even = [each + 2 * round(each / 10) for each in even]
    assert even != right


def test_a_share_is_moneys_share_however_large() -> None:
    random = Random(5)
    for high in (10**4, 10**11, 10**15):
        amounts = [random.randint(-high // 10, high) for _ in range(2_000)]
        points = [random.choice((-10_000, -3_333, 0, 1, 1_200, 5_000)) for _ in amounts]
        found = share(np.array(amounts), np.array(points))
        assert found.tolist() == [money.share(*each) for each in zip(amounts, points, strict=True)]


def test_the_dearest_stay_there_can_be_is_counted_without_overflow() -> None:
    rate = Rate("EUR", 10**11, cleaning_fee=10**11, service_fee_bp=10_000)
    rules = [
        PriceRule(NOWHERE, NOWHERE, kind, adjust_bp=100_000, **more)
        for kind, more in (
            (RuleKind.WEEKDAY, {}),
            (RuleKind.SEASON, {}),
            (RuleKind.EXTRA_ADULT, {"above_adults": 1}),
            (RuleKind.LENGTH, {"min_nights": 1}),
        )
    ]
    world = World([rate], [rules], [{}], Stand([rate], [rules]))
    right = world.price(0, TODAY, 365, Party(20), 0).total
    assert right > 2**53
    assert totals(world.stand, np.array([0]), TODAY, 365, Party(20), 0).total.tolist() == [right]


def test_equal_tariffs_have_one_code_whoever_has_set_them() -> None:
    random = Random(1)
    tariffs = Tariffs(TODAY)
    rules = tuple(a_rule(random) for _ in range(6))
    taxes = (Tax("vat", "VAT", TaxKind.PERCENT, bp=700), Tax("within", "VAT", TaxKind.PERCENT, bp=700, included=True))
    code = tariffs.intern(Tariff(0, 0, taxes, rules))
    assert code == 1
    named = (Tax("iva", "IVA", TaxKind.PERCENT, bp=700),)
    assert tariffs.intern(Tariff(900, 1_200, named, tuple(map(without_ids, rules)))) == code
    assert tariffs.intern(Tariff(0, 0, (), rules)) != code
    assert tariffs.intern(Tariff(900, 1_200)) == 0
    assert tariffs.intern(Tariff(0, 0, taxes[1:])) == 0
    plan = replace(rules[0], plan_id=NOWHERE)
    assert tariffs.intern(Tariff(0, 0, taxes, (plan, *rules))) == code


def test_more_combinations_than_a_byte_holds_are_told_apart() -> None:
    seasons = [
        PriceRule(NOWHERE, NOWHERE, RuleKind.SEASON, first=day, last=day, adjust_amount=place + 1)
        for place, day in enumerate(TODAY + each * DAY for each in range(600))
    ]
    rate = Rate("EUR", 1_000, service_fee_bp=0)
    world = World([rate], [seasons], [{}], Stand([rate], [seasons]))
    for offset in (0, 250, 255, 256, 400, 500):
        found = totals(world.stand, np.array([0]), TODAY + offset * DAY, 12, Party(1), 0)
        assert found.total.tolist() == [world.price(0, TODAY + offset * DAY, 12, Party(1), 0).total]


def test_many_rows_are_priced_in_parts() -> None:
    random = Random(8)
    world = a_world(random)
    rows = np.array([random.randrange(60) for _ in range(counting.CHUNK + 500)])
    ahead = np.arange(len(rows)) % 90
    found = totals(world.stand, rows, TODAY + 20 * DAY, 5, Party(2), ahead)
    for place in random.sample(range(len(rows)), 300):
        right = world.price(int(rows[place]), TODAY + 20 * DAY, 5, Party(2), int(ahead[place]))
        assert int(found.total[place]) == right.total
    assert totals(world.stand, rows[:0], TODAY, 1, Party(1), ahead[:0]).total.tolist() == []


def test_parts_make_the_same_tariffs_again_and_these_go_on() -> None:
    random = Random(3)
    world = a_world(random)
    rows, ahead = np.arange(60), np.arange(60)
    before = totals(world.stand, rows, TODAY + 9 * DAY, 7, Party(3, 1), ahead)
    arrays, facts = world.stand.tariffs.parts()
    for values in arrays.values():
        values.flags.writeable = False
    world.stand.tariffs = again = Tariffs.from_parts(arrays, facts)
    after = totals(world.stand, rows, TODAY + 9 * DAY, 7, Party(3, 1), ahead)
    assert after.total.tolist() == before.total.tolist()
    codes = [
        again.intern(Tariff(0, 0, rate.taxes, tuple(rules)))
        for rate, rules in zip(world.rates, world.rules, strict=True)
    ]
    assert codes == world.stand["tariff"].tolist()
    size = len(again)
    assert again.intern(Tariff(0, 0, (), tuple(a_rule(random) for _ in range(5)))) == size


def test_what_nobody_has_any_more_is_forgotten_and_the_rest_stays_as_it_was() -> None:
    random = Random(9)
    world = a_world(random)
    rows, ahead, party = np.arange(60), np.arange(60), Party(3, 1)
    stays = [(TODAY + random.randint(0, 480) * DAY, random.choice((1, 4, 20))) for _ in range(20)]
    before = [totals(world.stand, rows, *each, party, ahead).total.tolist() for each in stays]
    assert world.stand.tariffs.tidied(world.stand["tariff"]) is None  # nothing to speak of
    for _ in range(1_200):
        world.stand.tariffs.intern(Tariff(0, 0, (), tuple(a_rule(random) for _ in range(4))))
    size = world.stand.tariffs.nbytes
    tidied = world.stand.tariffs.tidied(world.stand["tariff"])
    assert tidied is not None
    world.stand.tariffs, world.stand["tariff"][:] = tidied
    assert world.stand.tariffs.nbytes < size / 5
    assert [totals(world.stand, rows, *each, party, ahead).total.tolist() for each in stays] == before
    codes = [
        world.stand.tariffs.intern(Tariff(0, 0, rate.taxes, tuple(rules)))
        for rate, rules in zip(world.rates, world.rules, strict=True)
    ]
    assert codes == world.stand["tariff"].tolist()


def test_nights_outside_the_pattern_are_refused_not_guessed() -> None:
    random = Random(4)
    rate, rule = Rate("EUR", 100), PriceRule(NOWHERE, NOWHERE, RuleKind.WEEKDAY, adjust_bp=1_000)
    stand = Stand([rate], [[rule, a_rule(random)]])
    with pytest.raises(ValueError, match="outside"):
        totals(stand, np.array([0]), TODAY + 760 * DAY, 10, Party(1), 0)
