"""Shares of a price: they sum to what is kept, and nobody gets what is not theirs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospes.modules.payouts.contracts import ShareLine, Shares
from hospes.modules.payouts.policies.allocating import PricePart, allocate
from hospes.modules.payouts.policies.bearing import bears_chargeback
from hospes.platform.money import share

PRICE = (
    PricePart("nights", "3 nights", 30_000),
    PricePart("cleaning", "Cleaning", 4_000),
    PricePart("service", "Service fee", 3_600),
    PricePart("tax:vat", "VAT", 0, included=2_000),
    PricePart("person_tax:city", "City tax", 1_200),
)
TOTAL = 38_800


def test_the_whole_price_is_allocated_by_its_lines() -> None:
    shares = allocate(PRICE, commission_bp=300, kept=TOTAL)
    assert shares == Shares(
        host=31_040,
        taxes=3_200,
        fees=4_560,
        lines=(
            ShareLine("3 nights", 30_000),
            ShareLine("Cleaning", 4_000),
            ShareLine("VAT, within the price", -2_000),
            ShareLine("Commission, 3 %", -960),
        ),
    )
    assert sum(line.amount for line in shares.lines) == shares.host


@pytest.mark.parametrize(
    ("bearer", "host", "promotions", "fees"), [("host", 28_130, 0, 4_470), ("platform", 31_040, -3_000, 4_560)]
)
def test_a_coupon_makes_smaller_what_its_bearer_gets(bearer: str, host: int, promotions: int, fees: int) -> None:
    less = PricePart("discount:stay:SPRING", "Spring", -3_000, kind="discount", borne_by=bearer)
    shares = allocate((*PRICE, less), commission_bp=300, kept=TOTAL - 3_000)
    assert (shares.host, shares.promotions, shares.fees, shares.taxes) == (host, promotions, fees, 3_200)


def test_credit_is_a_way_to_pay_and_changes_no_share() -> None:
    credit = PricePart("credit", "Your credit", -5_000, kind="credit", borne_by="platform")
    assert allocate((*PRICE, credit), commission_bp=300, kept=TOTAL) == allocate(PRICE, commission_bp=300, kept=TOTAL)


def test_when_less_is_kept_every_share_shrinks_and_rounding_is_the_platforms() -> None:
    shares = allocate(PRICE, commission_bp=300, kept=10_001)
    assert (shares.host, shares.taxes, shares.fees, shares.rounding) == (8_000, 824, 1_175, 2)
    assert shares.kept == 10_001


def test_what_is_kept_above_the_price_is_the_hosts_less_commission() -> None:
    more = allocate(PRICE, commission_bp=300, kept=TOTAL + 1_000)
    assert (more.host, more.fees, more.kept) == (32_010, 4_590, TOTAL + 1_000)


def test_of_nothing_nobody_gets_anything() -> None:
    assert allocate(PRICE, commission_bp=300, kept=0) == Shares()
    assert allocate((), commission_bp=300, kept=500).host == 485


AMOUNTS = st.integers(0, 10**9)
CODES = st.sampled_from(["nights", "nights:season", "cleaning", "travel", "service", "tax:vat", "person_tax:c", "kept"])
PARTS = st.lists(st.builds(PricePart, CODES, st.just("x"), AMOUNTS), min_size=1, max_size=8)


@given(PARTS, st.integers(0, 10_000), st.integers(0, 2 * 10**9))
def test_shares_sum_to_what_is_kept_and_none_is_below_zero(parts: list[PricePart], bp: int, kept: int) -> None:
    shares = allocate(parts, commission_bp=bp, kept=kept)
    assert shares.kept == kept
    assert min(shares.host, shares.taxes, shares.fees, shares.rounding) >= 0
    assert shares.rounding < 4
    assert sum(line.amount for line in shares.lines) == shares.host


@given(PARTS, st.integers(0, 10_000), st.integers(0, 10**9), st.sampled_from(["host", "platform"]), st.floats(0, 1))
def test_a_coupon_never_takes_more_from_the_host_than_the_stay(
    parts: list[PricePart], bp: int, kept: int, bearer: str, part_of: float
) -> None:
    stay = sum(each.amount for each in parts if each.code in ("nights", "nights:season"))
    off = PricePart("discount:stay:X", "X", -int(stay * part_of), kind="discount", borne_by=bearer)
    shares = allocate([*parts, off], commission_bp=bp, kept=kept)
    assert shares.kept == kept
    assert shares.host >= 0
    assert shares.promotions <= 0


@given(PARTS, st.integers(0, 10_000), st.integers(1, 10**9))
def test_keeping_more_never_gives_the_host_less(parts: list[PricePart], bp: int, kept: int) -> None:
    less, more = (allocate(parts, commission_bp=bp, kept=each) for each in (kept - 1, kept))
    assert more.host >= less.host - 1


@given(AMOUNTS, st.integers(0, 10_000))
def test_the_commission_is_the_share_of_what_the_host_gives(amount: int, bp: int) -> None:
    shares = allocate([PricePart("nights", "x", amount)], commission_bp=bp, kept=amount)
    assert shares.fees == share(amount, bp)


@pytest.mark.parametrize(
    ("setting", "status", "bearer"),
    [
        ("host", "completed", "host"),
        ("host", "in_progress", "host"),
        ("host", "confirmed", "platform"),
        ("platform", "completed", "platform"),
    ],
)
def test_who_bears_a_chargeback(setting: str, status: str, bearer: str) -> None:
    assert bears_chargeback(setting, status) == bearer  # type: ignore[arg-type]
