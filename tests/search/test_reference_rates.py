"""Prices of several currencies are compared in euro cents; euros themselves are not changed by that."""

import numpy as np

from hospes.modules.search.policies.reference_rates import cents, many_cents


def test_a_share_of_euros_is_rounded_as_it_is() -> None:
    shares = np.arange(1, 200_001) / 2
    assert np.array_equal(many_cents(shares, np.zeros(len(shares), np.uint8), ["EUR"]), np.rint(shares))
    by_way_of_whole_euros = np.rint(shares / 100 * 100)
    assert not np.array_equal(by_way_of_whole_euros, np.rint(shares))  # the control: halves of a cent do not survive


def test_one_amount_and_many_are_compared_alike() -> None:
    currencies = ["EUR", "JPY", "USD", "KWD"]
    amounts = np.arange(1_000, 1_400, dtype=np.float64)
    codes = np.arange(400, dtype=np.uint8) % 4
    alike = [cents(int(amount), currencies[code]) for amount, code in zip(amounts, codes, strict=True)]
    assert many_cents(amounts, codes, currencies).tolist() == alike
