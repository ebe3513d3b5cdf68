"""The one transition table of payments, and the one of attempts."""

from enum import StrEnum

from hospes.modules.payments.contracts import AttemptStatus as A
from hospes.modules.payments.contracts import Payment
from hospes.modules.payments.contracts import PaymentStatus as P


class Action(StrEnum):
    """What can happen to a payment or to an attempt."""

    CHARGE = "charge"
    CALL = "call"
    POSTPONE = "postpone"
    SUCCEED = "succeed"
    AUTHORISE = "authorise"
    LAPSE = "lapse"
    REPLAY = "replay"
    LOOK = "look"
    RETRY = "retry"
    REOPEN = "reopen"
    DECLINE = "decline"
    ASK = "ask"
    LOSE = "lose"
    GIVE_UP = "give_up"
    CANCEL = "cancel"
    REFUND_PART = "refund_part"
    REFUND_ALL = "refund_all"


# Money may arrive after a payment was cancelled or given up: it is then a payment that succeeded, and who cancelled
# (the booking) finds the place again or gives the money back.
PAYMENT: dict[tuple[P, Action], P] = {
    (P.SCHEDULED, Action.CHARGE): P.PROCESSING,
    (P.SCHEDULED, Action.SUCCEED): P.SUCCEEDED,  # paid at the property
    (P.SCHEDULED, Action.CANCEL): P.CANCELLED,
    (P.AWAITING_METHOD, Action.CHARGE): P.PROCESSING,
    (P.AWAITING_METHOD, Action.CANCEL): P.CANCELLED,
    (P.PROCESSING, Action.ASK): P.NEEDS_ACTION,
    (P.PROCESSING, Action.SUCCEED): P.SUCCEEDED,
    (P.PROCESSING, Action.DECLINE): P.FAILED,
    (P.PROCESSING, Action.CANCEL): P.CANCELLED,
    (P.NEEDS_ACTION, Action.SUCCEED): P.SUCCEEDED,
    (P.NEEDS_ACTION, Action.DECLINE): P.FAILED,
    (P.NEEDS_ACTION, Action.CANCEL): P.CANCELLED,
    (P.FAILED, Action.CHARGE): P.PROCESSING,
    (P.FAILED, Action.SUCCEED): P.SUCCEEDED,
    (P.FAILED, Action.RETRY): P.AWAITING_METHOD,  # a share that was let go because another failed
    (P.FAILED, Action.CANCEL): P.CANCELLED,
    (P.CANCELLED, Action.SUCCEED): P.SUCCEEDED,
    (P.CANCELLED, Action.REOPEN): P.SCHEDULED,  # the booking is reinstated, and so is what is due later
    (P.PROCESSING, Action.AUTHORISE): P.AUTHORISED,
    (P.NEEDS_ACTION, Action.AUTHORISE): P.AUTHORISED,
    (P.FAILED, Action.AUTHORISE): P.AUTHORISED,
    (P.AUTHORISED, Action.AUTHORISE): P.AUTHORISED,  # authorised anew, before the old one lapses
    (P.AUTHORISED, Action.SUCCEED): P.SUCCEEDED,
    (P.AUTHORISED, Action.LAPSE): P.FAILED,
    (P.AUTHORISED, Action.CANCEL): P.CANCELLED,
    (P.SUCCEEDED, Action.REFUND_PART): P.PARTLY_REFUNDED,
    (P.SUCCEEDED, Action.REFUND_ALL): P.REFUNDED,
    (P.PARTLY_REFUNDED, Action.REFUND_PART): P.PARTLY_REFUNDED,
    (P.PARTLY_REFUNDED, Action.REFUND_ALL): P.REFUNDED,
}

_ANSWERS = {
    Action.SUCCEED: A.SUCCEEDED,
    Action.AUTHORISE: A.SUCCEEDED,
    Action.DECLINE: A.DECLINED,
    Action.ASK: A.NEEDS_ACTION,
}
_OPEN = (A.RECORDED, A.CALLING, A.UNKNOWN, A.NEEDS_ACTION)

# A provider's answer counts from every open state: it may come by webhook before the call returns, or after a second
# worker took over. A dead attempt still takes an answer that comes at last.
ATTEMPT: dict[tuple[A, Action], A] = {
    **{(status, action): after for status in (*_OPEN, A.DEAD) for action, after in _ANSWERS.items()},
    **{(status, Action.GIVE_UP): A.DEAD for status in _OPEN},
    (A.DECLINED, Action.SUCCEED): A.SUCCEEDED,  # the payer confirmed long after we had stopped waiting
    (A.DECLINED, Action.AUTHORISE): A.SUCCEEDED,
    (A.DEAD, Action.REPLAY): A.RECORDED,  # a person has it sent again, which never reached the provider
    (A.DEAD, Action.LOOK): A.UNKNOWN,  # … or looked up again, which may have
    (A.RECORDED, Action.CALL): A.CALLING,
    (A.RECORDED, Action.CANCEL): A.DECLINED,
    (A.CALLING, Action.LOSE): A.UNKNOWN,
    (A.UNKNOWN, Action.LOSE): A.UNKNOWN,
    (A.RECORDED, Action.POSTPONE): A.RECORDED,  # its provider is left alone for now
    (A.CALLING, Action.POSTPONE): A.RECORDED,
    (A.UNKNOWN, Action.POSTPONE): A.RECORDED,
}


def payment_after(status: P, action: Action) -> P | None:
    """The payment's next status, or None when the action does not apply."""
    return PAYMENT.get((status, action))


def attempt_after(status: A, action: Action) -> A | None:
    """The attempt's next status, or None when the action does not apply."""
    return ATTEMPT.get((status, action))


def takes_card(status: P) -> bool:
    """Whether the payer may give a method now."""
    return payment_after(status, Action.CHARGE) is not None


def takes_method(payment: Payment) -> bool:
    """Whether the payer may give a method now, or another one for what is authorised and cannot be renewed."""
    return takes_card(payment.status) or payment.wants_renewal
