"""The pure rules: cards, states, times."""

from datetime import UTC, date, datetime, timedelta

import pytest

from hospes.modules.payments.contracts import AttemptStatus, PaymentStatus
from hospes.modules.payments.policies.cards import SANDBOX_CARDS, passes_luhn, sandbox_card_of
from hospes.modules.payments.policies.reasons import sentence_for
from hospes.modules.payments.policies.retrying import next_look, next_try
from hospes.modules.payments.states import ATTEMPT, PAYMENT, Action, attempt_after, payment_after, takes_card
from hospes.platform.pages import environment
from tests.builders.payments import a_card

TODAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["4242424242424242", " 4242 4242 4242 4242 ", "4242-4242-4242-4242"])
def test_a_card_number_is_read_as_people_type_it(typed: str) -> None:
    card, errors = sandbox_card_of(a_card(typed), today=TODAY)
    assert errors == {}
    assert card is not None
    assert (card.number, card.behaviour, card.brand) == ("4242424242424242", "succeed", "visa")


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("number", "", "Please enter the card number."),
        ("number", "4242424242424241", "This is not a card number. Please check the digits."),
        ("number", "4242 4242", "This is not a card number. Please check the digits."),
        ("number", "42424242424242424242", "This is not a card number. Please check the digits."),
        ("number", "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", "This is not a card number. Please check the digits."),
        ("number", "<b>4242</b>", "This is not a card number. Please check the digits."),
        (
            "number",
            "4111 1111 1111 1111",
            "This site is in test mode and takes test cards only. Please do not enter a real card.",
        ),
        ("expiry", "", "Please enter the expiry date as MM/YY."),
        ("expiry", "13/30", "Please enter the expiry date as MM/YY."),
        ("expiry", "00/30", "Please enter the expiry date as MM/YY."),
        ("expiry", "05/26", "This card has expired."),
        ("expiry", "12/2025", "This card has expired."),
        ("cvc", "12", "The three or four digits on the back."),
        ("cvc", "12345", "The three or four digits on the back."),
        ("cvc", "abc", "The three or four digits on the back."),
        ("name", "  ", "Please enter the name on the card."),
    ],
)
def test_a_faulty_card_says_what_is_wrong_beside_its_field(field: str, typed: str, says: str) -> None:
    assert sandbox_card_of(a_card(**{field: typed}), today=TODAY) == (None, {field: says})


@pytest.mark.parametrize("typed", ["06/26", "6/26", "06 / 2026", " 06/26 "])
def test_a_card_is_good_until_the_end_of_its_month(typed: str) -> None:
    assert sandbox_card_of(a_card(expiry=typed), today=date(2026, 6, 30))[1] == {}


def test_every_fault_is_told_at_once() -> None:
    assert set(sandbox_card_of(a_card("1", expiry="x", cvc="", name=""), today=TODAY)[1]) == {
        "number",
        "expiry",
        "cvc",
        "name",
    }


def test_luhn_catches_every_single_wrong_digit() -> None:
    number = "4242424242424242"
    assert passes_luhn(number)
    for place in range(16):
        for digit in "0123456789":
            changed = number[:place] + digit + number[place + 1 :]
            assert passes_luhn(changed) is (changed == number)


def test_the_card_form_lists_every_sandbox_card() -> None:
    page = environment().get_template("payments/_card_form.html").render()
    for card in SANDBOX_CARDS:
        if card.brand == "visa":
            assert " ".join(card.number[at : at + 4] for at in range(0, 16, 4)) in page
        assert passes_luhn(card.number)


def test_a_card_form_shows_no_number_when_it_is_printed() -> None:
    assert "4242" not in repr(a_card())


def test_a_payment_takes_a_card_only_before_and_after_a_try() -> None:
    assert {status for status in PaymentStatus if takes_card(status)} == {"awaiting_method", "failed", "scheduled"}


def test_money_that_arrived_is_never_undone_by_a_decline_or_a_cancellation() -> None:
    for status in (PaymentStatus.SUCCEEDED, PaymentStatus.PARTLY_REFUNDED, PaymentStatus.REFUNDED):
        for action in (Action.DECLINE, Action.CANCEL, Action.CHARGE, Action.ASK, Action.SUCCEED):
            assert payment_after(status, action) is None


def test_every_attempt_that_has_not_succeeded_takes_a_success_that_comes_late() -> None:
    for status in AttemptStatus:
        expected = None if status is AttemptStatus.SUCCEEDED else AttemptStatus.SUCCEEDED
        assert attempt_after(status, Action.SUCCEED) is expected


def test_every_status_can_be_reached() -> None:
    assert set(PAYMENT.values()) == set(PaymentStatus)
    assert set(ATTEMPT.values()) == set(AttemptStatus)


def test_retries_come_after_1_5_15_60_and_360_minutes_and_then_no_more() -> None:
    waits = [next_try(tries, NOW) for tries in range(1, 7)]
    assert [at and (at - NOW) // timedelta(minutes=1) for at in waits] == [1, 5, 15, 60, 360, None]


def test_a_lost_answer_is_first_looked_for_after_five_seconds() -> None:
    waits = [next_look(tries, NOW) for tries in range(1, 8)]
    assert [at and (at - NOW) // timedelta(seconds=1) for at in waits] == [5, 60, 300, 900, 3600, 21_600, None]


def test_every_reason_is_a_sentence_for_a_person() -> None:
    for reason in ("card_declined", "insufficient_funds", "something new", None):
        assert sentence_for(reason).endswith(".")
    assert "not enough money" in sentence_for("insufficient_funds")
