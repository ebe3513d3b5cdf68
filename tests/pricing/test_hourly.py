"""Hours, travel and places, to the minor unit."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hospes.modules.pricing.contracts import Party, Price, PriceRule, Rate, RuleKind, Sheet, Tax, TaxKind
from hospes.modules.pricing.policies.hourly import price_seats, price_span
from hospes.platform.ids import new_id

START = datetime(2026, 7, 1, 9, tzinfo=UTC)
DAY = date(2026, 7, 1)


def hours(rate: Rate, minutes: int, km: float | None = None) -> Price:
    return price_span(rate, {}, START, START + timedelta(minutes=minutes), "UTC", Party(1), travel_km=km)


def said(found: Price) -> list[tuple[str, str, int]]:
    return [(line.code, line.label, line.amount) for line in found.lines]


def test_whole_hours_are_counted_and_minutes_pro_rata_half_up() -> None:
    rate = Rate("EUR", 4_001, service_fee_bp=0)
    assert said(hours(rate, 120)) == [("hours", "€40.01 × 2 h", 8_002)]
    assert said(hours(rate, 90)) == [("hours", "€40.01 × 1 h 30 min", 6_002)]
    assert said(hours(rate, 30)) == [("hours", "€40.01 × 30 min", 2_001)]


def test_whoever_travels_is_paid_the_way() -> None:
    rate = Rate("EUR", 4_000, 500, 1_000, (Tax("vat", "VAT", TaxKind.PERCENT, bp=1_900),), 1, 1_500, 45)
    found = hours(rate, 60, 12.34)
    assert said(found) == [
        ("hours", "€40 × 1 h", 4_000),
        ("travel", "Travel", 1_500),
        ("travel", "Travel, 12.3 km", 554),
        ("cleaning", "Cleaning", 500),
        ("service", "Service fee", 655),
        ("tax:vat", "VAT", 1_245),
    ]
    assert [line.code for line in hours(rate, 60).lines] == ["hours", "cleaning", "service", "tax:vat"]
    assert [line.code for line in hours(rate, 60, 0.0).lines][1] == "travel"


def test_an_hour_has_no_tax_by_the_night() -> None:
    city = Tax("city", "City tax", TaxKind.PER_PERSON_NIGHT, amount=300)
    assert hours(Rate("EUR", 4_000, service_fee_bp=0, taxes=(city,)), 60).total == 4_000


def test_an_hour_over_a_clock_change_is_an_hour() -> None:
    start = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    rate = Rate("EUR", 6_000, service_fee_bp=0)
    assert price_span(rate, {}, start, start + timedelta(hours=1), "Europe/Paris", Party(1)).total == 6_000


def test_children_have_their_price_and_infants_none() -> None:
    rate = Rate("EUR", 6_000, service_fee_bp=0, child_amount=2_000)
    party = Party(2, children=1, infants=1)
    assert said(price_seats(rate, {}, DAY, party)) == [
        ("places", "Adult: €60 × 2", 12_000),
        ("places:child", "Child: €20 × 1", 2_000),
    ]
    assert price_seats(rate, {}, DAY, party, amount=9_000).total == 18_000 + 3_000
    assert price_seats(Rate("EUR", 6_000, service_fee_bp=0), {}, DAY, party).total == 18_000
    assert price_seats(rate, {DAY: 7_500}, DAY, party).total == 15_000 + 2_500


def test_a_season_is_a_line_for_adults_and_one_for_children() -> None:
    season = PriceRule(new_id(), new_id(), RuleKind.SEASON, "Summer", first=DAY, last=DAY, adjust_bp=1_000)
    late = PriceRule(new_id(), new_id(), RuleKind.LAST_MINUTE, max_days_ahead=1, adjust_bp=-5_000)
    rate = Rate("EUR", 6_000, service_fee_bp=0, child_amount=2_000)
    found = price_seats(rate, {}, DAY, Party(2, children=1), sheet=Sheet(rules=(season, late)), today=DAY)
    assert said(found)[2:] == [
        ("places:season", "Season: Summer", 1_200),
        ("places:season", "Season: Summer, child", 200),
        ("places:last_minute", "Last minute −50 %", -7_700),
    ]


@given(
    hour=st.integers(0, 10**7),
    minutes=st.integers(1, 3_000),
    km=st.one_of(st.none(), st.floats(0, 5_000)),
    fee=st.integers(0, 5_000),
    change=st.integers(-(10**7), 10**7),
)
def test_lines_of_hours_sum_to_the_total_and_are_never_negative_together(
    hour: int, minutes: int, km: float | None, fee: int, change: int
) -> None:
    rule = PriceRule(new_id(), new_id(), RuleKind.WEEKDAY, adjust_amount=change)
    rate = Rate("EUR", hour, 100, 1_200, (), 1, fee, fee)
    until = START + timedelta(minutes=minutes)
    found = price_span(rate, {}, START, until, "UTC", Party(1), travel_km=km, sheet=Sheet(rules=(rule,)))
    assert found.total == sum(line.amount for line in found.lines) >= 0
    assert all(line.amount == line.quantity * line.unit_amount for line in found.lines)
    assert sum(line.amount for line in found.lines if line.of_the_stay) >= 0


def test_odd_minutes_never_cost_less_than_nothing() -> None:
    """Rounded each by itself the lines would come to one cent below nothing."""
    rate = Rate("EUR", 57, service_fee_bp=0)
    rules = tuple(
        PriceRule(new_id(), new_id(), kind, adjust_amount=amount)
        for kind, amount in ((RuleKind.WEEKDAY, 376), (RuleKind.SEASON, -3_614))
    )
    until = START + timedelta(minutes=95)
    found = price_span(rate, {}, START, until, "UTC", Party(1), sheet=Sheet(rules=rules))
    assert [each.amount for each in found.lines] == [90, 595, -685]
    assert all(each.quantity * each.unit_amount == each.amount for each in found.lines)
    assert found.total == 0
    assert (2 * -433 * 95 + 60) // 120 == -686  # what the season alone is rounded to
