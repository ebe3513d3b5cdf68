"""Refunds: exact examples of every policy, and rules that hold for every booking at every moment."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospes.modules.booking.contracts import Party, Terms
from hospes.modules.booking.policies.cancellation import POLICIES, freeze_terms, refund_of_guest, refund_of_host
from hospes.modules.booking.policies.frozen import terms_json, terms_of
from hospes.modules.pricing.contracts import Rate, Tax, TaxKind
from hospes.modules.pricing.policies.nightly import price_nights

CHECK_IN = datetime(2026, 7, 1, 13, tzinfo=UTC)
BOOKED = datetime(2026, 6, 1, 10, tzinfo=UTC)
VAT = Tax("vat", "VAT", TaxKind.PERCENT, bp=1_000)
CITY = Tax("city", "City tax", TaxKind.PER_PERSON_NIGHT, amount=200)
RATE = Rate("EUR", 10_000, cleaning_fee=5_000, service_fee_bp=1_000, taxes=(VAT, CITY))


def terms(policy: str, rate: Rate = RATE, nights: int = 3) -> Terms:
    arrival = date(2026, 7, 1)
    return Terms(
        price=price_nights(rate, {}, arrival, arrival + timedelta(days=nights), Party(2)),
        cancellation=freeze_terms(policy, CHECK_IN, now=BOOKED),
        property_name="Maison Lune",
        resource_name="The whole house",
        city="Paris",
        country="FR",
        zone="Europe/Paris",
        check_in_from="15:00",
        check_out_until="11:00",
        house_rules="",
        instant=True,
        pooled=False,
        unit_ids=(),
    )


# 30,000 nights + 5,000 cleaning + 3,500 service + 3,500 VAT + 1,200 city tax = 43,200
HALF = 15_000 + 5_000 + 0 + 2_000 + 1_200
NO_NIGHTS = 5_000 + 500 + 1_200


@pytest.mark.parametrize(
    ("policy", "hours", "expected"),
    [
        ("flexible", 24, 43_200),
        ("flexible", 23.99, HALF),
        ("flexible", 0, 0),
        ("moderate", 5 * 24, 43_200),
        ("moderate", 5 * 24 - 0.01, HALF),
        ("moderate", 23, NO_NIGHTS),
        ("moderate", -1, 0),
        ("strict", 14 * 24, 43_200),
        ("strict", 7 * 24, HALF),
        ("strict", 7 * 24 - 1, NO_NIGHTS),
        ("non_refundable", 90 * 24, 0),
    ],
)
def test_a_guest_gets_back_what_the_tier_says(policy: str, hours: float, expected: int) -> None:
    refund = refund_of_guest(terms(policy), paid=43_200, now=CHECK_IN - timedelta(hours=hours))
    assert refund.amount == expected
    assert sum(line.refund for line in refund.lines) == expected
    assert refund.reason


def test_a_host_who_cancels_gives_everything_back_even_the_non_refundable() -> None:
    refund = refund_of_host(terms("non_refundable"), paid=43_200)
    assert refund.amount == 43_200
    assert sum(line.refund for line in refund.lines) == 43_200


def test_nothing_paid_nothing_back() -> None:
    assert refund_of_guest(terms("flexible"), paid=0, now=BOOKED).amount == 0


def test_free_until_is_told_only_while_it_lies_ahead() -> None:
    assert freeze_terms("moderate", CHECK_IN, now=BOOKED).free_until == CHECK_IN - timedelta(days=5)
    assert freeze_terms("moderate", CHECK_IN, now=CHECK_IN - timedelta(days=4)).free_until is None
    assert freeze_terms("non_refundable", CHECK_IN, now=BOOKED).text == (
        "Non-refundable: nothing comes back when you cancel.",
    )


def test_terms_survive_being_frozen_as_json() -> None:
    frozen = terms("strict")
    assert terms_of(terms_json(frozen)) == frozen


rates = st.builds(
    Rate,
    st.just("EUR"),
    st.integers(0, 10**6),
    cleaning_fee=st.integers(0, 10**5),
    service_fee_bp=st.integers(0, 3_000),
    taxes=st.sampled_from(
        [(), (VAT,), (CITY,), (VAT, CITY), (Tax("in", "In", TaxKind.PERCENT, bp=700, included=True),)]
    ),
)


@given(
    policy=st.sampled_from(sorted(POLICIES)),
    rate=rates,
    nights=st.integers(1, 30),
    hours=st.integers(-48, 24 * 40),
    later=st.integers(0, 24 * 40),
)
def test_a_refund_is_never_negative_nor_above_what_was_paid_and_waiting_never_makes_it_larger(
    policy: str, rate: Rate, nights: int, hours: int, later: int
) -> None:
    frozen = terms(policy, rate, nights)
    paid = frozen.price.total
    now = CHECK_IN - timedelta(hours=hours)
    refund = refund_of_guest(frozen, paid=paid, now=now)
    waited = refund_of_guest(frozen, paid=paid, now=now + timedelta(hours=later))
    assert 0 <= refund.amount <= paid
    assert waited.amount <= refund.amount
    assert all(0 <= line.refund <= line.paid for line in refund.lines)
    if paid:
        assert sum(line.refund for line in refund.lines) == refund.amount
