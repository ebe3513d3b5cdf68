"""Whatever a vendor answers, reading it never breaks, and only its own word for success is one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospes.modules.payments.providers.paypal import reading as paypal
from hospes.modules.payments.providers.paystack import reading as paystack
from hospes.modules.payments.providers.port import Authorised, Saved, Succeeded
from hospes.modules.payments.providers.stripe import reading as stripe
from hospes.modules.payments.providers.units import from_decimal_text, from_units, to_decimal_text, to_units
from hospes.platform.money import Money

# fmt: off
_NAMES = [
    "id", "object", "status", "amount", "amount_received", "amount_capturable", "currency", "metadata", "key",
    "last_payment_error", "next_action", "redirect_to_url", "url", "latest_charge", "payment_method", "type",
    "card", "data", "reference", "fees", "authorization", "customer", "gateway_response", "purchase_units",
    "payments", "captures", "authorizations", "refunds", "value", "currency_code", "links", "rel", "href",
    "batch_header", "items", "transaction_status", "payout_item", "dispute_id", "dispute_amount",
    "disputed_transactions", "transaction_info", "created",
]
# fmt: on
NAMES = st.sampled_from(_NAMES)
WORDS = st.sampled_from(
    ["", "eur", "EUR", "processing", "canceled", "requires_action", "failed", "PENDING", "1", "-1", "x"]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | WORDS | st.text(max_size=8)
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6), max_leaves=25
)
THINGS = st.dictionaries(NAMES, TREES, max_size=12)
READERS: list[Any] = [
    lambda said: stripe.read_intent(said, "pk"),
    lambda said: stripe.read_saving(said, "pk"),
    stripe.read_refund,
    stripe.read_dispute,
    stripe.read_line,
    stripe.key_of,
    lambda said: paystack.read_transaction(said, told=True),
    paystack.read_refund,
    paystack.read_transfer,
    paystack.read_dispute,
    lambda said: paystack.line_of(said, "charge"),
    paypal.read_order,
    lambda said: paypal.read_capture(said, "ref"),
    paypal.read_refund,
    paypal.read_payout,
    paypal.read_dispute,
    paypal.read_line,
    lambda said: paypal.key_of("X", said),
]


@given(THINGS)
def test_anything_can_be_read_and_nothing_is_a_success_by_accident(said: dict[str, Any]) -> None:
    for read in READERS:
        assert not isinstance(read(said), Succeeded | Authorised | Saved)


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD", "ISK", "HUF", "XOF"])
@given(amount=st.integers(-(10**9), 10**9), decimals=st.sampled_from([0, 2, 3]))
def test_amounts_come_back_as_they_went(currency: str, amount: int, decimals: int) -> None:
    money = Money(amount, currency)
    units = to_units(money, decimals)
    if units is not None:
        assert from_units(units, currency.lower(), decimals) == money
    said = to_decimal_text(money, decimals)
    if said is not None:
        assert from_decimal_text(said, currency) == money


def test_what_would_lose_something_is_refused() -> None:
    assert to_units(Money(150, "EUR"), 0) is None
    assert to_units(Money(1_505, "KWD"), 2) is None
    assert to_decimal_text(Money(150, "EUR"), 0) is None
    assert from_units(1, "KWD", 3) == Money(1, "KWD")
    assert from_units(150, "JPY", 2) is None


@pytest.mark.parametrize("currency", ["", "EU", "EURO", "12€", "éur"])
def test_what_is_no_currency_is_no_amount(currency: str) -> None:
    assert from_units(100, currency, 2) is None
    assert from_decimal_text("1.00", currency) is None
