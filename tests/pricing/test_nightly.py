"""The price of a stay: exact examples, and rules that hold for every rate."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hospes.modules.pricing.contracts import Party, Price, Rate, Tax, TaxKind
from hospes.modules.pricing.policies.nightly import price_nights

ARRIVAL = date(2026, 7, 1)
VAT_ON_TOP = Tax("vat", "VAT", TaxKind.PERCENT, bp=700)
VAT_WITHIN = Tax("vat", "VAT", TaxKind.PERCENT, bp=700, included=True)
CITY_TAX = Tax("city", "City tax", TaxKind.PER_PERSON_NIGHT, amount=250)


def price(rate: Rate, *, nights: int = 3, party: Party | None = None, days: dict[date, int] | None = None) -> Price:
    return price_nights(rate, days or {}, ARRIVAL, ARRIVAL + timedelta(days=nights), party or Party(2))


def amounts(found: Price) -> dict[str, int]:
    return {line.code: line.amount for line in found.lines}


def test_each_part_of_a_price_is_a_line_and_they_sum_to_the_total() -> None:
    rate = Rate("EUR", 10_000, cleaning_fee=4_000, service_fee_bp=1_200, taxes=(VAT_ON_TOP, CITY_TAX))
    found = price(rate, party=Party(2, children=1, infants=1))
    assert amounts(found) == {
        "nights": 30_000,
        "cleaning": 4_000,
        "service": 4_080,
        "tax:vat": 2_380,
        "person_tax:city": 2_250,
    }
    assert found.total == 42_710


def test_a_tax_within_the_price_is_told_but_not_charged_again() -> None:
    found = price(Rate("EUR", 10_700, service_fee_bp=0, taxes=(VAT_WITHIN,)), nights=1)
    assert found.total == 10_700
    assert [(line.code, line.amount, line.included) for line in found.lines] == [
        ("nights", 10_700, 0),
        ("tax:vat", 0, 700),
    ]


def test_nights_are_grouped_by_what_they_cost() -> None:
    days = {ARRIVAL + timedelta(days=1): 15_000, ARRIVAL + timedelta(days=2): 15_000}
    found = price(Rate("EUR", 10_000, service_fee_bp=0), nights=4, days=days)
    assert [(line.quantity, line.unit_amount, line.amount) for line in found.lines] == [
        (2, 10_000, 20_000),
        (2, 15_000, 30_000),
    ]
    assert [amount for _, amount in found.nights] == [10_000, 15_000, 15_000, 10_000]
    assert found.lines[1].detail == "Nights from 2 Jul to 3 Jul"


def test_a_day_price_of_zero_is_a_price() -> None:
    assert price(Rate("EUR", 10_000, service_fee_bp=0), nights=1, days={ARRIVAL: 0}).total == 0


def test_a_price_survives_being_frozen_as_json() -> None:
    found = price(Rate("EUR", 10_000, 4_000, 1_200, (VAT_ON_TOP, CITY_TAX)))
    assert Price.from_json(found.as_json()) == found


taxes = st.lists(
    st.one_of(
        st.builds(
            Tax, st.just("a"), st.just("A"), st.just(TaxKind.PERCENT), bp=st.integers(0, 10_000), included=st.booleans()
        ),
        st.builds(Tax, st.just("b"), st.just("B"), st.just(TaxKind.PER_PERSON_NIGHT), amount=st.integers(0, 100_000)),
    ),
    max_size=4,
).map(tuple)
rates = st.builds(
    Rate,
    st.sampled_from(["EUR", "JPY", "KWD"]),
    st.integers(0, 10**9),
    cleaning_fee=st.integers(0, 10**8),
    service_fee_bp=st.integers(0, 10_000),
    taxes=taxes,
)
parties = st.builds(Party, st.integers(1, 30), st.integers(0, 10), st.integers(0, 5), st.integers(0, 5))
day_prices = st.dictionaries(st.integers(0, 40).map(lambda n: ARRIVAL + timedelta(days=n)), st.integers(0, 10**9))


@given(rate=rates, party=parties, nights=st.integers(1, 40), days=day_prices)
def test_lines_always_sum_to_the_total_and_none_is_negative(
    rate: Rate, party: Party, nights: int, days: dict[date, int]
) -> None:
    found = price(rate, nights=nights, party=party, days=days)
    assert found.total == sum(line.amount for line in found.lines)
    assert all(line.amount >= 0 and line.included >= 0 for line in found.lines)
    assert all(line.included or line.amount == line.quantity * line.unit_amount for line in found.lines)
    assert sum(line.amount for line in found.lines if line.code == "nights") == sum(a for _, a in found.nights)
    assert len(found.nights) == nights


@given(rate=rates, party=parties, nights=st.integers(1, 30))
def test_another_night_never_makes_a_stay_cheaper(rate: Rate, party: Party, nights: int) -> None:
    assert price(rate, nights=nights + 1, party=party).total >= price(rate, nights=nights, party=party).total
