"""The table of states."""

import pytest

from hospes.modules.booking.contracts import Action, Actor, BookingStatus
from hospes.modules.booking.errors import NotAllowed
from hospes.modules.booking.states import MOVES, OVER, after, allowed, first_status

S = BookingStatus


def test_what_is_over_stays_over_except_for_money_that_comes_late() -> None:
    for status in OVER:
        for actor in Actor:
            expected = {Action.REINSTATE} if status is S.EXPIRED and actor is Actor.PAYMENT else set()
            assert allowed(status, actor) == expected


def test_a_guest_can_cancel_and_change() -> None:
    assert allowed(S.CONFIRMED, Actor.GUEST) == {Action.CANCEL, Action.CHANGE}
    assert allowed(S.PENDING_APPROVAL, Actor.GUEST) == {Action.CANCEL, Action.CHANGE}
    assert allowed(S.IN_PROGRESS, Actor.GUEST) == {Action.CHANGE, Action.LEAVE_EARLY}


def test_a_host_answers_requests() -> None:
    assert allowed(S.PENDING_APPROVAL, Actor.HOST) == {Action.ACCEPT, Action.DECLINE, Action.CANCEL, Action.CHANGE}


@pytest.mark.parametrize(
    ("instant", "free", "expected"),
    [
        (True, False, S.PENDING_PAYMENT),
        (True, True, S.CONFIRMED),
        (False, False, S.PENDING_APPROVAL),
        (False, True, S.PENDING_APPROVAL),
    ],
)
def test_a_booking_begins_where_its_terms_say(instant: bool, free: bool, expected: BookingStatus) -> None:
    assert first_status(instant=instant, free=free) is expected


def test_accepting_what_costs_nothing_confirms_it() -> None:
    assert after(S.PENDING_APPROVAL, Action.ACCEPT, Actor.HOST) is S.PENDING_PAYMENT
    assert after(S.PENDING_APPROVAL, Action.ACCEPT, Actor.HOST, free=True) is S.CONFIRMED


def test_a_refusal_does_not_call_too_late_what_is_too_early() -> None:
    with pytest.raises(NotAllowed, match=r"^This booking is confirmed, so this cannot be done now\.$"):
        after(S.CONFIRMED, Action.ACCEPT, Actor.HOST)


def test_every_pair_outside_the_table_is_refused() -> None:
    for status in S:
        for action in Action:
            for actor in Actor:
                move = MOVES.get(action)
                if move and status in move.sources and actor in move.actors:
                    assert after(status, action, actor) is move.target
                else:
                    with pytest.raises(NotAllowed):
                        after(status, action, actor)
