"""Amounts are integers of the currency's own minor unit."""

from uuid import UUID

import pytest

from hospes.platform.ids import new_id
from hospes.platform.money import Money, exponent, share


@pytest.mark.parametrize(("currency", "places"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("NGN", 2)])
def test_each_currency_has_its_own_minor_unit(currency: str, places: int) -> None:
    assert exponent(currency) == places


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(12000, "EUR"), "€120"),
        (Money(12050, "EUR"), "€120.50"),
        (Money(500, "JPY"), "¥500"),
        (Money(-250, "USD"), "-$2.50"),
    ],
)
def test_people_read_whole_amounts_without_zeros(money: Money, text: str) -> None:
    assert money.text() == text


@pytest.mark.parametrize(
    ("amount", "basis_points", "expected"), [(10_000, 1_200, 1_200), (333, 1_500, 50), (1, 4_999, 0), (1, 5_000, 1)]
)
def test_a_share_is_rounded_half_up(amount: int, basis_points: int, expected: int) -> None:
    assert share(amount, basis_points) == expected


def test_ids_are_version_seven_and_sorted_by_time() -> None:
    ids = [new_id() for _ in range(1_000)]
    assert len(set(ids)) == 1_000
    assert all(isinstance(i, UUID) and i.version == 7 and i.variant == "specified in RFC 4122" for i in ids)
    assert [i.int >> 80 for i in ids] == sorted(i.int >> 80 for i in ids)
